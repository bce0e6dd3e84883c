import * as z from 'zod';
import { type Actor, read } from '../shared/table/change.ts';
import { recordMatched } from './allocate.ts';
import { fingerprintKey } from './keys.ts';
import { invoicesNamedOn } from './line-facts.ts';
import {
  type FingerprintedLine,
  findLine,
  LineSeenError,
  recordOutgoing,
  recordQueued,
  recordSeen,
} from './lines.ts';
import { judgeLine } from './matching.ts';
import type { Invoice } from './model.ts';
import { openInvoices } from './store.ts';

const seen = z.object({ lineId: z.string(), statementId: z.string() });

/** A line is judged again at most so often where others pay the same invoice at the same moment. */
const JUDGEMENTS = 3;

/**
 * Records the lines of a page: what an earlier statement had, money that left, what pays an invoice beyond doubt, and
 * the rest for people with its candidates. One transaction a line; lines that are recorded stay as they are, so the page
 * can be begun again after an interruption.
 */
export async function matchLines(
  lines: readonly FingerprintedLine[],
  actor: Actor,
  now: Date,
): Promise<void> {
  const open = await openInvoices();
  for (const line of lines) await recordLine(line, open, actor, now);
}

async function recordLine(
  given: FingerprintedLine,
  open: readonly Invoice[],
  actor: Actor,
  now: Date,
): Promise<void> {
  const { line, fingerprint } = given;
  if ((await findLine(line.lineId)) !== undefined) return;
  const earlier = await read(seen, fingerprintKey(fingerprint));
  if (earlier !== undefined) return recordSeen(given, earlier.statementId, actor, now);
  try {
    await recordNew(given, open, actor, now);
  } catch (error) {
    const other = error instanceof LineSeenError ? await read(seen, fingerprintKey(fingerprint)) : undefined;
    if (other === undefined) throw error;
    await recordSeen(given, other.statementId, actor, now);
  }
}

async function recordNew(
  given: FingerprintedLine,
  open: readonly Invoice[],
  actor: Actor,
  now: Date,
): Promise<void> {
  const { line } = given;
  // A debit that reverses is a payment which had come in and went back: people must undo what was done with it.
  if (line.pence === 0 || (line.direction === 'DEBIT' && !line.reversal))
    return recordOutgoing(given, actor, now);
  if (line.direction === 'DEBIT') {
    const { candidates } = judgeLine(line, await invoicesNamedOn(line), []);
    return recordQueued(given, candidates, 'returned', actor, now);
  }
  for (let attempt = 1; attempt <= JUDGEMENTS; attempt++) {
    const named = await invoicesNamedOn(line);
    const { pays, candidates, queuedBecause } = judgeLine(line, named, open);
    const paid = named.find(({ invoice }) => invoice.invoiceNumber === pays)?.invoice;
    if (paid === undefined)
      return recordQueued(given, candidates, queuedBecause ?? 'no-reference', actor, now);
    const decision = { actor, reason: 'The payment reference and the amount agree' };
    if (await recordMatched(given, paid, candidates, decision, now)) return;
  }
  return recordQueued(given, [], 'no-reference', actor, now);
}
