import { existsSync, globSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { layoutFilesPlugin } from './layout-files.ts';
import { withoutJsonSchema } from './without-json-schema.ts';

const root = join(import.meta.dirname, '..');
/**
 * Where this process bundles: two that synthesise at the same time (a round and its verification, tests beside `npm
 * start`) would take each other's files away. The CDK app copies what it uses; the rest goes when the process ends.
 */
const bundlesDirectory = join('.build', 'bundles');
const workDirectory = join(bundlesDirectory, String(process.pid));
/** `<stage>/<handler>/index.mjs` with the chunks that it imports beside it. */
const bundleDirectory = join(root, workDirectory, 'functions');
const outputDirectory = join(root, workDirectory, 'outputs');
const removeAtEnd = (): void => rmSync(join(root, workDirectory), { recursive: true, force: true });
let isRemovedAtEnd = false;

/** Folder of one function's bundle; the CDK app makes an asset of it. */
export function bundleOf(stage: string, handler: string): string {
  const folder = join(bundleDirectory, stage, handler);
  if (!existsSync(join(folder, 'index.mjs'))) throw new Error(`functions/${stage} has no handler ${handler}`);
  return folder;
}

/** One bundled function with its outputs: the entry first, then every chunk that it reaches. */
interface Bundle {
  readonly stage: string;
  readonly handler: string;
  readonly outputs: readonly string[];
}

/** What one bundling made. */
export interface Bundles {
  readonly metafile: Metafile;
  readonly functions: readonly Bundle[];
}

/**
 * Bundles every Lambda function in one esbuild call: functions/<stage>/handlers/<name>.ts and
 * functions/http/<audience>/handler.ts. What several share, the AWS SDK above all, is printed once, in chunks of exactly
 * what the same set of functions needs; each function's folder then gets its entry and the chunks that it reaches.
 */
export async function bundleFunctions(): Promise<Bundles> {
  const entries: Record<string, string> = {};
  for (const file of globSync('functions/*/handlers/*.ts', { cwd: root })) {
    const [, stage, , name] = file.split(sep);
    entries[`${stage}--${name?.replace(/\.ts$/, '')}`] = join(root, file);
  }
  for (const file of globSync('functions/http/*/handler.ts', { cwd: root })) {
    entries[`http--${file.split(sep)[2]}`] = join(root, file);
  }
  removeLeftOvers();
  removeAtEnd();
  if (!isRemovedAtEnd) process.once('exit', removeAtEnd);
  isRemovedAtEnd = true;
  const { metafile } = await build({
    entryPoints: entries,
    absWorkingDir: root,
    outdir: outputDirectory,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    keepNames: true,
    metafile: true,
    logLevel: 'warning',
    plugins: [layoutFilesPlugin(root), withoutJsonSchema],
    loader: {
      '.woff': 'binary',
      '.woff2': 'binary',
      '.ttf': 'binary',
      '.wasm': 'binary',
      '.afm': 'text',
    },
    // Some libraries are CommonJS and call require for Node's own modules.
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
  });
  const functions = Object.keys(entries).map((entry) => layOut(metafile, entry));
  return { metafile, functions };
}

/** What processes left that were killed. */
function removeLeftOvers(): void {
  const directory = join(root, bundlesDirectory);
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory)) {
    if (!isAlive(Number(name))) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function layOut(metafile: Metafile, entry: string): Bundle {
  const [stage = '', handler = ''] = entry.split('--');
  const outputs = reachedFrom(metafile, join(workDirectory, 'outputs', `${entry}.mjs`));
  const folder = join(bundleDirectory, stage, handler);
  mkdirSync(folder, { recursive: true });
  for (const [index, output] of outputs.entries()) {
    // A hard link: the chunk exists once on disk, however many functions carry it.
    linkSync(join(root, output), join(folder, index === 0 ? 'index.mjs' : basename(output)));
  }
  return { stage, handler, outputs };
}

/** An output and all that it imports, statically or on demand. */
function reachedFrom(metafile: Metafile, start: string): string[] {
  const reached = new Set([start]);
  for (const output of reached) {
    for (const imported of metafile.outputs[output]?.imports ?? []) {
      if (imported.external !== true) reached.add(imported.path);
    }
  }
  return [...reached];
}

/** The AWS SDK and what comes with it alone. */
const SDK =
  /node_modules\/(@aws-sdk|@smithy|@aws-crypto|@aws\/lambda-invoke-store|bowser|mnemonist|obliterator|fast-xml-parser)\//;

/** Bytes that one function's bundle has, and how many of them are the AWS SDK's. */
export function bundleSizes({
  metafile,
  functions,
}: Bundles): { name: string; bytes: number; sdkBytes: number }[] {
  return functions.map(({ stage, handler, outputs }) => {
    let bytes = 0;
    let sdkBytes = 0;
    for (const output of outputs) {
      const made = metafile.outputs[output];
      bytes += made?.bytes ?? 0;
      for (const [input, { bytesInOutput }] of Object.entries(made?.inputs ?? {})) {
        if (SDK.test(input)) sdkBytes += bytesInOutput;
      }
    }
    return { name: `${stage}/${handler}`, bytes, sdkBytes };
  });
}
