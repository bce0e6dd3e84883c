import { StorageError } from '../local/core/storage-error.ts';
import { EngineStartError } from '../local/dynamodb/engine.ts';
import { CommandError } from './command-error.ts';

/** What a person can do something about, of what the local cloud may throw, as one line; any other error as it is. */
export function cloudError(error: unknown, port: number): unknown {
  if (error instanceof StorageError || error instanceof EngineStartError)
    return new CommandError(error.message);
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return new CommandError(`port ${port} is in use: choose another with --port`);
  return error;
}
