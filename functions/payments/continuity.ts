import * as z from 'zod';
import { calendarDay } from '../programme/model.ts';
import { formatPence, type Pence, pence } from '../shared/money/pence.ts';
import type { AccountStatement } from './statements/model.ts';
import { type RefusalValues, StatementRefusedError } from './statements/refusal.ts';

/** How far the statements of an account reach: from which balance on which day to which. */
export const bankAccount = z.object({
  account: z.string(),
  openingPence: pence.nullable(),
  closingPence: pence.nullable(),
  from: calendarDay.nullable(),
  to: calendarDay.nullable(),
});
export type BankAccount = z.output<typeof bankAccount>;

/** The lines of a statement that no statement had before, and how many were there already. */
export interface NewLines {
  readonly movements: Pence;
  readonly fresh: number;
  readonly seen: number;
}

const earlier = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? (a ?? b) : a < b ? a : b;
const later = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? (a ?? b) : a > b ? a : b;

/**
 * The account after a statement: the first one is taken as it is; another must begin where the known ones end, end where
 * they begin, or repeat lines of them so that what is new leads from one balance to the other. Layouts without balances
 * cannot be held to this. Throws `StatementRefusedError` for a gap.
 */
export function continued(
  known: BankAccount | undefined,
  statement: AccountStatement,
  { movements, fresh, seen }: NewLines,
  fileLine: number,
): BankAccount {
  const { account, openingPence, closingPence } = statement;
  const days = {
    from: earlier(known?.from ?? null, statement.from),
    to: later(known?.to ?? null, statement.to),
  };
  if (known === undefined)
    return { account, openingPence, closingPence, from: statement.from, to: statement.to };
  if (openingPence === null || closingPence === null)
    return {
      ...known,
      ...days,
      closingPence: known.closingPence === null ? null : known.closingPence + movements,
    };
  if (known.openingPence === null || known.closingPence === null)
    return { ...known, ...days, openingPence, closingPence };
  if (seen === 0) {
    if (openingPence === known.closingPence) return { ...known, ...days, closingPence };
    if (closingPence === known.openingPence) return { ...known, ...days, openingPence };
    // A day without movements, within what is known.
    if (fresh === 0 && known.to !== null && (statement.to ?? '') <= known.to) return known;
  } else {
    if (fresh === 0) return known;
    if (known.closingPence + movements === closingPence) return { ...known, ...days, closingPence };
    if (known.openingPence - movements === openingPence) return { ...known, ...days, openingPence };
  }
  const values: RefusalValues = {
    account,
    opening: formatPence(openingPence),
    closing: formatPence(known.closingPence),
    day: known.to ?? '',
  };
  throw new StatementRefusedError('statement-gap', values, fileLine);
}

/** Whether a statement surely goes on after the known ones, so that lines like earlier ones are others. */
export function goesOn(known: BankAccount | undefined, statement: AccountStatement): boolean {
  return (
    known?.closingPence !== null &&
    known?.closingPence !== undefined &&
    statement.openingPence === known.closingPence &&
    statement.closingPence !== statement.openingPence &&
    (statement.from ?? '') >= (known.to ?? '')
  );
}
