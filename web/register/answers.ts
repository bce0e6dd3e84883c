import * as z from 'zod';
import type { RegistrationForm } from '../../functions/registration/form.ts';

/**
 * The fields of the form in the API's path notation, so that what the API refuses is found at its field; the last ones
 * are the pages' own. Every answer is kept exactly as typed.
 */
export const fieldNames = [
  'roundId',
  'school.kind',
  'school.urn',
  'school.name',
  'school.country',
  'address.lines.0',
  'address.lines.1',
  'address.town',
  'address.postcode',
  'phase',
  'phaseConfirmed',
  'ageFrom',
  'ageTo',
  'pupilsOnRoll',
  'teachers',
  'fsmPercent',
  'localAuthority',
  'trust',
  'language',
  'registrant.name',
  'registrant.email',
  'head.name',
  'head.email',
  'subjectLeaders.0.name',
  'subjectLeaders.0.email',
  'subjectLeaders.1.name',
  'subjectLeaders.1.email',
  'finance.name',
  'finance.email',
  'hubPreference',
  'targetLevel',
  'accreditation',
  'payer.kind',
  'payer.name',
  'payer.email',
  'payer.addressLines.0',
  'payer.addressLines.1',
  'payer.addressLines.2',
  'payer.funderId',
  'purchaseOrder.kind',
  'purchaseOrder.number',
  'consents.terms',
  'consents.dataProtection',
  'consents.publicity',
  'registeredByHub',
  /** What was typed into the search. */
  'search',
  'fsmUnknown',
  /** Which of the people the registrant is as well: `head,leader,finance`. */
  'also',
  'secondLeader',
  'draftId',
  /** The registration that is corrected; none for a new one. */
  'registrationId',
  'reference',
  /** What the register says, to compare with. */
  'register.phase',
  'register.awards',
] as const;
export type FieldName = (typeof fieldNames)[number];
export type Answers = Readonly<Partial<Record<FieldName, string>>>;

const known = new Set<string>(fieldNames);
const isField = (name: string): name is FieldName => known.has(name);

/** Answers out of a stored draft or this tab's storage: what is no field of today's form is left out. */
export function parseAnswers(stored: unknown): Answers {
  const entries = z.record(z.string(), z.json()).safeParse(stored).data ?? {};
  const answers: Partial<Record<FieldName, string>> = {};
  for (const [name, value] of Object.entries(entries))
    if (isField(name) && typeof value === 'string') answers[name] = value;
  return answers;
}

/** A number as people type it ("1,204", "12.5 "); undefined where it is none. */
export function parseNumber(typed: string | undefined): number | undefined {
  const plain = (typed ?? '').replace(/[\s,%]/g, '');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** Like `parseNumber` for counts of people and years: whole ones only. */
export function parseWhole(typed: string | undefined): number | undefined {
  const value = parseNumber(typed);
  return Number.isInteger(value) ? value : undefined;
}

const given = (value: string | undefined): string => value ?? '';
const lines = (...values: (string | undefined)[]): string[] =>
  values.map((value) => given(value).trim()).filter((value) => value !== '');
const orNull = (value: string | undefined): string | null => given(value).trim() || null;

/** The form as the API takes it; still to be parsed, since a field may be unanswered or no number. */
export function toForm(answers: Answers): Record<string, unknown> {
  const bySchool = (answers['payer.kind'] ?? 'SCHOOL') === 'SCHOOL';
  const byFunder = answers['payer.kind'] === 'FUNDER';
  const person = (name: string | undefined, email: string | undefined) => ({
    name: given(name),
    email: given(email).trim(),
  });
  const address = lines(answers['address.lines.0'], answers['address.lines.1']);
  return {
    roundId: given(answers.roundId),
    school:
      answers['school.kind'] === 'BY_HAND'
        ? {
            kind: 'BY_HAND',
            name: given(answers['school.name']),
            country: given(answers['school.country']),
          }
        : { kind: 'REGISTER', urn: given(answers['school.urn']) },
    address: {
      lines: address,
      town: given(answers['address.town']),
      postcode: given(answers['address.postcode']),
    },
    phase: given(answers.phase),
    phaseConfirmed: answers.phaseConfirmed === 'yes',
    ageFrom: parseWhole(answers.ageFrom),
    ageTo: parseWhole(answers.ageTo),
    pupilsOnRoll: parseWhole(answers.pupilsOnRoll),
    teachers: parseWhole(answers.teachers),
    fsmPercent: answers.fsmUnknown === 'yes' ? null : parseNumber(answers.fsmPercent),
    localAuthority: given(answers.localAuthority),
    trust: orNull(answers.trust),
    language: answers.language ?? 'en',
    registrant: person(answers['registrant.name'], answers['registrant.email']),
    head: person(answers['head.name'], answers['head.email']),
    subjectLeaders: [
      person(answers['subjectLeaders.0.name'], answers['subjectLeaders.0.email']),
      ...(answers.secondLeader === 'yes'
        ? [person(answers['subjectLeaders.1.name'], answers['subjectLeaders.1.email'])]
        : []),
    ],
    finance: person(answers['finance.name'], answers['finance.email']),
    hubPreference: orNull(answers.hubPreference),
    targetLevel: answers.targetLevel,
    accreditation: answers.accreditation,
    payer: {
      kind: answers['payer.kind'] ?? 'SCHOOL',
      // The school pays: its own name, its finance contact, its address.
      name: bySchool ? given(answers['school.name']) : byFunder ? '' : given(answers['payer.name']),
      email: bySchool
        ? given(answers['finance.email']).trim()
        : byFunder
          ? ''
          : given(answers['payer.email']).trim(),
      addressLines: bySchool
        ? [...address, ...lines(answers['address.town'], answers['address.postcode'])]
        : byFunder
          ? []
          : lines(
              answers['payer.addressLines.0'],
              answers['payer.addressLines.1'],
              answers['payer.addressLines.2'],
            ),
      funderId: byFunder ? orNull(answers['payer.funderId']) : null,
    },
    purchaseOrder: byFunder
      ? { kind: 'NONE' }
      : answers['purchaseOrder.kind'] === 'NUMBER'
        ? { kind: 'NUMBER', number: given(answers['purchaseOrder.number']) }
        : { kind: answers['purchaseOrder.kind'] ?? 'NONE' },
    consents: {
      terms: answers['consents.terms'] === 'yes',
      dataProtection: answers['consents.dataProtection'] === 'yes',
      publicity: answers['consents.publicity'] === 'yes',
    },
    registeredByHub: orNull(answers.registeredByHub),
  };
}

const yes = (value: boolean): string => (value ? 'yes' : '');

/** The answers that made a form, to correct it. */
export function fromForm(form: RegistrationForm, schoolName: string): Answers {
  const [first, second] = form.subjectLeaders;
  return {
    roundId: form.roundId,
    'school.kind': form.school.kind,
    'school.urn': form.school.kind === 'REGISTER' ? form.school.urn : '',
    'school.name': schoolName,
    'school.country': form.school.kind === 'BY_HAND' ? form.school.country : '',
    'address.lines.0': form.address.lines[0] ?? '',
    'address.lines.1': form.address.lines.slice(1).join(', '),
    'address.town': form.address.town,
    'address.postcode': form.address.postcode,
    phase: form.phase,
    phaseConfirmed: yes(form.phaseConfirmed),
    ageFrom: String(form.ageFrom),
    ageTo: String(form.ageTo),
    pupilsOnRoll: String(form.pupilsOnRoll),
    teachers: String(form.teachers),
    fsmPercent: form.fsmPercent === null ? '' : String(form.fsmPercent),
    fsmUnknown: yes(form.fsmPercent === null),
    localAuthority: form.localAuthority,
    trust: form.trust ?? '',
    language: form.language,
    'registrant.name': form.registrant.name,
    'registrant.email': form.registrant.email,
    'head.name': form.head.name,
    'head.email': form.head.email,
    'subjectLeaders.0.name': first?.name ?? '',
    'subjectLeaders.0.email': first?.email ?? '',
    'subjectLeaders.1.name': second?.name ?? '',
    'subjectLeaders.1.email': second?.email ?? '',
    secondLeader: yes(second !== undefined),
    'finance.name': form.finance.name,
    'finance.email': form.finance.email,
    hubPreference: form.hubPreference ?? '',
    targetLevel: form.targetLevel,
    accreditation: form.accreditation,
    'payer.kind': form.payer.kind,
    'payer.name': form.payer.name,
    'payer.email': form.payer.email,
    'payer.addressLines.0': form.payer.addressLines[0] ?? '',
    'payer.addressLines.1': form.payer.addressLines[1] ?? '',
    'payer.addressLines.2': form.payer.addressLines.slice(2).join(', '),
    'payer.funderId': form.payer.funderId ?? '',
    'purchaseOrder.kind': form.purchaseOrder.kind,
    'purchaseOrder.number': form.purchaseOrder.kind === 'NUMBER' ? form.purchaseOrder.number : '',
    'consents.terms': yes(form.consents.terms),
    'consents.dataProtection': yes(form.consents.dataProtection),
    'consents.publicity': yes(form.consents.publicity),
    registeredByHub: form.registeredByHub ?? '',
  };
}
