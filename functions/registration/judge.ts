import * as z from 'zod';
import type { Round } from '../programme/model.ts';
import type { Problem } from '../shared/runtime/errors.ts';
import type { FormFacts } from './facts.ts';
import type { Phase, RegistrationForm } from './form.ts';
import type { Registration } from './model.ts';

/** What the rules say of a form: everything that stops it, everything worth a second look, and the fee it would cost. */
export interface Judgement {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly fee: Registration['fee'] | undefined;
}

/** UK postcodes, and the British Forces' old form. */
const UK_POSTCODE = /^(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|BFPO ?\d{1,4})$/i;
const UK_COUNTRIES =
  /^(?:united kingdom|uk|gb|great britain|england|scotland|wales|cymru|northern ireland)$/i;
const email = z.email();

/** Names that suggest a phase, the first that fits; "infant and junior" is a primary school. */
const suggestions: readonly (readonly [RegExp, Phase])[] = [
  [/infants?\b.*\bjuniors?|juniors?\b.*\binfants?|\bjmi\b|\bj ?& ?i\b/i, 'PRIMARY'],
  [/\binfants?\b/i, 'INFANT'],
  [/\bjuniors?\b/i, 'JUNIOR'],
  [/\bnursery school\b/i, 'NURSERY'],
  [/\bmiddle school\b/i, 'MIDDLE'],
  [/\bfirst school\b/i, 'FIRST'],
  [/\bprimary\b|\bgynradd\b|\bcynradd\b/i, 'PRIMARY'],
  [/\bsecondary\b|\bhigh school\b|\bgrammar\b|\bupper school\b|\bsixth form\b|\buwchradd\b/i, 'SECONDARY'],
  [/\ball[- ]through\b/i, 'ALL_THROUGH'],
  [/\bspecial school\b|\bpupil referral\b/i, 'SPECIAL'],
];

/** The phase that a school's name suggests, or undefined. */
export function suggestedPhase(name: string): Phase | undefined {
  return suggestions.find(([pattern]) => pattern.test(name))?.[1];
}

/** The fee by the round's table, frozen with its version (domain.md 1.8). */
export function feeFor(round: Pick<Round, 'fees'>, pupilsOnRoll: number): Registration['fee'] {
  const small = pupilsOnRoll <= round.fees.smallMaximumPupils;
  return {
    pence: small ? round.fees.smallPence : round.fees.standardPence,
    band: small ? 'SMALL' : 'STANDARD',
    feeTableVersion: round.fees.version,
  };
}

/** Judges a whole form. Pure: the same form and facts give the same answer. */
export function judgeForm(form: RegistrationForm, facts: FormFacts): Judgement {
  const problems = [
    ...judgeRound(form, facts),
    ...judgeSchool(form, facts),
    ...judgeFigures(form),
    ...judgePeople(form, facts),
    ...judgeChoices(form, facts),
  ];
  return {
    problems,
    warnings: warningsOf(form, facts),
    fee:
      facts.round === undefined || form.pupilsOnRoll < 1 ? undefined : feeFor(facts.round, form.pupilsOnRoll),
  };
}

function judgeRound(_form: RegistrationForm, facts: FormFacts): Problem[] {
  if (facts.open) return [];
  return [{ code: 'round-not-open', field: 'roundId' }];
}

function judgeSchool(form: RegistrationForm, facts: FormFacts): Problem[] {
  const problems: Problem[] = [];
  const { school, address } = form;
  const register = facts.registerSchool;
  if (school.kind === 'REGISTER') {
    if (register === undefined) {
      return [{ code: 'school-unknown', field: 'school.urn', values: { urn: school.urn } }];
    }
    const closed = closedOn(register.closeDate);
    if (closed !== undefined && closed <= facts.today) {
      problems.push({
        code: 'school-closed',
        field: 'school.urn',
        values: { school: register.name, date: closed },
      });
    }
  } else {
    if (school.name === '') problems.push({ code: 'school-name-missing', field: 'school.name' });
    if (school.country === '') problems.push({ code: 'country-missing', field: 'school.country' });
  }
  const name = register?.name ?? (school.kind === 'BY_HAND' ? school.name : '');
  if (facts.taken)
    problems.push({ code: 'already-registered', field: 'school.urn', values: { school: name } });
  if (address.town === '') problems.push({ code: 'town-missing', field: 'address.town' });
  const british = school.kind === 'REGISTER' || UK_COUNTRIES.test(school.country);
  const asInRegister =
    register !== undefined && register.postcode !== '' && address.postcode === register.postcode;
  if (british && !asInRegister && !UK_POSTCODE.test(address.postcode)) {
    problems.push({
      code: 'postcode-malformed',
      field: 'address.postcode',
      values: { postcode: address.postcode },
    });
  }
  if (form.phase === 'SECONDARY') {
    problems.push({ code: 'phase-not-eligible', field: 'phase' });
  } else {
    const suggested = suggestedPhase(name);
    if (suggested !== undefined && suggested !== form.phase && !form.phaseConfirmed) {
      problems.push({
        code: `phase-to-confirm-${suggested.toLowerCase().replaceAll('_', '-')}`,
        field: 'phase',
        values: { school: name },
      });
    }
  }
  if (school.kind === 'REGISTER' && form.localAuthority === '') {
    problems.push({ code: 'local-authority-missing', field: 'localAuthority' });
  }
  return problems;
}

/** The day on which a school closed as an ISO date (the register writes 31-08-2012), or undefined for an open one. */
export function closedOn(closeDate: string): string | undefined {
  if (closeDate === '') return undefined;
  const british = /^(\d{2})[-/](\d{2})[-/](\d{4})$/.exec(closeDate);
  return british === null ? closeDate : `${british[3]}-${british[2]}-${british[1]}`;
}

function judgeFigures(form: RegistrationForm): Problem[] {
  const problems: Problem[] = [];
  if (form.ageFrom < 2 || form.ageTo > 19 || form.ageTo <= form.ageFrom)
    problems.push({ code: 'age-range-wrong', field: 'ageFrom' });
  else if (form.ageFrom >= 12) problems.push({ code: 'age-range-not-primary', field: 'ageFrom' });
  if (form.pupilsOnRoll < 1) problems.push({ code: 'pupils-missing', field: 'pupilsOnRoll' });
  if (form.teachers < 1) problems.push({ code: 'teachers-missing', field: 'teachers' });
  if (form.fsmPercent !== null && (form.fsmPercent < 0 || form.fsmPercent > 100))
    problems.push({ code: 'fsm-out-of-range', field: 'fsmPercent' });
  return problems;
}

function judgePeople(form: RegistrationForm, facts: FormFacts): Problem[] {
  const maximum = facts.round?.policies.maximumSubjectLeaders ?? 2;
  const addresses = form.subjectLeaders.map((leader) => leader.email.toLowerCase());
  return [
    ...judgePerson(form.registrant, 'registrant'),
    ...judgePerson(form.head, 'head'),
    ...(form.subjectLeaders.length === 0
      ? [{ code: 'subject-leader-missing', field: 'subjectLeaders' }]
      : []),
    ...(form.subjectLeaders.length > maximum
      ? [{ code: 'subject-leaders-too-many', field: 'subjectLeaders', values: { maximum } }]
      : []),
    ...form.subjectLeaders.flatMap((leader, at) => judgePerson(leader, `subjectLeaders.${at}`)),
    ...addresses.flatMap((address, at) =>
      address !== '' && addresses.indexOf(address) < at
        ? [{ code: 'subject-leader-twice', field: `subjectLeaders.${at}.email` }]
        : [],
    ),
    ...judgePerson(form.finance, 'finance'),
  ];
}

function judgePerson(person: { name: string; email: string }, field: string): Problem[] {
  return [
    ...(person.name === '' ? [{ code: 'name-missing', field: `${field}.name` }] : []),
    ...judgeEmail(person.email, `${field}.email`),
  ];
}

/** What is wrong with an email address, if anything. */
export function judgeEmail(address: string, field: string): Problem[] {
  if (address === '') return [{ code: 'email-missing', field }];
  return email.safeParse(address).success
    ? []
    : [{ code: 'email-malformed', field, values: { email: address } }];
}

function judgeChoices(form: RegistrationForm, facts: FormFacts): Problem[] {
  const problems: Problem[] = [];
  const { payer, purchaseOrder, consents } = form;
  const hub = facts.hubs.find(({ hubId }) => hubId === form.hubPreference);
  if (form.hubPreference !== null && hub?.active !== true)
    problems.push({ code: 'hub-unknown', field: 'hubPreference' });
  if (payer.kind === 'FUNDER') {
    if (payer.funderId === null || !facts.funderIds.includes(payer.funderId))
      problems.push({ code: 'funder-unknown', field: 'payer.funderId' });
  } else {
    if (payer.name === '') problems.push({ code: 'payer-name-missing', field: 'payer.name' });
    problems.push(...judgeEmail(payer.email, 'payer.email'));
  }
  if (purchaseOrder.kind === 'NUMBER' && purchaseOrder.number === '')
    problems.push({ code: 'purchase-order-missing', field: 'purchaseOrder.number' });
  if (!consents.terms) problems.push({ code: 'terms-needed', field: 'consents.terms' });
  if (!consents.dataProtection)
    problems.push({ code: 'data-protection-needed', field: 'consents.dataProtection' });
  return problems;
}

function warningsOf(form: RegistrationForm, facts: FormFacts): Problem[] {
  const held = facts.awards.find((award) => award.level === form.targetLevel);
  const pupils = facts.registerSchool?.pupils ?? null;
  const limit = facts.round?.fees.smallMaximumPupils ?? 0;
  return [
    ...(held === undefined
      ? []
      : [{ code: 'award-current', field: 'targetLevel', values: { date: held.expiresOn } }]),
    ...(pupils !== null && pupils > limit && form.pupilsOnRoll <= limit
      ? [{ code: 'pupils-differ', field: 'pupilsOnRoll', values: { pupils } }]
      : []),
  ];
}
