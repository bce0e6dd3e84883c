import * as z from 'zod';
import type { Pence } from '../shared/money/pence.ts';
import { queryIndex, read } from '../shared/table/change.ts';
import { type BankAccount, bankAccount, continued, goesOn } from './continuity.ts';
import { type FingerprintedLine, Fingerprints } from './fingerprints.ts';
import { BANK_ACCOUNTS, bankAccountKey, fingerprintKey } from './keys.ts';
import type { Statement } from './model.ts';
import { writePage } from './statement-files.ts';
import { signed } from './statements/amounts.ts';
import {
  accountKey,
  type LineSink,
  type ParsedFile,
  type ParsedLine,
  type ParsedStatement,
} from './statements/model.ts';
import { StatementRefusedError } from './statements/refusal.ts';
import { PAGE_LINES } from './statements.ts';

const fingerprintOwner = z.object({ statementId: z.string() });

/** What a file comes to, once it is held to all that is known. */
export interface HeldFile {
  readonly file: ParsedFile;
  readonly lines: number;
  readonly pages: number;
  readonly accounts: ReadonlyMap<
    string,
    { readonly before: BankAccount | undefined; readonly after: BankAccount }
  >;
}

/** One statement of a file while its lines are held to those that are known. */
interface Held {
  readonly known: BankAccount | undefined;
  /** Lines like earlier ones are others here: the statement surely goes on after them. */
  readonly goesOn: boolean;
  movements: Pence;
  fresh: number;
  seen: number;
  ended: boolean;
}

interface Taken {
  readonly line: ParsedLine;
  readonly statement: number;
}

/**
 * Takes the lines of a file that was read before (`file`): gives them their fingerprints, keeps them in pages, and holds
 * each statement to those of its account before it, of the same file too. Throws `StatementRefusedError` for an account
 * that is not ours and for a gap.
 */
export class HeldLines implements LineSink {
  readonly #file: ParsedFile;
  readonly #of: Statement;
  readonly #fingerprints: Fingerprints;
  readonly #keys: readonly string[];
  readonly #accounts = new Map<string, { before: BankAccount | undefined; after: BankAccount }>();
  /** Fingerprints in this file, by account, where it has several statements of one. */
  readonly #inFile: ReadonlyMap<string, Set<string>>;
  readonly #held = new Map<number, Held>();
  #taken: Taken[] = [];
  #page: FingerprintedLine[] = [];
  #pages = 0;
  #lines = 0;

  constructor(file: ParsedFile, of: Statement) {
    this.#file = file;
    this.#of = of;
    this.#fingerprints = new Fingerprints(of.statementId);
    this.#keys = file.statements.map(({ summary }) => accountKey(summary.account));
    const repeated = this.#keys.filter((key, at, keys) => keys.indexOf(key) !== at);
    this.#inFile = new Map(repeated.map((key) => [key, new Set()]));
  }

  take(line: ParsedLine, statement: number): void {
    this.#taken.push({ line, statement });
  }

  async flush(): Promise<void> {
    const taken = this.#taken;
    this.#taken = [];
    for (let from = 0; from < taken.length; from += PAGE_LINES)
      await this.#hold(taken.slice(from, from + PAGE_LINES));
  }

  /** All lines were taken: what the file comes to. */
  async end(): Promise<HeldFile> {
    await this.flush();
    for (const statement of this.#keys.keys()) this.#end(statement, await this.#begin(statement));
    if (this.#page.length > 0) await this.#write();
    return { file: this.#file, lines: this.#lines, pages: this.#pages, accounts: this.#accounts };
  }

  async #hold(taken: readonly Taken[]): Promise<void> {
    const held: { readonly each: FingerprintedLine; readonly of: Held; readonly key: string }[] = [];
    for (const { line, statement } of taken) {
      const key = this.#keys[statement] ?? '';
      const of = await this.#begin(statement);
      const others = of.goesOn ? (print: string) => this.#isTaken(print, key) : undefined;
      held.push({ each: await this.#fingerprints.next(line, statement, others), of, key });
    }
    const seen = await Promise.all(
      held.map(({ each, of, key }) =>
        // Nothing of an account that nobody knows can have been seen.
        of.known === undefined ? false : this.#isTaken(each.fingerprint, key),
      ),
    );
    for (const [at, { each, of, key }] of held.entries()) {
      if (seen[at] === true) of.seen++;
      else {
        of.fresh++;
        of.movements += signed(each.line);
      }
      this.#inFile.get(key)?.add(each.fingerprint);
      this.#page.push(each);
      this.#lines++;
      if (this.#page.length === PAGE_LINES) await this.#write();
    }
  }

  async #write(): Promise<void> {
    const page = this.#page;
    this.#page = [];
    await writePage(this.#of.statementId, this.#pages++, page);
  }

  async #isTaken(fingerprint: string, key: string): Promise<boolean> {
    if (this.#inFile.get(key)?.has(fingerprint) === true) return true;
    const owner = await read(fingerprintOwner, fingerprintKey(fingerprint));
    return owner !== undefined && owner.statementId !== this.#of.statementId;
  }

  /** The statement, begun after those of the same account before it have ended. */
  async #begin(statement: number): Promise<Held> {
    const begun = this.#held.get(statement);
    if (begun !== undefined) return begun;
    const of = this.#file.statements[statement];
    const key = this.#keys[statement] ?? '';
    if (of === undefined) throw new Error(`the file has no statement ${statement}`);
    for (let earlier = 0; earlier < statement; earlier++)
      if (this.#keys[earlier] === key) this.#end(earlier, await this.#begin(earlier));
    const known = this.#accounts.get(key)?.after ?? (await knownAccount(key));
    if (known === undefined) await admitAccount(of, this.#of);
    const held = { known, goesOn: goesOn(known, of.summary), movements: 0, fresh: 0, seen: 0, ended: false };
    this.#held.set(statement, held);
    return held;
  }

  /** The statement has no more lines: it must go on from what is known of the account. */
  #end(statement: number, held: Held): void {
    const of = this.#file.statements[statement];
    const key = this.#keys[statement] ?? '';
    if (held.ended || of === undefined) return;
    held.ended = true;
    const after = continued(held.known, of.summary, held, of.fileLine);
    const before = this.#accounts.has(key) ? this.#accounts.get(key)?.before : held.known;
    this.#accounts.set(key, { before, after });
  }
}

async function knownAccount(key: string): Promise<BankAccount | undefined> {
  const stored = await read(bankAccount, bankAccountKey(key));
  // Without the key under which it is stored, which no write may set.
  return stored === undefined ? undefined : bankAccount.parse(stored);
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
