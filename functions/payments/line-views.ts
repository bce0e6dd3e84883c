import type * as z from 'zod';
import type { lineView } from '../http/finance/contract.ts';
import type { Language } from '../shared/access/identity.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { read, type Stored } from '../shared/table/change.ts';
import { allocationsAmong, usesOfLine } from './allocate.ts';
import { type Refund, refund } from './approval-model.ts';
import type { NamedInvoice } from './candidates.ts';
import { accountCreditKey, refundKey } from './keys.ts';
import { invoicesNamedOn } from './line-facts.ts';
import { readBook } from './match-lines.ts';
import { judgeLine, judgeReturn } from './matching.ts';
import { matchingRule } from './matching-rules.ts';
import {
  type AccountCredit,
  type Allocation,
  accountCredit,
  type Candidate,
  type PostedLine,
} from './model.ts';
import { readOtherEntry } from './other-entries.ts';
import { type OtherEntry, otherSources } from './other-model.ts';
import { toRemember } from './payer-aliases.ts';
import type { ReturnedLine } from './return-model.ts';
import { findReturn, findReturned, invoicesPaidBy } from './returned-lines.ts';
import { statementTexts } from './statements/texts.ts';
import { paymentsTexts } from './texts.ts';
import { Names, withNames } from './views.ts';

type LineView = z.input<typeof lineView>;
const LANES = 8;

/** Why a line waits: by the rule that left it to people, or since a person changed something. */
const whyQueued = (because: string, language: Language): string =>
  paymentsTexts.text(
    language,
    matchingRule.safeParse(because).success ? `rules.${because}` : `queued.${because}`,
  );

/** A line with the candidates and reasons that it was recorded with. */
async function presentLine(
  line: PostedLine,
  candidates: readonly Candidate[],
  because: string | null,
  language: Language,
  names: Names,
  returnOf: LineView['returnOf'] = null,
): Promise<LineView> {
  return {
    lineId: line.lineId,
    statementId: line.statementId,
    account: line.account,
    bookedOn: line.bookedOn,
    valueOn: line.valueOn,
    pence: line.pence,
    direction: line.direction,
    reversal: line.reversal,
    payerName: line.payerName,
    narrative: line.narrative,
    endToEndId: line.endToEndId,
    bankReference: line.bankReference,
    status: line.status,
    openPence: line.openPence,
    candidates: candidates.map((each) => ({
      ...each,
      why: each.reasons.map((reason) => paymentsTexts.text(language, `reasons.${reason}`)),
    })),
    queuedBecause: because === null ? null : whyQueued(because, language),
    parked: line.parked === null ? null : { ...line.parked, by: await names.of(line.parked.by) },
    seenIn: line.seenIn,
    returnOf,
    rule: line.rule,
    ruleWords: line.rule === null ? null : paymentsTexts.text(language, `rules.${line.rule}`),
    confidence: line.confidence,
    proposal: line.proposal,
    notes: line.notes.map(({ code, value }) => statementTexts.text(language, `notes.${code}`, { value })),
  };
}

/** Lines of a statement as they were recorded. */
export function presentRecorded(
  lines: readonly PostedLine[],
  language: Language,
  names: Names,
): Promise<LineView[]> {
  return inParallel(lines, LANES, (line) =>
    presentLine(line, line.candidates, line.queuedBecause, language, names),
  );
}

/**
 * Lines to be decided, judged anew as of now: invoices that came, were paid or closed since the line was recorded show.
 * Why it waits stays as it was, unless the machine knew of nothing then and there is something now.
 */
export async function presentOpen(
  lines: readonly PostedLine[],
  language: Language,
  names: Names,
): Promise<LineView[]> {
  if (lines.length === 0) return [];
  const book = await readBook();
  return inParallel(lines, LANES, async (line) => {
    if (line.openPence === 0 && !line.reversal)
      return presentLine(line, line.candidates, line.queuedBecause, language, names);
    const rest = { ...line, pence: line.openPence };
    const named = await invoicesNamedOn(line, book);
    const judged = line.reversal ? judgeReturn(rest, named) : judgeLine(rest, named, book);
    const because = line.queuedBecause === 'none' ? judged.rule : line.queuedBecause;
    return presentLine(line, judged.candidates, because, language, names, await presentReturned(line, named));
  });
}

/** The payment that a line takes back, with what it had paid, while nobody has said so. */
async function presentReturned(
  line: PostedLine,
  named: readonly NamedInvoice[],
): Promise<LineView['returnOf']> {
  if (!line.reversal || line.openPence === 0) return null;
  const found = await findReturned(
    line,
    named.map(({ invoice }) => invoice),
  );
  if (found === undefined) return null;
  const { lineId, bookedOn, payerName } = found;
  return { lineId, bookedOn, payerName, invoiceNumbers: await invoicesPaidBy(lineId) };
}

interface LineHistory extends LineView {
  allocations: Allocation[];
  credits: AccountCredit[];
  refunds: Refund[];
  others: (OtherEntry & { sourceName: string })[];
  remember: { counterparty: string; payees: string[] } | null;
  returned: ReturnedLine | null;
}

/** A line with everything that was ever made from it. */
export async function presentWithHistory(line: Stored<PostedLine>, language: Language): Promise<LineHistory> {
  const names = new Names();
  const [[view], uses, known] = await Promise.all([
    presentOpen([line], language, names),
    usesOfLine(line.lineId),
    toRemember(line.lineId),
  ]);
  if (view === undefined) throw new Error(`no view of ${line.lineId}`);
  const [allocations, back] = await Promise.all([allocationsAmong(uses), findReturn(uses)]);
  const credits = await Promise.all(
    uses
      .filter(({ kind }) => kind === 'CREDIT')
      .map(({ id, registrationId }) => read(accountCredit, accountCreditKey(registrationId, id))),
  );
  const refunds = await Promise.all(
    uses
      .filter(({ kind }) => kind === 'REFUND')
      .map(({ registrationId, refundId }) => read(refund, refundKey(registrationId, refundId ?? ''))),
  );
  const others = await Promise.all(
    uses.filter(({ kind }) => kind === 'OTHER').map(({ id }) => readOtherEntry(line.lineId, id)),
  );
  const present = async <T extends Allocation | AccountCredit>(records: readonly (T | undefined)[]) =>
    inTime(
      await withNames(
        records.filter((each) => each !== undefined),
        names,
      ),
    );
  return {
    ...view,
    allocations: await present(allocations),
    credits: await present(credits),
    // One that was taken back is told by its history.
    refunds: refunds.filter((each) => each !== undefined).filter((each) => each.paid?.lineId === line.lineId),
    others: inTime(
      (await withNames(others, names)).map((each) => ({
        ...each,
        sourceName:
          [...otherSources.income, ...otherSources.costs].find(({ id }) => id === each.source)?.name[
            language
          ] ?? each.source,
      })),
    ),
    returned: back === undefined ? null : await nameReturn(back, names),
    remember:
      known === undefined
        ? null
        : { counterparty: known.counterparty, payees: known.payees.map(({ name }) => name) },
  };
}

const inTime = <T extends { readonly at: string }>(records: T[]): T[] =>
  records.sort((a, b) => a.at.localeCompare(b.at));

/** With names in place of the ids of those who said and undid it. */
async function nameReturn(of: ReturnedLine, names: Names): Promise<ReturnedLine> {
  const { reversed } = of;
  return {
    ...of,
    by: await names.of(of.by),
    reversed: reversed === null ? null : { ...reversed, by: await names.of(reversed.by) },
  };
}
