import * as z from 'zod';
import { agesProblem } from '../../functions/registration/ages.ts';
import { type Phase, phase } from '../../functions/registration/form.ts';
import { suggestedPhase } from '../../functions/registration/suggested-phase.ts';
import { type Answers, type FieldName, parseNumber, parseWhole } from './answers.ts';

/** The steps of the form, one thing at a time. */
export const steps = [
  'school',
  'address',
  'phase',
  'figures',
  'you',
  'head',
  'leaders',
  'level',
  'hub',
  'payer',
  'agree',
] as const;
export type Step = (typeof steps)[number];

/** The step that asks for a field; a refusal of something that no step asks for leads to the check of the answers. */
export function stepOf(field: string): Step | undefined {
  if (field === 'school' || field.startsWith('school.urn')) return 'school';
  if (field.startsWith('school.') || field.startsWith('address')) return 'address';
  if (field.startsWith('phase') || field.startsWith('age')) return 'phase';
  if (['pupilsOnRoll', 'teachers', 'fsmPercent', 'localAuthority', 'trust'].includes(field)) return 'figures';
  if (field.startsWith('registrant')) return 'you';
  if (field.startsWith('head')) return 'head';
  if (field.startsWith('subjectLeaders')) return 'leaders';
  if (field === 'targetLevel' || field === 'accreditation') return 'level';
  if (field === 'hubPreference' || field === 'registeredByHub') return 'hub';
  if (field.startsWith('payer') || field.startsWith('purchaseOrder') || field.startsWith('finance'))
    return 'payer';
  if (field === 'language' || field.startsWith('consents')) return 'agree';
  return undefined;
}

/** Where a step is skipped: its answer is known already. */
export function isSkipped(step: Step, answers: Answers): boolean {
  if (step === 'school') return (answers.registrationId ?? '') !== '';
  return step === 'head' && (answers.also ?? '').split(',').includes('head');
}

export function stepAfter(step: Step, answers: Answers): Step | undefined {
  return steps.slice(steps.indexOf(step) + 1).find((each) => !isSkipped(each, answers));
}

/** The first step that still lacks something; undefined once all are answered. */
export function firstOpenStep(answers: Answers): Step | undefined {
  return steps.find((step) => !isSkipped(step, answers) && Object.keys(faultsOf(step, answers)).length > 0);
}

export function stepBefore(step: Step, answers: Answers): Step | undefined {
  return steps.slice(0, steps.indexOf(step)).findLast((each) => !isSkipped(each, answers));
}

/** Keys of the texts `errors.*` by field. */
export type Faults = Readonly<Partial<Record<FieldName, string>>>;

const isEmail = (value: string | undefined): boolean => z.email().safeParse((value ?? '').trim()).success;
const isEmpty = (value: string | undefined): boolean => (value ?? '').trim() === '';

/** What is missing or cannot be right in a step, told before the person goes on; the rules themselves are the API's. */
export function faultsOf(step: Step, answers: Answers): Faults {
  const faults: Partial<Record<FieldName, string>> = {};
  const need = (field: FieldName, fault: string): void => {
    if (isEmpty(answers[field])) faults[field] = fault;
  };
  const needPerson = (name: FieldName, email: FieldName): void => {
    need(name, 'name');
    if (!isEmail(answers[email])) faults[email] = 'email';
  };
  const needPayer = (): void => {
    need('payer.name', 'payer-name');
    if (!isEmail(answers['payer.email'])) faults['payer.email'] = 'email';
  };
  switch (step) {
    case 'school':
      if (isEmpty(answers['school.kind'])) faults.search = 'school';
      break;
    case 'address':
      if (answers['school.kind'] === 'BY_HAND') {
        need('school.name', 'school-name');
        need('school.country', 'country');
      } else {
        need('address.postcode', 'postcode');
      }
      need('address.town', 'town');
      break;
    case 'phase': {
      need('phase', 'phase');
      const other = phaseToConfirm(answers);
      if (other !== undefined && answers.phaseConfirmed !== 'yes') faults.phaseConfirmed = 'phase-confirm';
      for (const field of ['ageFrom', 'ageTo'] as const)
        if (parseWhole(answers[field]) === undefined) faults[field] = 'age';
      const [from, to] = [parseWhole(answers.ageFrom), parseWhole(answers.ageTo)];
      if (from !== undefined && to !== undefined && to <= from) faults.ageTo = 'ages-reversed';
      if (agesFault(answers) === 'ages-not-primary') faults.ageFrom = 'ages-not-primary';
      break;
    }
    case 'figures':
      if ((parseWhole(answers.pupilsOnRoll) ?? 0) < 1) faults.pupilsOnRoll = 'pupils';
      if ((parseWhole(answers.teachers) ?? 0) < 1) faults.teachers = 'teachers';
      if (answers.fsmUnknown !== 'yes' && !((parseNumber(answers.fsmPercent) ?? 101) <= 100))
        faults.fsmPercent = 'fsm';
      break;
    case 'you':
      needPerson('registrant.name', 'registrant.email');
      break;
    case 'head':
      needPerson('head.name', 'head.email');
      break;
    case 'leaders':
      needPerson('subjectLeaders.0.name', 'subjectLeaders.0.email');
      if (answers.secondLeader === 'yes') needPerson('subjectLeaders.1.name', 'subjectLeaders.1.email');
      break;
    case 'level':
      need('targetLevel', 'level');
      need('accreditation', 'accreditation');
      break;
    case 'hub':
      break;
    case 'payer':
      needPerson('finance.name', 'finance.email');
      need('payer.kind', 'payer');
      if (answers['payer.kind'] === 'FUNDER') need('payer.funderId', 'funder');
      if (answers['payer.kind'] === 'TRUST' || answers['payer.kind'] === 'LOCAL_AUTHORITY') needPayer();
      if (answers['payer.kind'] !== 'FUNDER') need('purchaseOrder.kind', 'purchase-order-kind');
      if (answers['purchaseOrder.kind'] === 'NUMBER') need('purchaseOrder.number', 'purchase-order');
      break;
    case 'agree':
      need('language', 'language');
      if (answers['consents.terms'] !== 'yes') faults['consents.terms'] = 'terms';
      if (answers['consents.dataProtection'] !== 'yes') faults['consents.dataProtection'] = 'data-protection';
      break;
  }
  return faults;
}

/** The phase that the school's name or ages suggest, where another was chosen: to be confirmed. */
export function phaseToConfirm(answers: Answers): { suggested: Phase; by: 'name' | 'ages' } | undefined {
  const suggested = suggestedPhase(answers['school.name'] ?? '');
  if (suggested !== undefined && !isEmpty(answers.phase) && suggested !== answers.phase)
    return { suggested, by: 'name' };
  return agesFault(answers) === 'ages-to-confirm' ? { suggested: 'ALL_THROUGH', by: 'ages' } : undefined;
}

/** What is wrong with the ages for the phase that was chosen. */
function agesFault(answers: Answers): ReturnType<typeof agesProblem> {
  const chosen = phase.safeParse(answers.phase).data;
  const [from, to] = [parseWhole(answers.ageFrom), parseWhole(answers.ageTo)];
  return chosen === undefined || from === undefined || to === undefined
    ? undefined
    : agesProblem(chosen, from, to);
}

/** The register's own word for a phase as the form's; undefined where it tells none. */
function registerPhase(text: string): Phase | undefined {
  const plain = text.trim().toUpperCase();
  if (plain.startsWith('MIDDLE')) return 'MIDDLE';
  if (plain.startsWith('ALL')) return 'ALL_THROUGH';
  return phase.safeParse(plain).data;
}

/** Ages that a phase usually has, to start from. */
const usualAges: Readonly<Record<Phase, readonly [number, number]>> = {
  NURSERY: [2, 5],
  INFANT: [4, 7],
  JUNIOR: [7, 11],
  PRIMARY: [4, 11],
  FIRST: [4, 9],
  MIDDLE: [9, 13],
  SPECIAL: [4, 16],
  ALL_THROUGH: [4, 18],
  SECONDARY: [11, 18],
};

export function agesOf(value: string): Answers {
  const chosen = phase.safeParse(value).data;
  if (chosen === undefined) return {};
  const [from, to] = usualAges[chosen];
  return { ageFrom: String(from), ageTo: String(to) };
}

/** What the register knows of a school, as first answers that the person can change. */
export function prefill(school: {
  urn: string;
  name: string;
  town: string;
  postcode: string;
  localAuthority: string;
  phase: string;
  trust: string;
  pupils: number | null;
  fsmPercent: number | null;
}): Answers {
  const likely = suggestedPhase(school.name) ?? registerPhase(school.phase) ?? '';
  return {
    'school.kind': 'REGISTER',
    'school.urn': school.urn,
    'school.name': school.name,
    'school.country': '',
    'address.lines.0': '',
    'address.lines.1': '',
    'address.town': school.town,
    'address.postcode': school.postcode,
    phase: likely,
    phaseConfirmed: '',
    ...agesOf(likely),
    pupilsOnRoll: school.pupils === null ? '' : String(school.pupils),
    fsmPercent: school.fsmPercent === null ? '' : String(school.fsmPercent),
    fsmUnknown: '',
    localAuthority: school.localAuthority,
    trust: school.trust,
  };
}
