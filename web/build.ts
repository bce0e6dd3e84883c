import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** Where the built pages lie, as they are published. */
export const siteDirectory = join(root, '.build', 'site');

/**
 * Builds the pages in one esbuild call: every web/<audience>/main.tsx becomes /<audience>/index.html (web/home is the
 * root) with its script and the shared style sheet under /assets, named by content so that they can be cached for good.
 */
export async function buildSite(directory = siteDirectory): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'assets'), { recursive: true });
  const entries = globSync('web/*/main.tsx', { cwd: root });
  const result = await build({
    entryPoints: Object.fromEntries(entries.map((file) => [basename(dirname(file)), join(root, file)])),
    absWorkingDir: root,
    outdir: join(directory, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: 'shared-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox120', 'safari17'],
    minify: true,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  const style = await buildStyle(directory);
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint?.endsWith('/main.tsx') !== true) continue;
    const audience = basename(dirname(output.entryPoint));
    const folder = audience === 'home' ? directory : join(directory, audience);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.html'), page(`/assets/${basename(file)}`, style));
  }
  const icons = join(root, 'web', 'icons');
  if (existsSync(icons)) cpSync(icons, directory, { recursive: true });
}

/** govuk-frontend's style without its brand: its licensed typeface may be used on gov.uk only. */
async function buildStyle(directory: string): Promise<string> {
  const govuk = readFileSync(
    join(root, 'node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css'),
    'utf8',
  )
    .replace(/@font-face\{[^}]*\}/g, '')
    .replaceAll('"GDS Transport",', '')
    .replaceAll('GDS Transport,', '');
  const own = readFileSync(join(root, 'web/shared/site.css'), 'utf8');
  const result = await build({
    stdin: { contents: `${govuk}\n${own}`, loader: 'css', resolveDir: join(root, 'web/shared') },
    outdir: join(directory, 'assets'),
    entryNames: 'site-[hash]',
    bundle: true,
    minify: true,
    metafile: true,
    external: ['/assets/*'],
    logLevel: 'warning',
    // govuk-frontend carries a hack for an old browser, which the parser remarks upon at every build.
    logOverride: { 'css-syntax-error': 'silent' },
  });
  const file = Object.keys(result.metafile.outputs).find((name) => name.endsWith('.css'));
  if (file === undefined) throw new Error('no style sheet was built');
  return `/assets/${basename(file)}`;
}

function page(script: string, style: string): string {
  return `<!doctype html>
<html lang="en" class="govuk-template">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PSQM</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body class="govuk-template__body">
<div id="page"></div>
<noscript><p>These pages need JavaScript. Write to us if you cannot use it. / Mae angen JavaScript ar y tudalennau hyn.</p></noscript>
</body>
</html>
`;
}
