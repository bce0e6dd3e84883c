import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { unzipSync } from 'fflate';

/** One file of an asset, its path relative and with forward slashes. */
export interface AssetFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** The files of an asset: those of a directory, those in a zip, or the file itself. */
export function readAssetFiles(path: string): AssetFile[] {
  if (statSync(path).isDirectory()) {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return { path: relative(path, file).split(sep).join('/'), content: readFileSync(file) };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }
  if (path.endsWith('.zip')) {
    return Object.entries(unzipSync(readFileSync(path)))
      .filter(([name]) => !name.endsWith('/'))
      .map(([name, content]) => ({ path: name, content }));
  }
  return [{ path: path.split(sep).pop() ?? path, content: readFileSync(path) }];
}
