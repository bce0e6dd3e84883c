import { describe, expect, it } from 'vitest';
import { registration } from '../../../functions/registration/model.ts';
import { contactsOf, fromForm, snapshotOf } from '../../../functions/registration/records.ts';
import { sampleFacts, sampleForm } from '../../support/registration-forms.ts';

const now = new Date('2026-06-01T09:00:00.000Z');

describe('what a registration keeps of its form', () => {
  it('is the school as it was that day, under the name of the register', () => {
    const form = sampleForm({
      trust: '',
      address: { lines: ['', '1 Sample Road'], town: 'Sampleton', postcode: 'al109ab' },
    });
    const school = snapshotOf(form, sampleFacts().registerSchool);
    expect(registration.shape.school.parse(school)).toMatchObject({
      urn: '100001',
      name: 'Sample Primary School',
      postcode: 'AL10 9AB',
      addressLines: ['1 Sample Road'],
      pupilsOnRoll: 210,
      trust: null,
    });
  });

  it('is the country of a school by hand, with its accents', () => {
    const form = sampleForm({ school: { kind: 'BY_HAND', name: 'Escuela Peñalba', country: 'España' } });
    expect(snapshotOf(form, undefined)).toMatchObject({
      urn: null,
      name: 'Escuela Peñalba',
      country: 'España',
    });
  });

  it('is Wales for a Welsh school number', () => {
    const form = sampleForm({ school: { kind: 'REGISTER', urn: '401234' } });
    expect(snapshotOf(form, sampleFacts().registerSchool).country).toBe('Wales');
  });

  it('is each person in each part; a finance contact has no sign-in', () => {
    const people = new Map([
      ['office@school.example', 'P1'],
      ['head@school.example', 'P2'],
      ['science@school.example', 'P3'],
      ['finance@school.example', 'P4'],
    ]);
    const form = sampleForm({ head: { name: 'Sample Head', email: 'Head@School.Example' } });
    expect(contactsOf(form, people, now).map(({ role, email, personId }) => [role, email, personId])).toEqual(
      [
        ['registrant', 'office@school.example', 'P1'],
        ['head', 'head@school.example', 'P2'],
        ['subject_leader', 'science@school.example', 'P3'],
        ['finance', 'finance@school.example', null],
      ],
    );
  });

  it('is the finance contact as payer where a funder pays and no payer was typed', () => {
    const payer = {
      kind: 'FUNDER' as const,
      name: '',
      email: '',
      addressLines: [],
      funderId: 'SAMPLE-TRUST',
    };
    expect(fromForm(sampleForm({ payer })).payer).toEqual({
      kind: 'FUNDER',
      name: 'Sample Finance',
      email: 'finance@school.example',
      addressLines: [],
      funderId: 'SAMPLE-TRUST',
    });
  });
});
