import type { Year } from '../year.ts';
import { dayAfter } from '../year.ts';
import { emailOf } from './registrant.ts';

const REFERENCE = /\bPSQM[A-Z0-9]{7}\b/;
const AMOUNT = /£([\d,]+)\.(\d{2})/;
const NUMBER = /\b[A-Z]{2,6}-?\d{2,4}-?\d{3,6}\b/;

/** The finance office reads the invoice in its inbox: number, reference and amount are what it needs to pay. */
export function readInvoices(year: Year): void {
  const byAddress = new Map(year.schools.map((school) => [emailOf(school, 'finance').toLowerCase(), school]));
  for (const message of year.newMail) {
    const school = message.to
      .map((address) => byAddress.get(address.toLowerCase()))
      .find((each) => each !== undefined);
    if (school === undefined || school.invoice !== undefined) continue;
    const text = `${message.subject}\n${message.text}`;
    const reference = REFERENCE.exec(text)?.[0];
    const amount = AMOUNT.exec(text);
    if (reference === undefined || amount === null) continue;
    school.invoice = {
      number: NUMBER.exec(text)?.[0] ?? '',
      reference,
      pence: Number(`${amount[1]?.replaceAll(',', '')}${amount[2]}`),
      receivedOn: year.today,
    };
  }
}

/** Whoever pays today does, as their story has it: exactly, late, twice, short, with a mangled or no reference. */
export function payToday(year: Year): void {
  for (const school of year.schools) {
    const { invoice, story } = school;
    if (invoice === undefined || story.payment === 'NEVER' || story.payment === 'FUNDED' || school.withdrawn)
      continue;
    const first = dayAfter(invoice.receivedOn, story.paysAfterDays);
    const payer = school.applicant.school.name.slice(0, 60);
    const pay = (pence: number, narrative: string): void =>
      year.bank.pay({ day: year.today, pence, payer, narrative });
    if (year.today === first) {
      switch (story.payment) {
        case 'SHORT':
          pay(invoice.pence - 5000, invoice.reference);
          break;
        case 'RETYPED':
          pay(
            invoice.pence,
            `psqm ${invoice.reference.slice(4, 8).toLowerCase()} ${invoice.reference.slice(8).toLowerCase()}`,
          );
          break;
        case 'NO_REFERENCE':
          pay(invoice.pence, `SCIENCE MARK ${school.applicant.school.urn}`);
          break;
        case 'TRUST_NAME':
          year.bank.pay({
            day: year.today,
            pence: invoice.pence,
            payer: `TRUST FOR ${payer}`.slice(0, 60),
            narrative: 'INVOICE PAYMENT',
          });
          break;
        case 'PROMPT':
        case 'LATE':
        case 'TWICE':
          pay(invoice.pence, invoice.reference);
          break;
      }
      school.paid = true;
    } else if (story.payment === 'TWICE' && year.today === dayAfter(first, 6)) {
      pay(invoice.pence, `${invoice.reference} COUNCIL`);
    } else if (story.payment === 'SHORT' && year.today === dayAfter(first, 8)) {
      pay(5000, `REST OF ${invoice.reference}`);
    }
  }
}
