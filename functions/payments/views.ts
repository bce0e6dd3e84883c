import type * as z from 'zod';
import type {
  invoiceSummary as invoiceView,
  lineView,
  statementSummary as statementView,
} from '../http/finance/contract.ts';
import { findPerson } from '../people/store.ts';
import type { Language } from '../shared/access/identity.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { read, type Stored } from '../shared/table/change.ts';
import { daysBetween, londonDate } from '../shared/time/london.ts';
import { usesOfLine } from './allocate.ts';
import { type Refund, refund } from './approval-model.ts';
import { balanceOf } from './balance.ts';
import { isHeld } from './hold.ts';
import { accountCreditKey, allocationKey, refundKey } from './keys.ts';
import { invoicesNamedOn } from './line-facts.ts';
import { readBook } from './match-lines.ts';
import { judgeLine, judgeReturn } from './matching.ts';
import {
  type AccountCredit,
  type Allocation,
  accountCredit,
  allocation,
  type Candidate,
  type Invoice,
  type PostedLine,
  type Statement,
} from './model.ts';
import { readOtherEntry } from './other-entries.ts';
import { type OtherEntry, otherSources } from './other-model.ts';
import { paymentsTexts } from './texts.ts';

type LineView = z.input<typeof lineView>;
const LANES = 8;

/** Names of people by their ids; what the machines do is under the function's name. */
export class Names {
  readonly #known = new Map<string, Promise<string>>();

  of(id: string): Promise<string> {
    const known = this.#known.get(id) ?? findPerson(id).then((found) => found?.name ?? id);
    this.#known.set(id, known);
    return known;
  }
}

/** A statement as the finance pages show it; a refusal in the words of the page's language. */
export async function presentStatement(
  of: Statement,
  language: Language,
  names: Names,
): Promise<z.input<typeof statementView>> {
  const ended = of.status === 'RECONCILED' || of.status === 'REFUSED';
  const { refusal } = of;
  return {
    statementId: of.statementId,
    fileName: of.fileName,
    uploadedBy: await names.of(of.uploadedBy),
    createdAt: of.createdAt,
    status: of.status,
    format: of.format,
    accounts: of.accounts,
    lines: of.lines,
    counts: of.counts,
    progress: ended ? 100 : of.pages === 0 ? 0 : Math.floor((100 * of.nextPage) / of.pages),
    refusal:
      refusal === null
        ? null
        : {
            ...refusal,
            message: paymentsTexts.text(language, `refusals.${refusal.code}`, refusal.values),
          },
    reconciledAt: of.reconciledAt,
  };
}

/** A line with the candidates and reasons that it was recorded with. */
async function presentLine(
  line: PostedLine,
  candidates: readonly Candidate[],
  because: string | null,
  language: Language,
  names: Names,
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
    queuedBecause: because === null ? null : paymentsTexts.text(language, `queued.${because}`),
    parked: line.parked === null ? null : { ...line.parked, by: await names.of(line.parked.by) },
    seenIn: line.seenIn,
    rule: line.rule,
    ruleWords: line.rule === null ? null : paymentsTexts.text(language, `rules.${line.rule}`),
    confidence: line.confidence,
    proposal: line.proposal,
    notes: line.notes.map(({ code, value }) => paymentsTexts.text(language, `notes.${code}`, { value })),
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
    return presentLine(line, judged.candidates, because, language, names);
  });
}

interface LineHistory extends LineView {
  allocations: Allocation[];
  credits: AccountCredit[];
  refunds: Refund[];
  others: (OtherEntry & { sourceName: string })[];
}

/** A line with everything that was ever made from it. */
export async function presentWithHistory(line: Stored<PostedLine>, language: Language): Promise<LineHistory> {
  const names = new Names();
  const [[view], uses] = await Promise.all([presentOpen([line], language, names), usesOfLine(line.lineId)]);
  if (view === undefined) throw new Error(`no view of ${line.lineId}`);
  const allocations = await Promise.all(
    uses
      .filter(({ kind }) => kind === 'ALLOCATION')
      .map(({ id, registrationId }) => read(allocation, allocationKey(registrationId, id))),
  );
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
  };
}

const inTime = <T extends { readonly at: string }>(records: T[]): T[] =>
  records.sort((a, b) => a.at.localeCompare(b.at));

/** Records with the names of those who made and took them back in place of their ids. */
export function withNames<T extends Allocation | AccountCredit | OtherEntry>(
  records: readonly T[],
  names: Names,
): Promise<T[]> {
  return inParallel(records, LANES, async (each) => ({
    ...each,
    by: await names.of(each.by),
    reversed: each.reversed === null ? null : { ...each.reversed, by: await names.of(each.reversed.by) },
  }));
}

/** An invoice in lists. */
export function presentInvoice(of: Invoice, now: Date): z.input<typeof invoiceView> {
  const balancePence = balanceOf(of);
  const today = londonDate(now);
  return {
    invoiceNumber: of.invoiceNumber,
    registrationId: of.registrationId,
    registrationReference: of.registrationReference,
    roundId: of.roundId,
    schoolName: of.schoolName,
    town: of.town,
    urn: of.urn,
    payerName: of.payer.name,
    paymentReference: of.paymentReference,
    purchaseOrder: of.purchaseOrder,
    issuedOn: of.issuedOn,
    dueOn: of.dueOn,
    grossPence: of.grossPence,
    allocatedPence: of.allocatedPence,
    creditedPence: of.creditedPence,
    writtenOffPence: of.writtenOffPence,
    balancePence,
    status: of.status,
    overdueDays: balancePence > 0 ? Math.max(0, daysBetween(of.dueOn, today)) : 0,
    hold: of.hold !== undefined && isHeld(of, now) ? of.hold : null,
  };
}
