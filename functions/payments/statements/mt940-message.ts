import { formatPence, type Pence } from '../../shared/money/pence.ts';
import type { ParsedLine } from './model.ts';
import { amountOf, type Balance, readBalance, readMovement } from './mt940-fields.ts';
import type { OpenStatement, Reading } from './reading.ts';
import { StatementRefusedError } from './refusal.ts';

const refuse = (at: number, code: string, values: Record<string, string | number> = {}) =>
  new StatementRefusedError(code, values, at);

interface Movement {
  readonly text: string;
  readonly fileLine: number;
}

/** A total that a bank gives: its tag, what it says, and where. */
interface Total {
  readonly tag: '90D' | '90C';
  readonly text: string;
  readonly fileLine: number;
}

/** One MT940 message while its fields come: a statement, or a page of one. */
export class Mt940Message {
  readonly #reading: Reading;
  readonly #start: number;
  #statement: OpenStatement | undefined;
  #account = '';
  #number = '';
  #reference = '';
  #opening: Balance | undefined;
  #closing: Balance | undefined;
  #from: string | undefined;
  #movement: Movement | undefined;
  #totals: Total[] = [];
  #failed = false;
  /** The page before this one, where it is a page of the same statement. */
  before: Mt940Message | undefined;
  /** It closes with an interim balance: another page may follow. */
  isPage = false;
  /** No closing balance has come yet. */
  isOpen = true;

  constructor(reading: Reading, start: number) {
    this.#reading = reading;
    this.#start = start;
  }

  /** The message is the next page of the statement of which `page` is one, if that is the same account's and number's. */
  goesOn(page: Mt940Message): void {
    const numberOf = (of: Mt940Message): string => of.#number.split('/')[0] ?? '';
    if (page.#account === this.#account && numberOf(page) === numberOf(this) && this.#statement === undefined)
      this.before = page;
  }

  field(tag: string, text: string, fileLine: number): void {
    if (tag !== '86') this.#endMovement('');
    const first = text.split('\n')[0]?.trim() ?? '';
    switch (tag) {
      case '20':
        this.#reference = first;
        return;
      case '25':
      case '25P':
        this.#account ||= first;
        return;
      case '28':
      case '28C':
        this.#number ||= text.trim();
        return;
      case '13D':
      case '34F':
        throw refuse(this.#start, 'statement-other-message', { message: 'MT942' });
      case '60F':
      case '60M':
        this.#open(text, fileLine);
        return;
      case '61':
        this.#movement = { text, fileLine };
        return;
      case '86':
        this.#endMovement(text);
        return;
      case '62F':
      case '62M':
        this.isOpen = false;
        this.isPage = tag === '62M';
        this.#closing = this.#reading.attempt(() => readBalance(text, fileLine, ':62F:'));
        return;
      case '90D':
      case '90C':
        this.#totals.push({ tag, text, fileLine });
        return;
      default:
        return;
    }
  }

  #open(text: string, fileLine: number): void {
    if (this.#opening !== undefined) return;
    const opening = this.#reading.attempt(() => readBalance(text, fileLine, ':60F:'));
    this.#failed ||= opening === undefined;
    this.#opening = opening;
    const before = this.before === undefined ? undefined : this.before.#closing;
    if (opening !== undefined && before !== undefined && before.pence !== opening.pence)
      this.#reading.problem(
        refuse(fileLine, 'statement-gap', {
          account: this.#account,
          opening: formatPence(opening.pence),
          closing: formatPence(before.pence),
          day: before.day,
        }),
      );
  }

  #openStatement(): OpenStatement {
    this.#statement ??= this.before === undefined ? this.#reading.open() : this.before.#openStatement();
    return this.#statement;
  }

  #endMovement(words: string): void {
    const movement = this.#movement;
    this.#movement = undefined;
    if (movement === undefined) return;
    const statement = this.#openStatement();
    statement.entries++;
    const currency = this.#opening?.currency ?? 'GBP';
    const read = this.#reading.attempt(() => readMovement(movement.text, words, currency, movement.fileLine));
    if (read === undefined || read === 'EXPECTED') return;
    if (this.#from === undefined || read.bookedOn < this.#from) this.#from = read.bookedOn;
    statement.line({ ...read, account: this.#account });
  }

  /** Its last field has come. */
  end(): void {
    this.#endMovement('');
    this.#openStatement();
    if (this.#account === '')
      this.#reading.problem(refuse(this.#start, 'statement-field-missing', { field: ':25:' }));
    if (this.#opening === undefined && !this.#failed)
      this.#reading.problem(refuse(this.#start, 'statement-balance-missing', { which: ':60F:' }));
    if (this.isOpen)
      this.#reading.problem(refuse(this.#start, 'statement-balance-missing', { which: ':62F:' }));
  }

  /** The statement of which this is the last page is whole. */
  close(): void {
    const first = this.#firstPage();
    const statement = this.#openStatement();
    const [opening, closing] = [first.#opening, this.#closing];
    const currency = opening?.currency ?? closing?.currency ?? 'GBP';
    if (closing !== undefined && closing.currency !== currency)
      this.#reading.problem(
        refuse(closing.fileLine, 'statement-currency', {
          currency: closing.currency,
          account: this.#account,
        }),
      );
    for (const page of this.#pages()) page.#checkTotals(statement);
    const days = this.#pages().flatMap((page) => page.#from ?? []);
    statement.close({
      account: this.#account,
      currency,
      bankStatementId: first.#number || first.#reference,
      from: [...(opening === undefined ? [] : [opening.day]), ...days].sort()[0] ?? null,
      to: closing?.day ?? null,
      openingPence: opening?.pence ?? null,
      closingPence: closing?.pence ?? null,
      fileLine: first.#start,
      closingLine: closing?.fileLine ?? this.#start,
    });
  }

  #firstPage(): Mt940Message {
    return this.before === undefined ? this : this.before.#firstPage();
  }

  #pages(): Mt940Message[] {
    return this.before === undefined ? [this] : [...this.before.#pages(), this];
  }

  /** Counts and sums of debits and credits (:90D:, :90C:), where a bank gives them. */
  #checkTotals(statement: OpenStatement): void {
    for (const { tag, text, fileLine } of this.#totals) {
      const direction: ParsedLine['direction'] = tag === '90D' ? 'DEBIT' : 'CREDIT';
      const [, count, currency = '', amount = ''] = /^(\d{1,5})([A-Z]{3})([\d,.]+)$/.exec(text.trim()) ?? [];
      if (count === undefined) continue;
      this.#compare(fileLine, tag, Number(count), statement.count(direction));
      const said = this.#reading.attempt(() => amountOf(amount, currency, fileLine));
      const sum: Pence = statement.sum(direction);
      if (said !== undefined && said !== sum)
        this.#reading.problem(
          refuse(fileLine, 'statement-total', {
            what: `:${tag}:`,
            says: formatPence(said),
            is: formatPence(sum),
          }),
        );
    }
  }

  #compare(fileLine: number, tag: string, says: number, is: number): void {
    if (says !== is)
      this.#reading.problem(refuse(fileLine, 'statement-count', { what: `:${tag}:`, says, is }));
  }
}
