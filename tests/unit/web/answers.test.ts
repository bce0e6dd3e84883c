import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phases, registrationForm } from '../../../functions/registration/form.ts';
import {
  type Answers,
  fieldNames,
  fromForm,
  parseAnswers,
  parseNumber,
  parseWhole,
  toForm,
} from '../../../web/register/answers.ts';
import {
  faultsOf,
  firstOpenStep,
  prefill,
  stepAfter,
  stepBefore,
  stepOf,
  steps,
} from '../../../web/register/steps.ts';

const complete: Answers = {
  roundId: 'R1',
  'school.kind': 'REGISTER',
  'school.urn': '100001',
  'school.name': 'Example Primary School',
  'address.lines.0': '1 Example Street',
  'address.town': 'Exampleton',
  'address.postcode': 'AL10 9AB',
  phase: 'PRIMARY',
  ageFrom: '4',
  ageTo: '11',
  pupilsOnRoll: '1,210',
  teachers: ' 12 ',
  fsmPercent: '18.5%',
  localAuthority: 'Hertfordshire',
  language: 'cy',
  'registrant.name': 'Sample Secretary',
  'registrant.email': ' office@school.example ',
  'head.name': 'Sample Head',
  'head.email': 'head@school.example',
  'subjectLeaders.0.name': 'Sample Leader',
  'subjectLeaders.0.email': 'leader@school.example',
  'finance.name': 'Sample Bursar',
  'finance.email': 'finance@school.example',
  targetLevel: 'PSQM',
  accreditation: 'FIRST',
  'payer.kind': 'SCHOOL',
  'purchaseOrder.kind': 'LATER',
  'consents.terms': 'yes',
  'consents.dataProtection': 'yes',
};

describe('numbers as people type them', () => {
  it.each([
    ['1,204', 1204],
    [' 12.5 %', 12.5],
    ['0', 0],
    ['', undefined],
    ['many', undefined],
    ['-3', undefined],
    ['1e3', undefined],
  ])('%j', (typed, value) => {
    expect(parseNumber(typed)).toBe(value);
  });
  it('are whole where people are counted', () => {
    expect(parseWhole('12.5')).toBeUndefined();
    expect(parseWhole('12')).toBe(12);
  });
});

describe('the answers as the form that is sent', () => {
  it('lack nothing once every step is answered, and the school is its own payer', () => {
    for (const step of steps) expect(faultsOf(step, complete), step).toEqual({});
    const form = registrationForm.parse(toForm(complete));
    expect(form).toMatchObject({
      school: { kind: 'REGISTER', urn: '100001' },
      pupilsOnRoll: 1210,
      teachers: 12,
      fsmPercent: 18.5,
      trust: null,
      hubPreference: null,
      registrant: { email: 'office@school.example' },
      subjectLeaders: [{ name: 'Sample Leader' }],
      payer: { kind: 'SCHOOL', name: 'Example Primary School', email: 'finance@school.example' },
      purchaseOrder: { kind: 'LATER' },
      consents: { terms: true, dataProtection: true, publicity: false },
      registeredByHub: null,
    });
    expect(form.payer.addressLines).toEqual(['1 Example Street', 'Exampleton', 'AL10 9AB']);
  });

  it('come back from a form unchanged, so that a correction changes only what is corrected', () => {
    const variants: Answers[] = [
      complete,
      {
        ...complete,
        fsmUnknown: 'yes',
        secondLeader: 'yes',
        'subjectLeaders.1.name': 'Second Leader',
        'subjectLeaders.1.email': 'second@school.example',
      },
      { ...complete, 'school.kind': 'BY_HAND', 'school.country': 'Malta', 'school.urn': '' },
      {
        ...complete,
        'payer.kind': 'TRUST',
        'payer.name': 'Trust',
        'payer.email': 'pay@trust.example',
        'purchaseOrder.kind': 'NUMBER',
        'purchaseOrder.number': 'PO 7',
      },
      { ...complete, 'payer.kind': 'FUNDER', 'payer.funderId': 'F1' },
    ];
    for (const answers of variants) {
      const form = registrationForm.parse(toForm(answers));
      const again = registrationForm.parse(toForm(fromForm(form, complete['school.name'] ?? '')));
      expect(again).toEqual(form);
    }
  });

  it('survive being stored as a draft, as typed', () => {
    const anyAnswers = fc.dictionary(fc.constantFrom(...fieldNames), fc.string());
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        expect(parseAnswers(JSON.parse(JSON.stringify(answers)))).toEqual({ ...answers });
      }),
    );
    expect(parseAnswers({ 'field.of.old': 'x', teachers: '9', phase: 3 })).toEqual({ teachers: '9' });
    expect(parseAnswers('nonsense')).toEqual({});
  });
});

describe('the steps', () => {
  it('ask to confirm a phase that the name does not suggest', () => {
    const infant = { ...complete, 'school.name': 'Example Infant School' };
    expect(faultsOf('phase', infant)).toEqual({ phaseConfirmed: 'phase-confirm' });
    expect(faultsOf('phase', { ...infant, phaseConfirmed: 'yes' })).toEqual({});
  });
  it('ask to confirm a phase whose schools have no children of those ages, and refuse secondary ages', () => {
    expect(faultsOf('phase', { ...complete, ageFrom: '4', ageTo: '16', phaseConfirmed: '' })).toEqual({
      phaseConfirmed: 'phase-confirm',
    });
    expect(faultsOf('phase', { ...complete, ageFrom: '4', ageTo: '16', phaseConfirmed: 'yes' })).toEqual({});
    expect(faultsOf('phase', { ...complete, ageFrom: '11', ageTo: '18', phaseConfirmed: 'yes' })).toEqual({
      ageFrom: 'ages-not-primary',
    });
  });
  it('start from what the register knows', () => {
    const school = {
      urn: '1',
      name: 'Example School',
      town: 'T',
      postcode: 'P',
      localAuthority: 'L',
      phase: 'Middle deemed primary',
      trust: '',
      pupils: 90,
      fsmPercent: null,
    };
    expect(prefill(school)).toMatchObject({
      phase: 'MIDDLE',
      ageFrom: '9',
      ageTo: '13',
      pupilsOnRoll: '90',
      fsmPercent: '',
    });
    expect(prefill({ ...school, phase: 'Not applicable' }).phase).toBe('');
    for (const phase of phases) expect(prefill({ ...school, name: 'X', phase }).ageFrom, phase).not.toBe('');
  });
  it('pass over the head where the registrant is the head, in both directions', () => {
    const also = { ...complete, also: 'leader,head' };
    expect(stepAfter('you', also)).toBe('leaders');
    expect(stepBefore('leaders', also)).toBe('you');
    expect(stepAfter('you', complete)).toBe('head');
    expect(stepAfter('agree', complete)).toBeUndefined();
  });
  it('say which one is still open', () => {
    expect(firstOpenStep(complete)).toBeUndefined();
    expect(firstOpenStep({ ...complete, targetLevel: '' })).toBe('level');
    expect(firstOpenStep({})).toBe('school');
  });
  it('are found for every field that the API may refuse', () => {
    for (const field of [
      'school',
      'school.urn',
      'school.name',
      'address.postcode',
      'phase',
      'ageTo',
      'fsmPercent',
      'registrant.email',
      'head.name',
      'subjectLeaders',
      'subjectLeaders.1.email',
      'targetLevel',
      'accreditation',
      'hubPreference',
      'payer.funderId',
      'purchaseOrder.number',
      'finance.email',
      'consents.terms',
      'language',
    ])
      expect(stepOf(field), field).toBeDefined();
    expect(stepOf('roundId')).toBeUndefined();
  });
});
