import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readAssetFiles } from '../templates/asset-files.ts';

/**
 * The directory that a function's code runs from. A folder of the assembly is used where it lies; a zip is unpacked, and
 * a folder whose `.js` handler has no `package.json` beside it is copied, since a `package.json` further up would
 * otherwise decide what kind of module it is.
 *
 * @param store where copies are kept, by the hash of their source
 */
export function prepareAsset(path: string, handler: string, store: string): string {
  if (!statSync(path).isDirectory()) {
    const target = join(store, hashOf(readFileSync(path)));
    return once(target, () => {
      for (const file of readAssetFiles(path)) {
        const to = join(target, file.path);
        if (!to.startsWith(target))
          throw new Error(`the zip ${path} holds a path outside itself: ${file.path}`);
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, file.content);
      }
      addPackageJson(target);
    });
  }
  const [stem = ''] = basename(handler).split('.');
  const script = join(path, dirname(handler), `${stem}.js`);
  if (!existsSync(script) || existsSync(join(path, 'package.json'))) return path;
  const target = join(store, hashOf(Buffer.concat([Buffer.from(path), readFileSync(script)])));
  return once(target, () => {
    cpSync(path, target, { recursive: true });
    addPackageJson(target);
  });
}

/** The directory of code that stands in the template itself: a CommonJS `index.js`. */
export function prepareInline(source: string, store: string): string {
  const target = join(store, hashOf(Buffer.from(source)));
  return once(target, () => {
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'index.js'), source);
    addPackageJson(target);
  });
}

function once(target: string, write: () => void): string {
  const mark = join(target, '.complete');
  if (!existsSync(mark)) {
    mkdirSync(target, { recursive: true });
    write();
    writeFileSync(mark, '');
  }
  return target;
}

function addPackageJson(directory: string): void {
  const file = join(directory, 'package.json');
  if (!existsSync(file)) writeFileSync(file, '{}\n');
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 40);
}
