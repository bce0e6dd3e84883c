import { formatPence, type Pence } from '../../shared/money/pence.ts';
import { signed } from './amounts.ts';
import type { ParsedLine, ParsedStatement } from './model.ts';
import { type Problems, StatementRefusedError } from './refusal.ts';

/** What a format says of one account's statement; balances undefined where the layout has none. */
interface AccountFacts {
  readonly account: string;
  readonly currency: string;
  readonly bankStatementId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly openingPence: Pence | null;
  readonly closingPence: Pence | null;
  readonly entries: number;
  readonly lines: readonly ParsedLine[];
  readonly fileLine: number;
  readonly closingLine: number;
}

const sumOf = (lines: readonly ParsedLine[], direction: ParsedLine['direction']): Pence =>
  lines.reduce((sum, line) => (line.direction === direction ? sum + line.pence : sum), 0);

/**
 * The canonical statement of one account. Notes as problems another currency than pounds, and balances that do not
 * agree: the opening one and all movements must make the closing one.
 */
export function accountOf(facts: AccountFacts, problems: Problems): ParsedStatement {
  const { account, currency, bankStatementId, from, to, openingPence, closingPence, entries, lines } = facts;
  if (currency !== 'GBP')
    problems.add(new StatementRefusedError('statement-currency', { currency, account }, facts.fileLine));
  const movements = lines.reduce((sum, line) => sum + signed(line), 0);
  if (openingPence !== null && closingPence !== null && openingPence + movements !== closingPence)
    problems.add(
      new StatementRefusedError(
        'statement-balance',
        {
          opening: formatPence(openingPence),
          movements: formatPence(movements),
          expected: formatPence(openingPence + movements),
          closing: formatPence(closingPence),
        },
        facts.closingLine,
      ),
    );
  return {
    summary: {
      account,
      currency,
      bankStatementId,
      from,
      to,
      openingPence,
      closingPence,
      creditPence: sumOf(lines, 'CREDIT'),
      debitPence: sumOf(lines, 'DEBIT'),
      lines: lines.length,
      entries,
    },
    lines,
    fileLine: facts.fileLine,
    closingLine: facts.closingLine,
  };
}
