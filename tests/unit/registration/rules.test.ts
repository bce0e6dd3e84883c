import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RegistrationForm, registrationForm } from '../../../functions/registration/form.ts';
import {
  digestOf,
  feeFor,
  isPostcode,
  normalisePostcode,
  problemsOf,
  warningsOf,
} from '../../../functions/registration/rules.ts';
import { suggestedPhase } from '../../../functions/registration/suggested-phase.ts';
import { addDays } from '../../../functions/shared/time/london.ts';
import cy from '../../../programme/texts/registration/cy.json' with { type: 'json' };
import en from '../../../programme/texts/registration/en.json' with { type: 'json' };
import { sampleFacts, sampleForm } from '../../support/registration-forms.ts';
import { sampleRound } from '../../support/school-year.ts';

const codes = (form: RegistrationForm, facts = sampleFacts()): string[] =>
  problemsOf(form, facts).map(({ code }) => code);
const at = (form: RegistrationForm, facts = sampleFacts()): [string, string][] =>
  problemsOf(form, facts).map(({ code, field }) => [code, field]);
const register = sampleFacts().registerSchool!;
const byHand = (country: string): RegistrationForm['school'] => ({
  kind: 'BY_HAND',
  name: 'Sample School',
  country,
});

describe('a form', () => {
  it('that is complete has no problem', () => {
    expect(problemsOf(sampleForm(), sampleFacts())).toEqual([]);
  });

  it('is judged whole: every problem is named at once, in the order of its fields', () => {
    const form = sampleForm({
      head: { name: '', email: 'head at school' },
      pupilsOnRoll: 0,
      consents: { terms: false, dataProtection: true, publicity: false },
    });
    expect(at(form)).toEqual([
      ['pupils-needed', 'pupilsOnRoll'],
      ['name-needed', 'head.name'],
      ['email-malformed', 'head.email'],
      ['terms-needed', 'consents.terms'],
    ]);
  });

  it.each<[string, Partial<RegistrationForm>, string, string]>([
    [
      'a postcode that is none',
      { address: { lines: [], town: 'Sampleton', postcode: 'NOT A POSTCODE' } },
      'postcode-malformed',
      'address.postcode',
    ],
    ['no town', { address: { lines: [], town: '', postcode: 'AL10 9AB' } }, 'town-needed', 'address.town'],
    ['a secondary school', { phase: 'SECONDARY', phaseConfirmed: true }, 'phase-not-primary', 'phase'],
    ['ages of a secondary school', { ageFrom: 11, ageTo: 18 }, 'ages-not-primary', 'ageFrom'],
    [
      'ages of a secondary school, whatever phase was confirmed',
      { phase: 'ALL_THROUGH', phaseConfirmed: true, ageFrom: 11, ageTo: 16 },
      'ages-not-primary',
      'ageFrom',
    ],
    ['ages above a primary school', { ageFrom: 4, ageTo: 16 }, 'ages-to-confirm', 'ageTo'],
    ['ages the wrong way round', { ageFrom: 11, ageTo: 4 }, 'ages-reversed', 'ageTo'],
    ['a share of free meals above all', { fsmPercent: 101 }, 'fsm-out-of-range', 'fsmPercent'],
    ['no teacher', { teachers: 0 }, 'teachers-needed', 'teachers'],
    ['no subject leader', { subjectLeaders: [] }, 'subject-leader-needed', 'subjectLeaders.0.name'],
    ['a hub that is none', { hubPreference: 'HUB9' }, 'hub-unknown', 'hubPreference'],
    [
      'an empty order number',
      { purchaseOrder: { kind: 'NUMBER', number: '' } },
      'purchase-order-needed',
      'purchaseOrder.number',
    ],
    [
      'a funder that is none',
      { payer: { ...sampleForm().payer, kind: 'FUNDER', funderId: 'NOBODY' } },
      'funder-unknown',
      'payer.funderId',
    ],
    [
      'a trust without a name',
      { payer: { ...sampleForm().payer, kind: 'TRUST', name: '' } },
      'payer-name-needed',
      'payer.name',
    ],
    ['an unknown URN', { school: { kind: 'REGISTER', urn: '999999' } }, 'school-unknown', 'school.urn'],
  ])('with %s is refused at the field', (_name, change, code, field) => {
    const facts = code === 'school-unknown' ? sampleFacts({ registerSchool: undefined }) : sampleFacts();
    expect(at(sampleForm(change), facts)).toContainEqual([code, field]);
  });

  it('takes as many subject leaders as the round allows and no more', () => {
    const leader = sampleForm().subjectLeaders[0]!;
    const other = { ...leader, email: 'other@school.example' };
    expect(codes(sampleForm({ subjectLeaders: [leader, other] }))).toEqual([]);
    expect(
      codes(sampleForm({ subjectLeaders: [leader, other, { ...leader, email: 'third@school.example' }] })),
    ).toEqual(['too-many-subject-leaders']);
  });

  it('of a closed school is refused, with the day on which it closed', () => {
    const facts = sampleFacts({ registerSchool: { ...register, closeDate: '31-08-2012' } });
    expect(problemsOf(sampleForm(), facts)).toMatchObject([
      { code: 'school-closed', values: { closed: '2012-08-31' } },
    ]);
  });

  it('of a school that is registered already is refused', () => {
    expect(codes(sampleForm(), sampleFacts({ alreadyRegistered: true }))).toEqual(['already-registered']);
  });

  it('needs no UK postcode for a school abroad, but needs one for a school by hand in the United Kingdom', () => {
    const address = { lines: [], town: 'Sampleton', postcode: '4711' };
    const facts = sampleFacts({ registerSchool: undefined });
    expect(codes(sampleForm({ school: byHand('Spain'), address }), facts)).toEqual([]);
    expect(codes(sampleForm({ school: byHand('Scotland'), address }), facts)).toEqual(['postcode-malformed']);
  });

  it('of a funder needs no payer to be typed', () => {
    const payer = {
      kind: 'FUNDER' as const,
      name: '',
      email: '',
      addressLines: [],
      funderId: 'SAMPLE-TRUST',
    };
    expect(codes(sampleForm({ payer }))).toEqual([]);
  });
});

describe('a round', () => {
  const round = sampleFacts().round!;
  const { registrationOpens, registrationCloses } = round.calendar;
  it('takes forms from its first to its last day, both included', () => {
    expect(codes(sampleForm(), sampleFacts({ today: addDays(registrationOpens, -1) }))).toEqual([
      'round-not-open-yet',
    ]);
    expect(codes(sampleForm(), sampleFacts({ today: registrationOpens }))).toEqual([]);
    expect(codes(sampleForm(), sampleFacts({ today: registrationCloses }))).toEqual([]);
    expect(codes(sampleForm(), sampleFacts({ today: addDays(registrationCloses, 1) }))).toEqual([
      'round-closed',
    ]);
  });

  it('that is a draft is unknown to outsiders', () => {
    expect(codes(sampleForm(), sampleFacts({ round: { ...round, status: 'DRAFT' } }))).toEqual([
      'unknown-round',
    ]);
  });
});

describe('the phase that a name suggests', () => {
  it.each([
    ['Sample Primary School', 'PRIMARY'],
    ['Sample Infant and Junior School', 'PRIMARY'],
    ['Sample Infants School', 'INFANT'],
    ['Sample Junior School', 'JUNIOR'],
    ['Sample High School', 'SECONDARY'],
    ['Sample First School', 'FIRST'],
    ['Sample Church of England School', undefined],
  ] as const)('%s: %s', (name, phase) => {
    expect(suggestedPhase(name)).toBe(phase);
  });

  it('is to be confirmed where the form says another one, and once confirmed is taken', () => {
    const facts = sampleFacts({ registerSchool: { ...register, name: 'Sample Infant School' } });
    expect(codes(sampleForm(), facts)).toEqual(['phase-to-confirm']);
    expect(codes(sampleForm({ phaseConfirmed: true }), facts)).toEqual([]);
    expect(codes(sampleForm({ phase: 'INFANT' }), facts)).toEqual([]);
  });
});

describe('ages', () => {
  it.each<[string, Partial<RegistrationForm>]>([
    ['confirmed', { ageFrom: 4, ageTo: 16, phaseConfirmed: true }],
    ['of a middle school', { phase: 'MIDDLE', phaseConfirmed: true, ageFrom: 9, ageTo: 13 }],
    ['of an all-through school', { phase: 'ALL_THROUGH', phaseConfirmed: true, ageFrom: 4, ageTo: 18 }],
    ['of a special school', { phase: 'SPECIAL', phaseConfirmed: true, ageFrom: 2, ageTo: 19 }],
  ])('%s are taken', (_name, change) => expect(codes(sampleForm(change), sampleFacts())).toEqual([]));
});

describe('a school with a closing date', () => {
  const closing = (closeDate: string, today = '2026-06-01') =>
    sampleFacts({ registerSchool: { ...register, closeDate }, today });

  it('is closed from that day on, not before, however the register writes it', () => {
    for (const day of ['15-06-2026', '15/06/2026', '2026-06-15']) {
      expect(codes(sampleForm(), closing(day, '2026-06-14'))).toEqual([]);
      expect(codes(sampleForm(), closing(day, '2026-06-15'))).toEqual(['school-closed']);
    }
    expect(codes(sampleForm(), closing('not known'))).toEqual(['school-closed']);
    expect(codes(sampleForm(), closing('31-02-2030'))).toEqual(['school-closed']);
  });

  it('is warned of where that day is before the end of the round', () => {
    const warned = (closeDate: string) =>
      warningsOf(sampleForm(), closing(closeDate)).map(({ code, values }) => [code, values?.closes]);
    const { results } = sampleRound().calendar;
    expect(warned(results)).toEqual([['school-closes', results]]);
    expect(warned(addDays(results, 1))).toEqual([]);
  });
});

describe('warnings', () => {
  it('tell of a current award of the same level and do not stop the form', () => {
    const facts = sampleFacts({ currentLevels: ['GILT'] });
    expect(codes(sampleForm(), facts)).toEqual([]);
    expect(warningsOf(sampleForm(), facts).map(({ code }) => code)).toEqual(['holds-this-level']);
    expect(warningsOf(sampleForm({ targetLevel: 'OUTREACH' }), facts)).toEqual([]);
  });

  it('tell of a reaccreditation of which there is no award', () => {
    const form = sampleForm({ accreditation: 'REACCREDITATION' });
    expect(warningsOf(form, sampleFacts()).map(({ code }) => code)).toEqual(['no-award-on-record']);
  });
});

describe('the fee', () => {
  it('is the small one up to the number of pupils of the table, with the version that it comes from', () => {
    const { fees } = sampleFacts().round!;
    expect(feeFor(fees, fees.smallMaximumPupils)).toEqual({
      pence: fees.smallPence,
      band: 'SMALL',
      feeTableVersion: fees.version,
    });
    expect(feeFor(fees, fees.smallMaximumPupils + 1).pence).toBe(fees.standardPence);
  });
});

describe('the digest', () => {
  /** The same values in another order of their fields, as another page might send them. */
  function reordered(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(reordered);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, inner]) => [name, reordered(inner)]),
    );
  }
  const form = fc
    .record({
      pupilsOnRoll: fc.nat({ max: 2000 }),
      town: fc.string(),
      trust: fc.option(fc.string()),
      fsmPercent: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    })
    .map(({ town, ...rest }) =>
      registrationForm.parse(
        sampleForm({ ...rest, address: { lines: [], town: town.slice(0, 100), postcode: 'AL10 9AB' } }),
      ),
    );

  it('is the same for the same answers in whatever order', () => {
    fc.assert(
      fc.property(form, (one) => {
        expect(digestOf(registrationForm.parse(reordered(one)))).toBe(digestOf(one));
      }),
    );
  });

  it('differs where an answer differs', () => {
    fc.assert(
      fc.property(form, fc.integer({ min: 1, max: 50 }), (one, more) => {
        expect(digestOf({ ...one, pupilsOnRoll: one.pupilsOnRoll + more })).not.toBe(digestOf(one));
      }),
    );
  });
});

describe('postcodes', () => {
  it.each(['AL10 9AB', 'al109ab', 'SW1A 1AA', 'M1 1AE', 'EC3A5DE', ' B33  8TH '])('%s is one', (typed) => {
    expect(isPostcode(typed)).toBe(true);
  });
  it.each(['', 'AL10', '12345', 'AL10 9A', 'NOT A POSTCODE', 'AL10 9ABC'])('%s is none', (typed) => {
    expect(isPostcode(typed)).toBe(false);
  });
  it('are written in one way, whatever way they were typed', () => {
    expect(normalisePostcode('al109ab')).toBe('AL10 9AB');
    fc.assert(
      fc.property(fc.string(), (typed) => {
        expect(normalisePostcode(normalisePostcode(typed))).toBe(normalisePostcode(typed));
      }),
    );
  });
});

describe('the words', () => {
  it('are there in both languages for everything that a form can be refused or warned for', () => {
    const wrong = sampleForm({
      school: byHand(''),
      address: { lines: [], town: '', postcode: '?' },
      phase: 'SECONDARY',
      ageFrom: 0,
      ageTo: 40,
      pupilsOnRoll: 0,
      teachers: 0,
      fsmPercent: -1,
      head: { name: '', email: '' },
      subjectLeaders: [],
      hubPreference: 'HUB9',
      payer: { kind: 'TRUST', name: '', email: '', addressLines: [], funderId: null },
      purchaseOrder: { kind: 'NUMBER', number: '' },
      consents: { terms: false, dataProtection: false, publicity: false },
    });
    const seen = new Set([
      ...codes(wrong, sampleFacts({ registerSchool: undefined })),
      ...codes(
        sampleForm({ ageFrom: 9, ageTo: 5, payer: { ...wrong.payer, kind: 'FUNDER' } }),
        sampleFacts({ registerSchool: undefined, alreadyRegistered: true }),
      ),
      ...codes(
        sampleForm(),
        sampleFacts({
          registerSchool: { ...register, closeDate: '31-08-2012', name: 'Sample Infant School' },
        }),
      ),
      ...[
        'round-not-open-yet',
        'round-closed',
        'unknown-round',
        'too-many-subject-leaders',
        'holds-this-level',
        'no-award-on-record',
      ],
    ]);
    for (const code of seen) {
      expect(Object.keys(en.refusals), code).toContain(code);
      expect(Object.keys(cy.refusals), code).toContain(code);
    }
    expect(seen.size).toBeGreaterThan(24);
  });
});
