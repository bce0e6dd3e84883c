import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleFunctions, bundleOf, bundleSizes } from '../../lib/bundle.ts';
import { median } from './numbers.ts';

export interface FunctionFigures {
  readonly name: string;
  readonly bytes: number;
  /** Own code and libraries. */
  readonly ownBytes: number;
  /** Of a fresh process, the SDK that it loads included. */
  readonly importMs: number;
}

const IMPORTS = 3;
/** What a function reads from its environment while it is loaded; nothing is called. */
const environment = {
  AWS_REGION: 'eu-west-2',
  SITE_URL: 'http://127.0.0.1/',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
};
const script =
  'const t=performance.now();await import(process.argv[1]);process.stdout.write(String(performance.now()-t));process.exit(0)';

/** Bundles every function and measures its size and its cold import, each import in a process of its own. */
export async function measureFunctions(
  progress: (done: number, of: number) => void,
): Promise<FunctionFigures[]> {
  const sizes = bundleSizes(await bundleFunctions());
  const times = sizes.map((): number[] => []);
  // All functions once, then again: what else the machine does meanwhile falls on all of them alike.
  for (let round = 0; round < IMPORTS; round++) {
    for (const [index, { name }] of sizes.entries()) {
      progress(round * sizes.length + index, IMPORTS * sizes.length);
      times[index]?.push(importOnce(name));
    }
  }
  return sizes.map(({ name, bytes, sdkBytes }, index) => ({
    name,
    bytes,
    ownBytes: bytes - sdkBytes,
    importMs: median(times[index] ?? []),
  }));
}

function importOnce(name: string): number {
  const [stage = '', handler = ''] = name.split('/');
  const file = join(bundleOf(stage, handler), 'index.mjs');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script, file],
    { env: environment, encoding: 'utf8' },
  );
  const ms = Number(stdout);
  if (status !== 0 || stdout === '' || !Number.isFinite(ms))
    throw new Error(`${name} cannot be imported:\n${stderr}`);
  return ms;
}
