import { StatementRefusedError } from './refusal.ts';

/** A file above this is another account's, or years of it. */
export const MAXIMUM_STATEMENT_BYTES = 120_000_000;

/** Refuses a file above the largest size before anything of it is read. */
export function checkSize(bytes: number): void {
  if (bytes > MAXIMUM_STATEMENT_BYTES)
    throw new StatementRefusedError('statement-too-large', {
      maximum: Math.floor(MAXIMUM_STATEMENT_BYTES / 1_000_000),
    });
}
