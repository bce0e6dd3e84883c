import { createHash } from 'node:crypto';
import type { ParsedFile } from './camt053.ts';
import { lineIdOf } from './keys.ts';
import type { BankLine } from './model.ts';
import type { LinesPage } from './statement-files.ts';

const sha256 = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('hex');

/** Digest of a file, by which it is known when it comes again. */
export const fileDigest = (bytes: Uint8Array): string => sha256(bytes);

/**
 * The lines of a file with their fingerprints: a digest of all that the bank says of a payment, and which of several
 * identical ones of the file it is. So a line that an overlapping export repeats is known again, while two genuine
 * payments that look alike both stay (domain.md 3.5).
 */
export function fingerprinted(statementId: string, file: ParsedFile): LinesPage {
  const times = new Map<string, number>();
  return file.statements
    .flatMap(({ lines }) => lines)
    .map((parsed, index) => {
      const line: BankLine = { ...parsed, lineId: lineIdOf(statementId, index), statementId, index };
      const digest = sha256(
        JSON.stringify([
          line.account,
          line.bookedOn,
          line.valueOn,
          line.pence,
          line.direction,
          line.reversal,
          line.bankReference,
          line.endToEndId,
          line.payerName,
          line.narrative,
        ]),
      );
      const time = times.get(digest) ?? 0;
      times.set(digest, time + 1);
      return { line, fingerprint: `${digest}-${time}` };
    });
}
