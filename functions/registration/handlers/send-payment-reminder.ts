import * as z from 'zod';
import { balanceOf, isJoint } from '../../payments/balance.ts';
import { paymentDay } from '../../payments/due.ts';
import { isHeld } from '../../payments/hold.ts';
import { payerPartition } from '../../payments/keys.ts';
import type { Invoice } from '../../payments/model.ts';
import { readersOf } from '../../payments/readers.ts';
import { awaitedOf, liveInvoicesOf, openInvoicesOfPayer } from '../../payments/store.ts';
import { readRound } from '../../programme/store.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { formatPence } from '../../shared/money/pence.ts';
import { ConcurrentChangeError, NotFoundError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { create, read } from '../../shared/table/change.ts';
import { addDays, formatDate, londonDate } from '../../shared/time/london.ts';
import { mailAbout } from '../mails.ts';
import { remindersDone } from '../next-step.ts';
import { changeIntake, readIntake, readRegistration } from '../store.ts';
import { registrationTexts } from '../texts.ts';

/**
 * Reminds whoever pays; a reminder that a later one has overtaken is passed over. Never for a paid invoice, nor one that
 * rests. A payer of several open invoices has one letter a day that lists them all.
 */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1), reminderDay: z.number().int() }),
  z.object({ sent: z.boolean() }),
  async ({ registrationId, reminderDay }, { now }) => {
    const registration = await readRegistration(registrationId);
    const [round, intake, live] = await Promise.all([
      readRound(registration.roundId),
      readIntake(registrationId),
      liveInvoicesOf(registrationId),
    ]);
    const invoice = awaitedOf(live);
    if (invoice === undefined) throw new NotFoundError(`invoice of ${registration.reference}`);
    const due = paymentDay(round, registration, invoice);
    if (balanceOf(invoice) <= 0 || isHeld(invoice, now) || remindersDone(intake, due).includes(reminderDay))
      return { sent: false };
    const { language } = invoice;
    const readers = await readersOf(invoice);
    const all = (await othersOf(invoice, now)).sort((a, b) => a.dueOn.localeCompare(b.dueOn));
    const isKept = invoice.payer.payerId !== undefined;
    const listed =
      all.length > 1 || isJoint(invoice)
        ? readers.filter(({ email }) => isKept || email === invoice.payer.email)
        : [];
    await sendList(registrationId, all, listed, invoice, now);
    await mailAbout(
      registration,
      reminderDay < 0 ? 'payment-soon-due' : reminderDay === 0 ? 'payment-due' : 'payment-overdue',
      `payment-reminder-${due}-${reminderDay}`,
      readers.filter((each) => !listed.includes(each)),
      {
        invoice: invoice.invoiceNumber,
        balance: formatPence(balanceOf(invoice)),
        due: formatDate(due, language),
        paymentReference: invoice.paymentReference,
        purchaseOrder: invoice.purchaseOrder ?? '-',
        lapse: formatDate(addDays(due, round.policies.payment.lapseAfterDays), language),
      },
      now,
      language,
    );
    const passed = round.policies.payment.reminderDays.filter((day) => day <= reminderDay);
    const actor = { kind: 'system', id: 'send-payment-reminder' } as const;
    await changeIntake(registrationId, now, { action: 'registration.reminded', actor }, (current) => ({
      remindersDone: [...new Set([...remindersDone(current, due), ...passed])].sort((a, b) => a - b),
      lastDueOn: due,
    }));
    return { sent: true };
  },
);

/** The invoice and every other open one of its payer that does not rest. */
async function othersOf(of: Invoice, now: Date): Promise<Invoice[]> {
  const open = of.payer.email === null ? [] : await openInvoicesOfPayer(of.payer.email);
  const others = open.filter((each) => each.invoiceNumber !== of.invoiceNumber && !isHeld(each, now));
  return [of, ...others];
}

const letter = z.object({ registrationId: z.string() });

/**
 * Whether this registration writes the payer's letter of the day: the first that claims it, since those whose reminders
 * fall on one day wake together. Repeated by the same registration, it is still its own.
 */
async function writesLetter(registrationId: string, email: string, now: Date): Promise<boolean> {
  const key = { pk: payerPartition(email), sk: `LETTER#${londonDate(now)}` };
  const known = await read(letter, key);
  if (known !== undefined) return known.registrationId === registrationId;
  try {
    const audit = { action: 'payer.remind', actor: { kind: 'system', id: 'send-payment-reminder' } } as const;
    await create(key, { next: { registrationId }, audit, events: [] }, now);
    return true;
  } catch (error) {
    if (!(error instanceof ConcurrentChangeError)) throw error;
    return (await read(letter, key))?.registrationId === registrationId;
  }
}

/** One letter a day with every open invoice of a payer, whichever of them it is time for. */
async function sendList(
  registrationId: string,
  all: readonly Invoice[],
  readers: readonly { name: string; email: string }[],
  of: Invoice,
  now: Date,
): Promise<void> {
  if (readers.length === 0 || !(await writesLetter(registrationId, of.payer.email ?? '', now))) return;
  const { language } = of;
  const lines = all.map((each) =>
    registrationTexts.text(language, 'reminder-line', {
      invoice: each.invoiceNumber,
      school: each.schoolName,
      balance: formatPence(balanceOf(each)),
      due: formatDate(each.dueOn, language),
      paymentReference: each.paymentReference,
      purchaseOrder: each.purchaseOrder ?? '-',
    }),
  );
  const total = formatPence(all.reduce((sum, each) => sum + balanceOf(each), 0));
  for (const { name, email } of readers) {
    const values = { name, payer: of.payer.name, count: all.length, total, list: lines.join('\n') };
    await sendMail(
      {
        collection: payerPartition(email),
        cause: `payment-reminder-${londonDate(now)}:${email}`,
        to: email,
        language,
        subject: registrationTexts.text(language, 'emails.payment-list.subject', values),
        text: registrationTexts.text(language, 'emails.payment-list.text', values),
      },
      now,
    );
  }
}
