/** The data directory cannot be used, or no longer; the message says what a person can do about it. */
export class StorageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
  }
}

/** SQLite's primary result codes. */
const SQLITE = { READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 } as const;

const NOTHING_LOST = 'nothing of what was stored is lost';

/** The storage error that an error of the file system or of SQLite stands for; undefined for any other error. */
export function storageErrorOf(error: unknown, directory: string): StorageError | undefined {
  if (error instanceof StorageError) return error;
  const what = whatIsWrong(error);
  if (what === undefined) return undefined;
  return new StorageError(`the data directory ${directory} ${what}`, { cause: error });
}

function whatIsWrong(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const full = `is on a full disk: make room and start again; ${NOTHING_LOST}`;
  const unwritable = 'cannot be written: choose another one or change its permissions';
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return full;
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return unwritable;
    case 'ENOTDIR':
    case 'EEXIST':
      return 'is not a directory';
    case 'ENOENT':
      return 'cannot be made: choose another one';
    case 'ERR_SQLITE_ERROR':
      break;
    default:
      return undefined;
  }
  const primary = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
  switch (primary) {
    case SQLITE.FULL:
      return full;
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
      return unwritable;
    case SQLITE.IOERR:
      return `failed in reading or writing (${error.message}): see to its disk and start again; ${NOTHING_LOST}`;
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return `holds a damaged journal (${error.message}): it was left as it is; choose another one or a copy of it`;
    default:
      return undefined;
  }
}
