import * as z from 'zod';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { type Actor, read } from '../shared/table/change.ts';
import { allocateToInvoice, type Decision, recordMatched, useId } from './allocate.ts';
import type { FingerprintedLine } from './fingerprints.ts';
import { fingerprintKey } from './keys.ts';
import { invoicesNamedOn } from './line-facts.ts';
import { findLine, LineSeenError, recordOutgoing, recordQueued, recordSeen } from './lines.ts';
import { type Judgement, judgeLine, judgeReturn, textsOf } from './matching.ts';
import type { PostedLine } from './model.ts';
import { OpenBook } from './open-book.ts';
import { activeAliases } from './payer-aliases.ts';
import { payRefundNamedOn } from './refunds.ts';
import { broughtOverInvoices, openInvoices } from './store.ts';
import { paymentsTexts } from './texts.ts';

const seen = z.object({ lineId: z.string(), statementId: z.string() });

/** A line is judged again at most so often where others pay the same invoice at the same moment. */
const JUDGEMENTS = 3;
const BATCH_LINES = 8;

/**
 * Records the lines of a page: what an earlier statement had, money that left, what pays invoices beyond doubt, and the
 * rest for people with its candidates. One transaction a line; lines that are recorded stay as they are, so the page can
 * be begun again after an interruption.
 */
export async function matchLines(
  statementId: string,
  lines: readonly FingerprintedLine[],
  actor: Actor,
  now: Date,
): Promise<void> {
  const book = await bookFor(statementId, now);
  try {
    for (const batch of batchesOf(lines, book))
      await inParallel(batch, BATCH_LINES, (line) => recordLine(line, book, actor, now));
  } catch (error) {
    // The page is begun again, and what it had noted in the book would be noted twice.
    kept = undefined;
    throw error;
  }
}

/** Lines that are recorded at once: consecutive ones that name no invoice in common, so that the first of two is the first. */
function batchesOf(lines: readonly FingerprintedLine[], book: OpenBook): FingerprintedLine[][] {
  const batches: FingerprintedLine[][] = [];
  let batch: FingerprintedLine[] = [];
  let named = new Set<string>();
  for (const each of lines) {
    const own = [...book.references.find(textsOf(each.line)).keys()];
    if (batch.length >= BATCH_LINES || own.some((number) => named.has(number))) {
      batches.push(batch);
      batch = [];
      named = new Set();
    }
    batch.push(each);
    for (const number of own) named.add(number);
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

/** A page is begun within seconds of the one before it; after so long others may have done much meanwhile. */
const KEPT_MS = 5 * 60_000;
let kept: { readonly statementId: string; readonly readAt: number; readonly book: OpenBook } | undefined;

/**
 * The book for a page of a statement: the one with which this sandbox matched the page before, since it has taken note of
 * what that paid, so that a line costs the same however many pages and open invoices there are. What others paid in
 * between is met when the line is recorded: the invoices that it names are read as they stand, and each write is
 * conditional.
 */
async function bookFor(statementId: string, now: Date): Promise<OpenBook> {
  const age = now.getTime() - (kept?.readAt ?? 0);
  if (kept?.statementId === statementId && age >= 0 && age < KEPT_MS) return kept.book;
  const book = await readBook();
  kept = { statementId, readAt: now.getTime(), book };
  return book;
}

/**
 * Invoices with money owed, those of a previous system that are settled (no form of ours tells their references), and who
 * was confirmed to pay for others.
 */
export async function readBook(): Promise<OpenBook> {
  const [open, before, aliases] = await Promise.all([openInvoices(), broughtOverInvoices(), activeAliases()]);
  const numbers = new Set(open.map(({ invoiceNumber }) => invoiceNumber));
  return new OpenBook(
    open,
    before.filter(({ invoiceNumber }) => !numbers.has(invoiceNumber)),
    aliases,
  );
}

async function recordLine(given: FingerprintedLine, book: OpenBook, actor: Actor, now: Date): Promise<void> {
  const { line, fingerprint } = given;
  const recorded = await findLine(line.lineId);
  if (recorded?.status === 'OUTGOING') return finishOut(recorded, actor, now);
  if (recorded !== undefined) return finish(recorded, book, actor, now);
  const earlier = await read(seen, fingerprintKey(fingerprint));
  if (earlier !== undefined) return recordSeen(given, earlier.statementId, actor, now);
  try {
    await recordNew(given, book, actor, now);
  } catch (error) {
    const other = error instanceof LineSeenError ? await read(seen, fingerprintKey(fingerprint)) : undefined;
    if (other === undefined) throw error;
    await recordSeen(given, other.statementId, actor, now);
  }
}

async function recordNew(given: FingerprintedLine, book: OpenBook, actor: Actor, now: Date): Promise<void> {
  const { line } = given;
  if (line.pence === 0 || (line.direction === 'DEBIT' && !line.reversal)) return recordOut(given, actor, now);
  // A payment which had come in and went back, or one of ours which came back: people must undo what was done with it.
  if (line.reversal)
    return recordQueued(
      given,
      judgeReturn(line, await invoicesNamedOn(line, book)),
      'returned-payment',
      actor,
      now,
    );
  for (let attempt = 1; attempt <= JUDGEMENTS; attempt++) {
    const judgement = judgeLine(line, await invoicesNamedOn(line, book), book);
    if (await take(given, judgement, book, actor, now)) return;
  }
  return recordQueued(
    given,
    { rule: 'none', confidence: 'NONE', proposal: [], candidates: [] },
    'none',
    actor,
    now,
  );
}

/** Records money that left, as the refund's payment whose advice it names. */
async function recordOut(given: FingerprintedLine, actor: Actor, now: Date): Promise<void> {
  await recordOutgoing(given, actor, now);
  const recorded = await findLine(given.line.lineId);
  if (recorded !== undefined) await finishOut(recorded, actor, now);
}

/** What was interrupted between the line and its refund goes on; a refund that moved on meanwhile is left to people. */
async function finishOut(recorded: PostedLine, actor: Actor, now: Date): Promise<void> {
  if (recorded.status !== 'OUTGOING' || recorded.pence === 0) return;
  try {
    await payRefundNamedOn(recorded, useId(recorded.lineId, 'matched', 0), actor, now);
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof WrongStateError)) throw error;
  }
}

/** Records a line as judged; false where an invoice does not owe exactly that any more (somebody was faster). */
async function take(
  given: FingerprintedLine,
  judgement: Judgement,
  book: OpenBook,
  actor: Actor,
  now: Date,
): Promise<boolean> {
  const { rule, confidence, proposal } = judgement;
  const [only] = proposal;
  const paid = only === undefined ? undefined : book.get(only.invoiceNumber);
  if (confidence === 'CONFIRMED' && proposal.length === 1 && only !== undefined) {
    if (!(await recordMatched(given, only.invoiceNumber, judgement, decisionOf(rule, actor), now)))
      return false;
    if (paid !== undefined) book.paid(only.invoiceNumber, only.pence);
    return true;
  }
  await recordQueued(given, judgement, rule, actor, now);
  if (confidence === 'CONFIRMED') {
    const recorded = await findLine(given.line.lineId);
    if (recorded !== undefined) await finish(recorded, book, actor, now);
  }
  return true;
}

const decisionOf = (rule: Judgement['rule'], actor: Actor): Decision => ({
  actor,
  reason: paymentsTexts.text('en', `rules.${rule}`),
});

/**
 * Puts a line on the several invoices that it pays beyond doubt, one transaction each; what was interrupted goes on. Where
 * one of them does not owe as much any more, the rest of the line stays with people.
 */
async function finish(recorded: PostedLine, book: OpenBook, actor: Actor, now: Date): Promise<void> {
  const { lineId, confidence, proposal, rule, status } = recorded;
  if (confidence !== 'CONFIRMED' || proposal.length < 2 || status !== 'SUSPENSE' || rule === null) return;
  for (const [part, { invoiceNumber, pence }] of proposal.entries()) {
    try {
      const id = useId(lineId, 'matched', part);
      await allocateToInvoice(lineId, invoiceNumber, pence, id, decisionOf(rule, actor), now, true);
      book.paid(invoiceNumber, pence);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
    }
  }
}
