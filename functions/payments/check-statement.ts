import { createHash } from 'node:crypto';
import { type Actor, change, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { type HeldFile, HeldLines } from './hold-lines.ts';
import { BANK_ACCOUNTS, bankAccountKey, statementFileKey, statementKey } from './keys.ts';
import { type Statement, statement } from './model.ts';
import { readUpload } from './statement-files.ts';
import type { LineSink, ParsedFile } from './statements/model.ts';
import { readStatement as readFile } from './statements/read-statement.ts';
import { StatementRefusedError } from './statements/refusal.ts';
import { readStatement } from './statements.ts';

/**
 * Reads the file of a statement, holds it to its own totals and to the statements before it, and keeps its lines in pages;
 * what cannot be read or does not agree is refused whole. The file is read twice as it comes, first for itself and then
 * line by line against what is known, so that memory does not grow with it. Lines that an earlier statement had are
 * recorded as such when they are matched. Safe to repeat.
 */
export async function checkStatement(
  statementId: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  const known = await readStatement(statementId);
  if (known.status !== 'UPLOADED') return known;
  try {
    let digest = createHash('sha256');
    const file = await readFile(() => {
      digest = createHash('sha256');
      return digested(readUpload(known.key), (bytes) => digest.update(bytes));
    }, discarded);
    return await accept(statementId, await hold(file, known), digest.digest('hex'), actor, now);
  } catch (error) {
    if (!(error instanceof StatementRefusedError)) throw error;
    return refuse(statementId, error, actor, now);
  }
}

async function* digested(
  chunks: AsyncIterable<Uint8Array>,
  update: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    update(chunk);
    yield chunk;
  }
}

/** Takes payments and keeps none. */
const discarded = (): LineSink => ({ take: () => {}, flush: async () => {} });

/** Reads the file again, and holds its lines to the statements before it. */
async function hold(file: ParsedFile, of: Statement): Promise<HeldFile> {
  let lines = new HeldLines(file, of);
  try {
    await readFile(
      () => readUpload(of.key),
      () => {
        lines = new HeldLines(file, of);
        return lines;
      },
    );
    return await lines.end();
  } catch (error) {
    if (error instanceof StatementRefusedError) {
      error.format = file.format;
      error.accounts = file.statements.map(({ summary }) => summary);
    }
    throw error;
  }
}

function accountWrites({ accounts }: HeldFile): ExtraWrite[] {
  return [...accounts].map(([key, { before, after }]) => ({
    update: bankAccountKey(key),
    set: { ...after, roundKey: BANK_ACCOUNTS, roundSort: key },
    condition:
      before === undefined
        ? { expression: 'attribute_not_exists(pk)' }
        : {
            expression: 'openingPence = :opening AND closingPence = :closing',
            values: { ':opening': before.openingPence, ':closing': before.closingPence },
          },
  }));
}

/** Another statement of the account was accepted meanwhile: this one is to be held to it. */
export class AccountMovedOnError extends Error {
  constructor() {
    super('another statement of the account was accepted meanwhile');
    this.name = 'ConcurrentChangeError';
  }
}

function accept(
  statementId: string,
  held: HeldFile,
  sha256: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  const accounts = accountWrites(held);
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.status !== 'UPLOADED'
      ? undefined
      : {
          next: {
            ...withoutStored(current),
            status: 'MATCHING',
            sha256,
            format: held.file.format,
            accounts: held.file.statements.map(({ summary }) => summary),
            lines: held.lines,
            pages: held.pages,
            nextPage: 0,
          },
          audit: { action: 'statement.accept', actor },
          events: [{ name: 'StatementAccepted', detail: { statementId } }],
          also: [
            ...accounts,
            {
              put: {
                ...statementFileKey(sha256),
                statementId,
                fileName: current.fileName,
                seenOn: londonDate(now),
              },
            },
          ],
          refusals: Object.fromEntries(accounts.map((_, at) => [at, () => new AccountMovedOnError()])),
        },
  );
}

function refuse(
  statementId: string,
  error: StatementRefusedError,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.status !== 'UPLOADED'
      ? undefined
      : {
          next: {
            ...withoutStored(current),
            status: 'REFUSED',
            refusal: error.toRecord(),
            format: error.format,
            accounts: [...error.accounts],
          },
          audit: { action: 'statement.refuse', actor, reason: error.code },
          events: [{ name: 'StatementRefused', detail: { statementId } }],
        },
  );
}
