import { createHash } from 'node:crypto';
import { lineIdOf } from './keys.ts';
import { accountKey, type BankLine, type ParsedLine } from './statements/model.ts';

const sha256 = (of: string): string => createHash('sha256').update(of).digest('hex');

/** A line with the fingerprint by which an overlapping export's copy of it is known. */
export interface FingerprintedLine {
  readonly line: BankLine;
  readonly fingerprint: string;
}

/** Digest of all that the bank says of a payment. */
function digestOf(line: ParsedLine): string {
  return sha256(
    JSON.stringify([
      accountKey(line.account),
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
}

/**
 * Gives the lines of a file their fingerprints: a digest of all that the bank says of a payment, and which of several
 * identical ones it is. So a line that an overlapping export repeats is known again, while two genuine payments that look
 * alike both stay (domain.md 3.5).
 */
export class Fingerprints {
  readonly #statementId: string;
  /** How often each digest has come, by the file's statements: another statement may repeat what an earlier one has. */
  readonly #times = new Map<number, Map<string, number>>();
  #index = 0;

  constructor(statementId: string) {
    this.#statementId = statementId;
  }

  /** The next line of the file, of one of its statements; `isTaken` leaves out fingerprints of earlier statements where the line is surely another. */
  async next(
    parsed: ParsedLine,
    statement: number,
    isTaken?: (fingerprint: string) => Promise<boolean>,
  ): Promise<FingerprintedLine> {
    const index = this.#index++;
    const line: BankLine = {
      ...parsed,
      lineId: lineIdOf(this.#statementId, index),
      statementId: this.#statementId,
      index,
    };
    const digest = digestOf(parsed);
    const times = this.#times.get(statement) ?? new Map<string, number>();
    this.#times.set(statement, times);
    let time = times.get(digest) ?? 0;
    while (isTaken !== undefined && (await isTaken(`${digest}-${time}`))) time++;
    times.set(digest, time + 1);
    return { line, fingerprint: `${digest}-${time}` };
  }
}
