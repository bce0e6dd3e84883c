import { createHash } from 'node:crypto';
import type { Language } from '../shared/access/identity.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { formatPence } from '../shared/money/pence.ts';
import { type Actor, create, read, type Stored } from '../shared/table/change.ts';
import { formatDate } from '../shared/time/london.ts';
import { keep } from './documents.ts';
import { payerPartition } from './keys.ts';
import { type PayerAccount, readPayerStatement } from './payer-account.ts';
import { payerStatementPdf } from './payer-statement-pdf.ts';
import { payerStatementTexts } from './payer-statement-texts.ts';
import { type SentStatement, sentStatement, sentStatementKey } from './sent-statement-model.ts';

/** Days of a statement; open where a side is undefined. */
interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Where papers of a payer lie in the documents bucket: under a digest, since a payer is known by its address. */
const folderOf = ({ email }: Pick<PayerAccount, 'email'>): string =>
  `finance/payers/${createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 32)}`;

/** Makes a payer's statement of account and keeps it for a while; returns where. */
export async function keepPayerStatement(
  of: PayerAccount,
  days: Days,
  language: Language,
  now: Date,
): Promise<{ key: string; to: string }> {
  const statement = await readPayerStatement(of, days, now);
  const { from, to } = statement;
  const key = `${folderOf(of)}/${from ?? 'first'}-${to}-${language}.pdf`;
  await keep(key, await payerStatementPdf(of, statement, language, now));
  return { key, to };
}

/**
 * Sends a payer's statement of account in the payer's language to its address and, of a payer that finance keep, to its
 * further contacts. The same request again sends to nobody who has it: what was sent is recorded first, and the ledger
 * makes the statement of that instant again.
 */
export async function sendPayerStatement(
  of: PayerAccount,
  requestId: string,
  days: Days,
  actor: Actor,
  now: Date,
): Promise<Stored<SentStatement>> {
  const key = sentStatementKey(of.email, requestId);
  const known = await read(sentStatement, key);
  const at = known === undefined ? now : new Date(known.at);
  const statement = await readPayerStatement(of, known ?? days, at);
  const { language } = known ?? of;
  const bytes = await payerStatementPdf(of, statement, language, at);
  const sent = known ?? (await recorded(of, requestId, statement, bytes, actor, now));
  const values = {
    payer: of.name,
    day: formatDate(sent.to, language),
    balance: formatPence(sent.closingPence),
  };
  for (const { name, email } of sent.readers)
    await sendMail(
      {
        collection: payerPartition(of.email),
        cause: `statement-${requestId}:${email}`,
        to: email,
        language,
        subject: payerStatementTexts.text(language, 'email.subject', { ...values, name }),
        text: payerStatementTexts.text(language, 'email.text', { ...values, name }),
        attachments: [{ name: `psqm-statement-${sent.to}.pdf`, type: 'application/pdf', bytes }],
      },
      now,
    );
  return sent;
}

async function recorded(
  of: PayerAccount,
  requestId: string,
  { from, to, closingPence }: Pick<SentStatement, 'from' | 'to' | 'closingPence'>,
  bytes: Uint8Array,
  actor: Actor,
  now: Date,
): Promise<Stored<SentStatement>> {
  const readers = [{ name: of.name, email: of.email }, ...(of.kept?.contacts ?? [])];
  const pdfKey = `${folderOf(of)}/sent-${requestId}.pdf`;
  await keep(pdfKey, bytes);
  const next: SentStatement = {
    requestId,
    from,
    to,
    language: of.language,
    closingPence,
    readers: readers.filter(
      ({ email }, index) => readers.findIndex((other) => other.email === email) === index,
    ),
    by: actor.id,
    at: now.toISOString(),
    pdfKey,
  };
  return create<SentStatement>(
    sentStatementKey(of.email, requestId),
    { next, audit: { action: 'payer.send-statement', actor }, events: [] },
    now,
  );
}
