import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { RegisterSchool, Round } from '../programme/model.ts';
import { isClosed, registerDay } from '../programme/register-dates.ts';
import type { Problem } from '../shared/runtime/errors.ts';
import { agesProblem } from './ages.ts';
import type { RegistrationForm } from './form.ts';
import { suggestedPhase } from './suggested-phase.ts';

/** What the form is judged against. */
export interface FormFacts {
  readonly round: Pick<Round, 'roundId' | 'status' | 'calendar' | 'fees' | 'policies'> | undefined;
  /** The school of the register; undefined where the form's URN is not in it. */
  readonly registerSchool: RegisterSchool | undefined;
  /** Awards of the school that are still valid today. */
  readonly currentLevels: readonly string[];
  readonly alreadyRegistered: boolean;
  readonly today: string;
  readonly hubIds: readonly string[];
  readonly funderIds: readonly string[];
}

/** Postcode of the United Kingdom, with or without its space (the shape that Royal Mail publishes). */
const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/;
const UNITED_KINGDOM = /^(united kingdom|uk|england|wales|scotland|northern ireland|great britain)$/i;
const email = z.email();

/** Postcode in its usual form: upper case, one space before the last three characters. */
export function normalisePostcode(typed: string): string {
  const plain = typed.toUpperCase().replace(/\s+/g, '');
  return plain.length > 3 ? `${plain.slice(0, -3)} ${plain.slice(-3)}` : plain;
}

export const isPostcode = (typed: string): boolean => POSTCODE.test(normalisePostcode(typed));

/** The fee by the round's table: small up to its number of pupils (domain.md 1.8); frozen on the registration. */
export function feeFor(
  fees: Round['fees'],
  pupilsOnRoll: number,
): { pence: number; band: 'STANDARD' | 'SMALL'; feeTableVersion: string } {
  const small = pupilsOnRoll <= fees.smallMaximumPupils;
  return {
    pence: small ? fees.smallPence : fees.standardPence,
    band: small ? 'SMALL' : 'STANDARD',
    feeTableVersion: fees.version,
  };
}

/** Digest by which the same form sent twice is known, whatever the order of its fields. */
export function digestOf(form: RegistrationForm): string {
  return createHash('sha256').update(canonical(form)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => a.localeCompare(b));
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
}

/** Everything that stops the form, in the order of its fields; empty: it can be registered. */
export function problemsOf(form: RegistrationForm, facts: FormFacts): Problem[] {
  return [
    ...roundProblems(form, facts),
    ...schoolProblems(form, facts),
    ...figureProblems(form),
    ...peopleProblems(form, facts),
    ...payerProblems(form, facts),
    ...consentProblems(form),
  ];
}

function roundProblems(form: RegistrationForm, { round, today }: FormFacts): Problem[] {
  if (round === undefined || round.status === 'DRAFT') return [{ code: 'unknown-round', field: 'roundId' }];
  const { registrationOpens, registrationCloses } = round.calendar;
  if (today < registrationOpens)
    return [{ code: 'round-not-open-yet', field: 'roundId', values: { opens: registrationOpens } }];
  if (round.status !== 'OPEN' || today > registrationCloses)
    return [{ code: 'round-closed', field: 'roundId', values: { closed: registrationCloses } }];
  return form.roundId === round.roundId ? [] : [{ code: 'unknown-round', field: 'roundId' }];
}

function schoolProblems(form: RegistrationForm, facts: FormFacts): Problem[] {
  const found: Problem[] = [];
  const { school } = form;
  const name = school.kind === 'BY_HAND' ? school.name : (facts.registerSchool?.name ?? '');
  if (school.kind === 'REGISTER') {
    if (facts.registerSchool === undefined)
      found.push({ code: 'school-unknown', field: 'school.urn', values: { urn: school.urn } });
    else if (isClosed(facts.registerSchool, facts.today))
      found.push({
        code: 'school-closed',
        field: 'school.urn',
        values: { name, closed: closingDay(facts.registerSchool) },
      });
  } else {
    if (school.name === '') found.push({ code: 'school-name-needed', field: 'school.name' });
    if (school.country === '') found.push({ code: 'country-needed', field: 'school.country' });
  }
  if (facts.alreadyRegistered) found.push({ code: 'already-registered', field: 'school', values: { name } });
  const abroad = school.kind === 'BY_HAND' && !UNITED_KINGDOM.test(school.country);
  if (form.address.town === '') found.push({ code: 'town-needed', field: 'address.town' });
  if (!abroad && !isPostcode(form.address.postcode))
    found.push({ code: 'postcode-malformed', field: 'address.postcode' });
  const suggested = suggestedPhase(name);
  if (form.phase === 'SECONDARY') found.push({ code: 'phase-not-primary', field: 'phase' });
  else if (suggested !== undefined && suggested !== form.phase && !form.phaseConfirmed) {
    found.push({ code: 'phase-to-confirm', field: 'phase', values: { name, suggested } });
  }
  return found;
}

/** The day on which a school closes, as it is read, else as the register has it. */
const closingDay = ({ closeDate }: RegisterSchool): string => registerDay(closeDate) ?? closeDate;

function agesProblems(form: RegistrationForm): Problem[] {
  const { ageFrom, ageTo } = form;
  const code = agesProblem(form.phase, ageFrom, ageTo);
  if (code === undefined || (code === 'ages-to-confirm' && form.phaseConfirmed)) return [];
  return [{ code, field: code === 'ages-not-primary' ? 'ageFrom' : 'ageTo', values: { ageFrom, ageTo } }];
}

function figureProblems(form: RegistrationForm): Problem[] {
  const found: Problem[] = [];
  if (form.ageFrom < 2 || form.ageFrom > 18) found.push({ code: 'age-out-of-range', field: 'ageFrom' });
  if (form.ageTo < 2 || form.ageTo > 19) found.push({ code: 'age-out-of-range', field: 'ageTo' });
  else if (form.ageTo <= form.ageFrom) found.push({ code: 'ages-reversed', field: 'ageTo' });
  if (found.length === 0) found.push(...agesProblems(form));
  if (form.pupilsOnRoll < 1) found.push({ code: 'pupils-needed', field: 'pupilsOnRoll' });
  if (form.teachers < 1) found.push({ code: 'teachers-needed', field: 'teachers' });
  if (form.fsmPercent !== null && (form.fsmPercent < 0 || form.fsmPercent > 100))
    found.push({ code: 'fsm-out-of-range', field: 'fsmPercent' });
  return found;
}

function peopleProblems(form: RegistrationForm, facts: FormFacts): Problem[] {
  const found: Problem[] = [];
  const check = (field: string, person: { name: string; email: string }): void => {
    if (person.name === '') found.push({ code: 'name-needed', field: `${field}.name` });
    if (!email.safeParse(person.email).success)
      found.push({ code: 'email-malformed', field: `${field}.email` });
  };
  check('registrant', form.registrant);
  check('head', form.head);
  const maximum = facts.round?.policies.maximumSubjectLeaders ?? 2;
  if (form.subjectLeaders.length === 0)
    found.push({ code: 'subject-leader-needed', field: 'subjectLeaders.0.name' });
  if (form.subjectLeaders.length > maximum)
    found.push({ code: 'too-many-subject-leaders', field: 'subjectLeaders', values: { maximum } });
  for (const [index, leader] of form.subjectLeaders.entries()) check(`subjectLeaders.${index}`, leader);
  check('finance', form.finance);
  if (form.hubPreference !== null && !facts.hubIds.includes(form.hubPreference))
    found.push({ code: 'hub-unknown', field: 'hubPreference' });
  return found;
}

function payerProblems(form: RegistrationForm, facts: FormFacts): Problem[] {
  const found: Problem[] = [];
  const { payer, purchaseOrder } = form;
  if (payer.kind === 'FUNDER') {
    if (payer.funderId === null || !facts.funderIds.includes(payer.funderId))
      found.push({ code: 'funder-unknown', field: 'payer.funderId' });
  } else {
    if (payer.name === '') found.push({ code: 'payer-name-needed', field: 'payer.name' });
    if (!email.safeParse(payer.email).success) found.push({ code: 'email-malformed', field: 'payer.email' });
  }
  if (purchaseOrder.kind === 'NUMBER' && purchaseOrder.number === '')
    found.push({ code: 'purchase-order-needed', field: 'purchaseOrder.number' });
  return found;
}

function consentProblems(form: RegistrationForm): Problem[] {
  return [
    ...(form.consents.terms ? [] : [{ code: 'terms-needed', field: 'consents.terms' }]),
    ...(form.consents.dataProtection
      ? []
      : [{ code: 'data-protection-needed', field: 'consents.dataProtection' }]),
  ];
}

/** What does not stop the form but should be known: a current award of the same level, a school that will close. */
export function warningsOf(form: RegistrationForm, facts: FormFacts): Problem[] {
  const found: Problem[] = [];
  if (facts.currentLevels.includes(form.targetLevel))
    found.push({ code: 'holds-this-level', field: 'targetLevel', values: { level: form.targetLevel } });
  const closes = registerDay(facts.registerSchool?.closeDate ?? '');
  if (closes !== undefined && closes > facts.today && closes <= (facts.round?.calendar.results ?? ''))
    found.push({
      code: 'school-closes',
      field: 'school.urn',
      values: { name: facts.registerSchool?.name ?? '', closes },
    });
  if (form.accreditation === 'REACCREDITATION' && facts.currentLevels.length === 0)
    found.push({ code: 'no-award-on-record', field: 'accreditation' });
  return found;
}
