import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keeps bytes under names that it gives; a name is never written twice. */
export interface BlobStore {
  write(bytes: Uint8Array): Promise<string>;
  read(name: string): Promise<Buffer>;
  remove(name: string): Promise<void>;
  /** Removes what `keep` does not name: left by a stop between writing bytes and recording them. */
  sweep(keep: (name: string) => boolean): void;
}

/** Bytes in files below `directory`, two characters of the name as subdirectory; in memory without a directory. */
export function createBlobStore(directory: string | undefined): BlobStore {
  return directory === undefined ? createMemoryBlobs() : createFileBlobs(directory);
}

function createMemoryBlobs(): BlobStore {
  const blobs = new Map<string, Buffer>();
  return {
    async write(bytes) {
      const name = randomUUID();
      blobs.set(name, Buffer.from(bytes));
      return name;
    },
    async read(name) {
      const bytes = blobs.get(name);
      if (bytes === undefined) throw new Error(`no bytes are kept as ${name}`);
      return bytes;
    },
    async remove(name) {
      blobs.delete(name);
    },
    sweep() {},
  };
}

function createFileBlobs(directory: string): BlobStore {
  mkdirSync(directory, { recursive: true });
  const pathOf = (name: string) => join(directory, name.slice(0, 2), name);
  return {
    async write(bytes) {
      const name = randomUUID();
      const path = pathOf(name);
      await mkdir(join(directory, name.slice(0, 2)), { recursive: true });
      // Under a temporary name first, so that a stop in the middle leaves no half file under a good name.
      await writeFile(`${path}.part`, bytes);
      await rename(`${path}.part`, path);
      return name;
    },
    read: (name) => readFile(pathOf(name)),
    remove: (name) => rm(pathOf(name), { force: true }),
    sweep(keep) {
      for (const folder of readdirSync(directory)) {
        for (const name of readdirSync(join(directory, folder))) {
          if (!keep(name)) rmSync(join(directory, folder, name), { force: true });
        }
      }
    },
  };
}
