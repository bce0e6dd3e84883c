import type * as z from 'zod';
import type { ownRegistration, problem as problemView } from '../http/public/contract.ts';
import { balanceOf } from '../payments/balance.ts';
import { documentUrl } from '../payments/document-addresses.ts';
import { paymentDay } from '../payments/due.ts';
import { documentsOfRegistration, invoicesOfRegistration } from '../payments/store.ts';
import { calendarDay } from '../programme/model.ts';
import { findHub, readRound } from '../programme/store.ts';
import type { Language } from '../shared/access/identity.ts';
import type { Problem } from '../shared/runtime/errors.ts';
import { formatDate } from '../shared/time/london.ts';
import type { Registration } from './model.ts';
import { readIntake } from './store.ts';
import { registrationTexts } from './texts.ts';

/** A problem in the words of the page's language. */
export function inWords(problem: Problem, language: Language): z.output<typeof problemView> {
  return {
    code: problem.code,
    field: problem.field,
    message: registrationTexts.text(language, `refusals.${problem.code}`, withDates(problem, language)),
  };
}

/** The values of a problem, days as people write them. */
function withDates({ values = {} }: Problem, language: Language): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      calendarDay.safeParse(value).success ? formatDate(String(value), language) : value,
    ]),
  );
}

/** One registration as its own people see it. */
export async function presentRegistration(
  registration: Registration,
  now: Date,
): Promise<z.input<typeof ownRegistration>> {
  const { registrationId } = registration;
  const [round, intake, hub, invoices, documents] = await Promise.all([
    readRound(registration.roundId),
    readIntake(registrationId),
    registration.hubId === null ? undefined : findHub(registration.hubId),
    invoicesOfRegistration(registrationId),
    documentsOfRegistration(registrationId),
  ]);
  const invoice = invoices.find((each) => each.invoiceNumber === registration.invoiceNumber);
  const correctable =
    (registration.status === 'SUBMITTED' || registration.status === 'ACCEPTED') &&
    intake.correctableUntil > now.toISOString();
  return {
    registrationId,
    reference: registration.reference,
    roundId: registration.roundId,
    roundLabel: round.label,
    // What is decided and not yet released stays unseen (embargo).
    status:
      registration.status === 'DECIDED' || registration.status === 'IN_MODERATION'
        ? 'IN_ASSESSMENT'
        : registration.status,
    statusSince: registration.statusSince,
    submittedAt: registration.submittedAt,
    schoolId: registration.schoolId,
    school: registration.school,
    language: registration.language,
    contacts: registration.contacts
      .filter((contact) => contact.until === null)
      .map(({ contactId, role, name, email }) => ({ contactId, role, name, email })),
    hub: hub === undefined ? null : { hubId: hub.hubId, name: hub.name },
    targetLevel: registration.targetLevel,
    accreditation: registration.accreditation,
    payer: registration.payer,
    purchaseOrder: registration.purchaseOrder,
    fee: { pence: registration.fee.pence, band: registration.fee.band, vat: round.fees.vat },
    correctableUntil: correctable ? intake.correctableUntil : null,
    form: correctable ? intake.form : null,
    invoice:
      invoice === undefined
        ? null
        : {
            invoiceNumber: invoice.invoiceNumber,
            paymentReference: invoice.paymentReference,
            dueOn: paymentDay(round, registration, invoice),
            amountPence: invoice.grossPence,
            balancePence: balanceOf(invoice),
          },
    documents: await Promise.all(
      documents.map(async ({ kind, number, issuedOn, key }) => ({
        kind,
        number,
        issuedOn,
        url: await documentUrl(key, `${number}.pdf`),
      })),
    ),
  };
}
