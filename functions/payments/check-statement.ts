import * as z from 'zod';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import {
  type Actor,
  change,
  type ExtraWrite,
  queryIndex,
  read,
  type Stored,
} from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { type BankAccount, bankAccount, continued, goesOn } from './continuity.ts';
import { type FingerprintedLine, Fingerprints, fileDigest } from './fingerprints.ts';
import { BANK_ACCOUNTS, bankAccountKey, fingerprintKey, statementFileKey, statementKey } from './keys.ts';
import { type Statement, statement } from './model.ts';
import { readUpload, writePage } from './statement-files.ts';
import { signed } from './statements/amounts.ts';
import { accountKey, type ParsedFile, type ParsedStatement } from './statements/model.ts';
import { readStatementFile } from './statements/read-statement.ts';
import { StatementRefusedError } from './statements/refusal.ts';
import { PAGE_LINES, readStatement } from './statements.ts';

const fingerprintOwner = z.object({ statementId: z.string() });
/** Fingerprints looked up at once. */
const LANES = 24;

/** What a file comes to, once it is held to all that is known. */
interface Checked {
  readonly file: ParsedFile;
  readonly lines: readonly FingerprintedLine[];
  readonly accounts: ReadonlyMap<
    string,
    { readonly before: BankAccount | undefined; readonly after: BankAccount }
  >;
}

/**
 * Reads the file of a statement, holds it to its own totals and to the statements before it, and keeps its lines in pages;
 * what cannot be read or does not agree is refused whole. Lines that an earlier statement had are recorded as such when
 * they are matched. Safe to repeat.
 */
export async function checkStatement(
  statementId: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  const known = await readStatement(statementId);
  if (known.status !== 'UPLOADED') return known;
  try {
    const bytes = await readUpload(known.key);
    const sha256 = fileDigest(bytes);
    const checked = await check(readStatementFile(bytes), known);
    const pages = Math.ceil(checked.lines.length / PAGE_LINES);
    for (let page = 0; page < pages; page++)
      await writePage(statementId, page, checked.lines.slice(page * PAGE_LINES, (page + 1) * PAGE_LINES));
    return await accept(statementId, checked, { pages, sha256 }, actor, now);
  } catch (error) {
    if (!(error instanceof StatementRefusedError)) throw error;
    return refuse(statementId, error, actor, now);
  }
}

async function check(file: ParsedFile, of: Statement): Promise<Checked> {
  const accounts = new Map<string, { before: BankAccount | undefined; after: BankAccount }>();
  const fingerprints = new Fingerprints(of.statementId);
  const lines: FingerprintedLine[] = [];
  const inFile = new Set<string>();
  const isTaken = async (fingerprint: string): Promise<boolean> =>
    inFile.has(fingerprint) || (await isSeen(fingerprint, of.statementId));
  try {
    for (const each of file.statements) {
      const key = accountKey(each.summary.account);
      const before = accounts.get(key)?.before ?? (await knownAccount(key));
      const known = accounts.get(key)?.after ?? before;
      if (known === undefined) await admitAccount(each, of);
      const others = goesOn(known, each.summary) ? isTaken : undefined;
      const own: FingerprintedLine[] = [];
      for (const line of each.lines) own.push(await fingerprints.next(line, others));
      // Nothing of an account that nobody knows can have been seen.
      const seen =
        known === undefined
          ? own.map(() => false)
          : await inParallel(own, LANES, ({ fingerprint }) => isTaken(fingerprint));
      const fresh = own.filter((_, at) => seen[at] === false);
      const after = continued(
        known,
        each.summary,
        {
          movements: fresh.reduce((sum, { line }) => sum + signed(line), 0),
          fresh: fresh.length,
          seen: own.length - fresh.length,
        },
        each.fileLine,
      );
      accounts.set(key, { before, after });
      for (const { fingerprint } of own) inFile.add(fingerprint);
      lines.push(...own);
    }
  } catch (error) {
    if (error instanceof StatementRefusedError) {
      error.format = file.format;
      error.accounts = file.statements.map(({ summary }) => summary);
    }
    throw error;
  }
  return { file, lines, accounts };
}

async function knownAccount(key: string): Promise<BankAccount | undefined> {
  const stored = await read(bankAccount, bankAccountKey(key));
  // Without the key under which it is stored, which no write may set.
  return stored === undefined ? undefined : bankAccount.parse(stored);
}

async function isSeen(fingerprint: string, statementId: string): Promise<boolean> {
  const owner = await read(fingerprintOwner, fingerprintKey(fingerprint));
  return owner !== undefined && owner.statementId !== statementId;
}

/** An account that no statement was of is ours where somebody said so for this file, or where it is the very first. */
async function admitAccount(each: ParsedStatement, of: Statement): Promise<void> {
  if (of.newAccounts) return;
  const known = await queryIndex('byRound', BANK_ACCOUNTS);
  if (known.length > 0)
    throw new StatementRefusedError(
      'statement-account-unknown',
      { account: each.summary.account },
      each.fileLine,
    );
}

function accountWrites({ accounts }: Checked): ExtraWrite[] {
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
  checked: Checked,
  { pages, sha256 }: { readonly pages: number; readonly sha256: string },
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  const accounts = accountWrites(checked);
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.status !== 'UPLOADED'
      ? undefined
      : {
          next: {
            ...withoutStored(current),
            status: 'MATCHING',
            sha256,
            format: checked.file.format,
            accounts: checked.file.statements.map(({ summary }) => summary),
            lines: checked.lines.length,
            pages,
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
