import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterSchool } from '../../../functions/programme/model.ts';
import { buildIndex, openIndex } from '../../../functions/programme/register-index.ts';
import { wordsOf } from '../../../functions/programme/register-words.ts';

const school = (over: Partial<RegisterSchool> & Pick<RegisterSchool, 'urn' | 'name'>): RegisterSchool => ({
  town: 'Hatfield',
  postcode: 'AL10 9AB',
  openDate: '',
  closeDate: '',
  phase: '',
  localAuthority: '',
  trust: '',
  pupils: null,
  fsmPercent: null,
  ...over,
});

const open = (...schools: RegisterSchool[]) => openIndex(buildIndex(schools));
const names = (schools: readonly RegisterSchool[]) => schools.map(({ name }) => name);

describe('a search of the register', () => {
  const index = open(
    school({ urn: '100001', name: "St Paul's Primary School", town: 'London', postcode: 'EC4M 9AD' }),
    school({ urn: '100002', name: 'Saint Paul Infant School', town: 'Llangefni', postcode: 'LL77 7AB' }),
    school({ urn: '100003', name: 'Ysgol Tŷ Gwyn', town: 'Caerdydd', postcode: 'CF5 4AB' }),
    school({ urn: '100004', name: 'Paulton Junior & Infant School', town: 'Bristol', postcode: 'BS39 7QY' }),
    school({
      urn: '100005',
      name: "St Paul's Old School",
      town: 'London',
      postcode: 'EC4M 9AE',
      closeDate: '31-08-2012',
    }),
    school({ urn: '1000060', name: 'Seven Digits School', town: 'York', postcode: 'YO1 1AA' }),
  );

  it('finds one school by its URN, closed ones too, and none by a part of it', () => {
    expect(names(index.search('100005', 10))).toEqual(["St Paul's Old School"]);
    expect(index.find('1000060')?.name).toBe('Seven Digits School');
    expect(index.find('10000')).toBeUndefined();
  });

  it('takes every word, whole before beginnings, and open schools before closed ones', () => {
    expect(names(index.search('paul', 10))).toEqual([
      'Saint Paul Infant School',
      'Paulton Junior & Infant School',
      "St Paul's Primary School",
      "St Paul's Old School",
    ]);
    expect(names(index.search('infant pau', 10))).toEqual([
      'Paulton Junior & Infant School',
      'Saint Paul Infant School',
    ]);
  });

  it('ignores accents, case, apostrophes, and whether a saint is abbreviated', () => {
    expect(names(index.search('TY GWYN', 10))).toEqual(['Ysgol Tŷ Gwyn']);
    expect(names(index.search('tŷ', 10))).toEqual(['Ysgol Tŷ Gwyn']);
    expect(names(index.search('st. pauls london', 10))).toEqual([
      "St Paul's Primary School",
      "St Paul's Old School",
    ]);
    expect(names(index.search('saint pauls primary', 10))).toEqual(["St Paul's Primary School"]);
    expect(names(index.search('junior and infant', 10))).toEqual(['Paulton Junior & Infant School']);
  });

  it('finds by a whole or partial postcode, however it is spaced', () => {
    expect(names(index.search('ec4m 9ad', 10))).toEqual(["St Paul's Primary School"]);
    expect(names(index.search('EC4M9', 10))).toEqual(["St Paul's Primary School", "St Paul's Old School"]);
    expect(names(index.search('ll77 paul', 10))).toEqual(['Saint Paul Infant School']);
  });

  it('answers nothing for nothing, and never more than the limit', () => {
    expect(index.search('  ', 10)).toEqual([]);
    expect(index.search('zebra', 10)).toEqual([]);
    expect(index.search('school', 2)).toHaveLength(2);
  });

  it('is empty over no schools', () => {
    expect(open().search('school', 10)).toEqual([]);
  });

  it('refuses bytes that are no index', () => {
    expect(() => openIndex(new Uint8Array([1, 2, 3]))).toThrow();
  });
});

describe('any register', () => {
  const word = fc.constantFrom(
    'Oak',
    'Ash',
    'Saint',
    'St',
    'Mary',
    'Ysgol',
    'Y',
    'Primary',
    'Ŵyl',
    "O'Neill",
    'of',
    'the',
  );
  const schools = fc.uniqueArray(
    fc.record({
      urn: fc.integer({ min: 100000, max: 9999999 }).map(String),
      name: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
      town: fc.constantFrom('York', 'Bath', 'Caernarfon', ''),
      postcode: fc.constantFrom('YO1 7AA', 'BA1 1AA', 'LL55 1AA', ''),
      closeDate: fc.constantFrom('', '31-08-2012'),
    }),
    { selector: ({ urn }) => urn, maxLength: 40 },
  );

  it('gives the same schools back that a plain comparison of words finds', () => {
    fc.assert(
      fc.property(schools, fc.array(word, { minLength: 1, maxLength: 2 }), (rows, asked) => {
        const all = rows.map((row) => school(row));
        const found = open(...all).search(asked.join(' '), 1000);
        const expected = all.filter((one) => {
          const keys = [...wordsOf(one.name), ...wordsOf(one.town), wordsOf(one.postcode).join('')];
          if (keys.includes('st')) keys.push('saint');
          if (keys.includes('saint')) keys.push('st');
          return wordsOf(asked.join(' ')).every((each) => keys.some((key) => key.startsWith(each)));
        });
        expect(new Set(found.map(({ urn }) => urn))).toEqual(new Set(expected.map(({ urn }) => urn)));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every field of every school', () => {
    fc.assert(
      fc.property(schools, (rows) => {
        const all = rows.map((row) => school({ ...row, pupils: 210, fsmPercent: 12.5, phase: 'Primary' }));
        const index = open(...all);
        for (const one of all) expect(index.find(one.urn)).toEqual(one);
        expect(index.size).toBe(all.length);
      }),
      { numRuns: 50 },
    );
  });
});

const real = new URL('../../../../shared/data/schools.csv', import.meta.url);
describe.runIf(existsSync(real))('the real schools', () => {
  it('are all found by their URN and by their own name', () => {
    const rows: Record<string, string>[] = parse(readFileSync(real), { columns: true });
    const all = rows.map((row) =>
      school({
        urn: row.urn ?? '',
        name: row.name ?? '',
        town: row.town ?? '',
        postcode: row.postcode ?? '',
        openDate: row.open_date ?? '',
        closeDate: row.close_date ?? '',
      }),
    );
    const index = open(...all);
    expect(index.size).toBe(all.length);
    for (const one of all.filter((_, at) => at % 97 === 0)) {
      expect(index.find(one.urn)).toEqual(one);
      if (one.postcode !== '')
        expect(index.search(`${one.name} ${one.postcode}`, 50).map(({ urn }) => urn)).toContain(one.urn);
    }
  });
});
