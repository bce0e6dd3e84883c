import { formatPence, type Pence } from '../../shared/money/pence.ts';
import type { Entry } from './camt053-entry.ts';
import { amountIn } from './camt053-values.ts';
import type { Reading } from './reading.ts';
import { find, refuseAt, textOf, type XmlNode } from './xml-nodes.ts';

/** Entries of one direction, or of both: all of them, those that are booked, and the payments in those. */
interface Sums {
  all: number;
  booked: number;
  payments: number;
  allPence: Pence;
  bookedPence: Pence;
}
const none = (): Sums => ({ all: 0, booked: 0, payments: 0, allPence: 0, bookedPence: 0 });

/** Counts and sums of a statement's entries as they are read. */
export class EntrySums {
  readonly #of = { CREDIT: none(), DEBIT: none() };

  add({ booked, pence, direction, lines }: Entry): void {
    const sums = this.#of[direction];
    sums.all++;
    sums.allPence += pence;
    if (!booked) return;
    sums.booked++;
    sums.bookedPence += pence;
    sums.payments += lines.length;
  }

  of(direction: Entry['direction'] | undefined): Sums {
    if (direction !== undefined) return this.#of[direction];
    const { CREDIT: credit, DEBIT: debit } = this.#of;
    return {
      all: credit.all + debit.all,
      booked: credit.booked + debit.booked,
      payments: credit.payments + debit.payments,
      allPence: credit.allPence + debit.allPence,
      bookedPence: credit.bookedPence + debit.bookedPence,
    };
  }
}

/** Holds the entries to the statement's own counts and sums, where it has them (TxsSummry). */
export function checkSummary(node: XmlNode, sums: EntrySums, currency: string, reading: Reading): void {
  const summary = find(node, 'TxsSummry');
  if (summary === undefined) return;
  const groups: readonly [name: string, direction: Entry['direction'] | undefined][] = [
    ['TtlNtries', undefined],
    ['TtlCdtNtries', 'CREDIT'],
    ['TtlDbtNtries', 'DEBIT'],
  ];
  for (const [what, direction] of groups) {
    const group = find(summary, what);
    if (group === undefined) continue;
    const of = sums.of(direction);
    const count = find(group, 'NbOfNtries');
    // Some banks count entries that are still pending, which are listed but not booked, and some count payments.
    if (count !== undefined && ![of.booked, of.all, of.payments].includes(Number(count.text.trim())))
      reading.problem(refuseAt(count, 'statement-count', { what, says: count.text.trim(), is: of.booked }));
    const sum = find(group, 'Sum');
    if (sum === undefined) continue;
    checkAmount(sum, what, [of.bookedPence, of.allPence], currency, reading);
  }
  checkNet(summary, sums, currency, reading);
}

/** The net of all entries: below TtlNtries, its amount and sign in it (version 2) or in an element of their own. */
function checkNet(summary: XmlNode, sums: EntrySums, currency: string, reading: Reading): void {
  const group = find(summary, 'TtlNtries');
  const amount =
    group === undefined ? undefined : (find(group, 'TtlNetNtryAmt') ?? find(group, 'TtlNetNtry', 'Amt'));
  if (group === undefined || amount === undefined) return;
  const sign = textOf(group, 'TtlNetNtry', 'CdtDbtInd') || textOf(group, 'CdtDbtInd');
  const [credit, debit] = [sums.of('CREDIT'), sums.of('DEBIT')];
  const nets = [credit.bookedPence - debit.bookedPence, credit.allPence - debit.allPence];
  const shown = sign === '' ? nets.map(Math.abs) : nets.map((net) => (sign === 'DBIT' ? -net : net));
  checkAmount(amount, 'TtlNetNtry', shown, currency, reading);
}

function checkAmount(
  node: XmlNode,
  what: string,
  right: readonly Pence[],
  currency: string,
  reading: Reading,
): void {
  const says = reading.attempt(() => amountIn(node, currency));
  if (says === undefined || right.includes(says)) return;
  reading.problem(
    refuseAt(node, 'statement-total', { what, says: formatPence(says), is: formatPence(right[0] ?? 0) }),
  );
}
