import {
  readStatementFile,
  type StatementWithLines,
} from '../../functions/payments/statements/read-statement.ts';
import { StatementRefusedError } from '../../functions/payments/statements/refusal.ts';

const bytesOf = (file: Uint8Array | string): Uint8Array =>
  typeof file === 'string' ? new TextEncoder().encode(file) : file;

/** A bank's file read whole. */
export const readBankFile = (
  file: Uint8Array | string,
): Promise<{ readonly format: string; readonly statements: readonly StatementWithLines[] }> =>
  readStatementFile(bytesOf(file));

/** What a bank's file is refused for; fails where it is read. */
export async function refusalOfBankFile(file: Uint8Array | string): Promise<StatementRefusedError> {
  try {
    await readBankFile(file);
  } catch (error) {
    if (error instanceof StatementRefusedError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
