import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build, type Metafile } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** Where the bundles lie: `<stage>/<handler>/index.mjs`. */
export const bundleDirectory = join(root, '.build', 'functions');

/** Folder of one function's bundle; the CDK app makes an asset of it. */
export function bundleOf(stage: string, handler: string): string {
  const folder = join(bundleDirectory, stage, handler);
  if (!existsSync(join(folder, 'index.mjs'))) throw new Error(`functions/${stage} has no handler ${handler}`);
  return folder;
}

/**
 * Bundles every Lambda function in one esbuild call: functions/<stage>/handlers/<name>.ts and
 * functions/http/<audience>/handler.ts. Returns esbuild's metafile, from which sizes are counted.
 */
export async function bundleFunctions(): Promise<Metafile> {
  const entries: Record<string, string> = {};
  for (const file of globSync('functions/*/handlers/*.ts', { cwd: root })) {
    const [, stage, , name] = file.split(sep);
    entries[`${stage}/${name?.replace(/\.ts$/, '')}/index`] = join(root, file);
  }
  for (const file of globSync('functions/http/*/handler.ts', { cwd: root })) {
    entries[`http/${file.split(sep)[2]}/index`] = join(root, file);
  }
  rmSync(bundleDirectory, { recursive: true, force: true });
  mkdirSync(bundleDirectory, { recursive: true });
  const { metafile } = await build({
    entryPoints: entries,
    absWorkingDir: root,
    outdir: bundleDirectory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    keepNames: true,
    metafile: true,
    logLevel: 'warning',
    loader: { '.woff': 'binary', '.woff2': 'binary', '.ttf': 'binary', '.wasm': 'binary', '.afm': 'text' },
    // Some libraries are CommonJS and call require for Node's own modules.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  writeFileSync(join(bundleDirectory, 'meta.json'), JSON.stringify(metafile));
  return metafile;
}

/** Bytes that one function's bundle has, and how many of them are the AWS SDK's. */
export function bundleSizes(metafile: Metafile): { name: string; bytes: number; sdkBytes: number }[] {
  return Object.entries(metafile.outputs)
    .filter(([file]) => file.endsWith('.mjs'))
    .map(([file, output]) => {
      let sdkBytes = 0;
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        if (
          /node_modules\/(@aws-sdk|@smithy|@aws-crypto|@aws\/lambda-invoke-store|bowser|mnemonist|obliterator)\//.test(
            input,
          )
        )
          sdkBytes += bytesInOutput;
      }
      const name = relative(join('.build', 'functions'), file).split(sep).slice(0, 2).join('/');
      return { name, bytes: output.bytes, sdkBytes };
    });
}
