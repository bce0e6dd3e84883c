import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/**
 * Writes the runtime as one JavaScript file into `directory` and returns its path. Every sandbox loads it: from
 * TypeScript, Node's type stripper would come with it, 7 MB and 20 ms of processor time each.
 */
export function writeRuntime(directory: string): string {
  const outfile = join(directory, 'runtime.mjs');
  buildSync({
    entryPoints: [fileURLToPath(new URL('./runtime.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}
