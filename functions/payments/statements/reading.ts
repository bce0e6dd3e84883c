import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { signed } from './amounts.ts';
import {
  type AccountStatement,
  type LineSink,
  MAXIMUM_LINES,
  type ParsedFile,
  type ParsedLine,
  type ParsedStatement,
} from './model.ts';
import { StatementRefusedError } from './refusal.ts';

/** What a format says of one account's statement; balances null where the layout has none or the file lacks them. */
interface AccountFacts {
  readonly account: string;
  readonly currency: string;
  readonly bankStatementId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly openingPence: Pence | null;
  readonly closingPence: Pence | null;
  readonly fileLine: number;
  readonly closingLine: number;
}

/**
 * A file while it is read: its payments go to a sink one by one, so that memory does not grow with them; its statements,
 * and what in it does not agree with itself, are gathered, so that the accounts of a refused file can be listed all the
 * same.
 */
export class Reading {
  readonly #sink: LineSink;
  readonly #problems: StatementRefusedError[] = [];
  readonly #statements: (ParsedStatement | undefined)[] = [];
  #lines = 0;
  /** Name of the format as far as it is told. */
  format: string;

  constructor(format: string, sink: LineSink) {
    this.format = format;
    this.#sink = sink;
  }

  /** Takes note of something for which the file is to be refused; the rest of it is read on. */
  problem(problem: StatementRefusedError): void {
    this.#problems.push(problem);
  }

  /** Does `work`, taking note of what it refuses; undefined where it refused. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof StatementRefusedError)) throw error;
      this.problem(error);
      return undefined;
    }
  }

  /** The statement of an account begins. */
  open(): OpenStatement {
    const at = this.#statements.push(undefined) - 1;
    return new OpenStatement(
      (line) => {
        if (++this.#lines > MAXIMUM_LINES)
          throw new StatementRefusedError(
            'statement-too-many-lines',
            { maximum: MAXIMUM_LINES },
            line.fileLine,
          );
        this.#sink.take(line, at);
      },
      (statement) => {
        this.#statements[at] = statement;
      },
      (problem) => this.problem(problem),
    );
  }

  /** The whole file; throws what was found first, with the accounts that were read. A foreign currency goes before all else. */
  finish(): ParsedFile {
    const statements = this.#read();
    if (statements.length === 0 && this.#problems.length === 0)
      this.problem(new StatementRefusedError('statement-without-statement', {}, 1));
    const first = this.#problems.find(({ code }) => code === 'statement-currency') ?? this.#problems[0];
    if (first === undefined) return { format: this.format, statements };
    throw this.#withAccounts(first);
  }

  /** What the file is refused for where it could not be read on: the first of all that was found. */
  refused(last: StatementRefusedError): StatementRefusedError {
    this.problem(last);
    try {
      this.finish();
    } catch (error) {
      if (error instanceof StatementRefusedError) return error;
      throw error;
    }
    return last;
  }

  #read(): ParsedStatement[] {
    return this.#statements.filter((each) => each !== undefined);
  }

  #withAccounts(error: StatementRefusedError): StatementRefusedError {
    error.format ??= this.format;
    error.accounts = this.#read()
      .map(({ summary }): AccountStatement => summary)
      .filter(({ account }) => account !== '');
    return error;
  }
}

/** One account's statement while it is read: hands its payments on and keeps their sums. */
export class OpenStatement {
  readonly #take: (line: ParsedLine) => void;
  readonly #closed: (statement: ParsedStatement) => void;
  readonly #problem: (problem: StatementRefusedError) => void;
  readonly #sums = { CREDIT: 0, DEBIT: 0 };
  readonly #counts = { CREDIT: 0, DEBIT: 0 };
  /** Records of movements, whatever became of them. */
  entries = 0;
  #movements: Pence = 0;

  constructor(
    take: (line: ParsedLine) => void,
    closed: (statement: ParsedStatement) => void,
    problem: (problem: StatementRefusedError) => void,
  ) {
    this.#take = take;
    this.#closed = closed;
    this.#problem = problem;
  }

  line(line: ParsedLine): void {
    this.#sums[line.direction] += line.pence;
    this.#counts[line.direction]++;
    this.#movements += signed(line);
    this.#take(line);
  }

  /** How much the payments so far come to that came in, or that left. */
  sum(direction: ParsedLine['direction']): Pence {
    return this.#sums[direction];
  }

  count(direction: ParsedLine['direction']): number {
    return this.#counts[direction];
  }

  /**
   * The statement ends. Notes as problems another currency than pounds, and balances that do not agree: the opening one
   * and all movements must make the closing one.
   */
  close(facts: AccountFacts): void {
    const {
      account,
      currency,
      bankStatementId,
      from,
      to,
      openingPence,
      closingPence,
      fileLine,
      closingLine,
    } = facts;
    if (currency !== 'GBP')
      this.#problem(new StatementRefusedError('statement-currency', { currency, account }, fileLine));
    if (openingPence !== null && closingPence !== null && openingPence + this.#movements !== closingPence)
      this.#problem(
        new StatementRefusedError(
          'statement-balance',
          {
            opening: formatPence(openingPence),
            movements: formatPence(this.#movements),
            expected: formatPence(openingPence + this.#movements),
            closing: formatPence(closingPence),
          },
          closingLine,
        ),
      );
    this.#closed({
      summary: {
        account,
        currency,
        bankStatementId,
        from,
        to,
        openingPence,
        closingPence,
        creditPence: this.#sums.CREDIT,
        debitPence: this.#sums.DEBIT,
        lines: this.#counts.CREDIT + this.#counts.DEBIT,
        entries: this.entries,
      },
      fileLine,
      closingLine,
    });
  }
}
