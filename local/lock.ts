import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from './core/storage-error.ts';

/** Another instance runs on the data directory. */
export class DataDirectoryInUseError extends StorageError {
  constructor(directory: string, pid: number) {
    super(`the data directory ${directory} is in use by process ${pid}`);
    this.name = 'DataDirectoryInUseError';
  }
}

/**
 * Takes the data directory for this process. The lock of a process that has ended (kill -9) is taken over.
 *
 * @returns a function that gives the directory free
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'lock');
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
      const pid = Number(readFileSync(file, 'utf8'));
      // Our own pid: the lock of an earlier process with the same number, or a second start in this process.
      if (pid === process.pid && held.has(file)) throw new DataDirectoryInUseError(directory, pid);
      if (pid !== process.pid && isAlive(pid)) throw new DataDirectoryInUseError(directory, pid);
      rmSync(file, { force: true });
    }
  }
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

const held = new Set<string>();

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
