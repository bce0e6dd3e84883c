import { createHash } from 'node:crypto';
import type { RegisterSchool, Round } from '../programme/model.ts';
import { addMinutes } from '../shared/time/london.ts';
import type { RegistrationForm } from './form.ts';
import type { Intake } from './intake.ts';
import type { Judgement } from './judge.ts';
import type { Registration } from './model.ts';

/** Schools of the register are in the United Kingdom; the form asks the country of the others. */
const REGISTER_COUNTRY = 'United Kingdom';

/** A digest of the form as parsed: the same answers give the same digest, whatever the order of their fields. */
export function digestForm(form: RegistrationForm): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(form)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

/** What the form says of the registration, without what the programme adds (ids, status, contacts). */
export function answersOf(
  form: RegistrationForm,
  registerSchool: RegisterSchool | undefined,
  fee: NonNullable<Judgement['fee']>,
): Pick<
  Registration,
  | 'school'
  | 'language'
  | 'hubPreference'
  | 'targetLevel'
  | 'accreditation'
  | 'payer'
  | 'purchaseOrder'
  | 'consents'
  | 'fee'
  | 'formDigest'
> {
  const { school, address } = form;
  return {
    school: {
      urn: registerSchool?.urn ?? null,
      name: registerSchool?.name ?? (school.kind === 'BY_HAND' ? school.name : school.urn),
      addressLines: address.lines.filter((line) => line !== ''),
      town: address.town,
      postcode: address.postcode.toUpperCase(),
      country: school.kind === 'BY_HAND' ? school.country : REGISTER_COUNTRY,
      phase: form.phase,
      ageFrom: form.ageFrom,
      ageTo: form.ageTo,
      pupilsOnRoll: form.pupilsOnRoll,
      teachers: form.teachers,
      fsmPercent: form.fsmPercent,
      localAuthority: form.localAuthority,
      trust: form.trust === '' ? null : form.trust,
    },
    language: form.language,
    hubPreference: form.hubPreference,
    targetLevel: form.targetLevel,
    accreditation: form.accreditation,
    payer: payerOf(form),
    purchaseOrder: form.purchaseOrder,
    consents: { terms: true, dataProtection: true, publicity: form.consents.publicity },
    fee,
    formDigest: digestForm(form),
  };
}

/** Where a funder pays, its name and address may be left out; the school's finance contact stands in. */
function payerOf(form: RegistrationForm): Registration['payer'] {
  const { payer, finance } = form;
  return {
    kind: payer.kind,
    name: payer.name === '' ? finance.name : payer.name,
    email: payer.email === '' ? finance.email : payer.email,
    addressLines: payer.addressLines.filter((line) => line !== ''),
    funderId: payer.kind === 'FUNDER' ? payer.funderId : null,
  };
}

/** The people of the form in their roles; who signs in is told by the role. */
export function peopleOf(
  form: RegistrationForm,
): { role: Registration['contacts'][number]['role']; name: string; email: string }[] {
  const person = (
    role: Registration['contacts'][number]['role'],
    { name, email }: { name: string; email: string },
  ) => ({
    role,
    name,
    email: email.toLowerCase(),
  });
  return [
    person('registrant', form.registrant),
    person('head', form.head),
    ...form.subjectLeaders.map((leader) => person('subject_leader', leader)),
    person('finance', form.finance),
  ];
}

/** A new registration's intake. */
export function newIntake(
  registrationId: string,
  round: Pick<Round, 'roundId' | 'policies'>,
  form: RegistrationForm,
  warnings: readonly string[],
  registeredBy: Intake['registeredBy'],
  now: Date,
): Intake {
  return {
    registrationId,
    roundId: round.roundId,
    form,
    warnings: [...warnings],
    registeredBy,
    correctableUntil: addMinutes(now, round.policies.payment.correctionMinutes ?? 0).toISOString(),
    acknowledgedAt: null,
    placement: { state: 'OPEN', waitingSince: null, decideBy: null, escalations: 0 },
    funding: { state: fundingOf(form), waitingSince: null, decideBy: null, decidedBy: null },
    remindersDone: [],
    sent: { invoiceVersion: 0, creditNote: false, receipt: false },
    confirmedAt: null,
    lapseNoticeSent: false,
    lastDueOn: null,
  };
}

/** Whether a funder's place is to be found. */
export const fundingOf = (form: Pick<RegistrationForm, 'payer'>): Intake['funding']['state'] =>
  form.payer.kind === 'FUNDER' ? 'OPEN' : 'NONE';
