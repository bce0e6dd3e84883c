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
      writeSync(handle, `${process.pid} ${startOf(process.pid) ?? ''}`);
      closeSync(handle);
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
      const [number = '', start] = readFileSync(file, 'utf8').trim().split(' ');
      const pid = Number(number);
      // Our own pid: the lock of an earlier process with the same number, or a second start in this process.
      if (pid === process.pid && held.has(file)) throw new DataDirectoryInUseError(directory, pid);
      if (pid !== process.pid && isAlive(pid, start)) throw new DataDirectoryInUseError(directory, pid);
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

/**
 * Whether the process that wrote the lock still runs. Its number alone does not tell: the system gives it to another
 * process, or to a thread of one, before long.
 */
function isAlive(pid: number, start: string | undefined): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    const now = startOf(pid);
    return start === undefined || now === undefined || now === start;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/** When a process began, in the system's own ticks; undefined where the system does not tell (other than Linux). */
function startOf(pid: number): string | undefined {
  try {
    // After the name in brackets, which may hold spaces, the start is the 20th field (proc_pid_stat(5)).
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ')[19];
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
