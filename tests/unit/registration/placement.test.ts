import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hub } from '../../../functions/programme/model.ts';
import { capacityOf, postcodeArea, rankHubs } from '../../../functions/registration/placement.ts';
import { sampleRound } from '../../support/school-year.ts';

const hub = (hubId: string, change: Partial<Hub> = {}): Hub => ({
  hubId,
  name: hubId,
  region: 'East',
  postcodeAreas: ['AL'],
  languages: ['en'],
  capacity: null,
  leaderIds: [],
  active: true,
  ...change,
});
const wish = { preference: null, postcode: 'AL10 9AB', language: 'en' as const };
const ids = (hubs: readonly Hub[]): string[] => hubs.map(({ hubId }) => hubId);

describe('the order in which hubs are tried', () => {
  it('is the wish, then the postcode area, then its region', () => {
    const hubs = [
      hub('FAR', { region: 'North', postcodeAreas: ['NE'] }),
      hub('REGION', { postcodeAreas: ['SG'] }),
      hub('AREA'),
      hub('WISH', { region: 'West', postcodeAreas: ['BS'] }),
    ];
    expect(ids(rankHubs(hubs, { ...wish, preference: 'WISH' }))).toEqual(['WISH', 'AREA', 'REGION']);
  });

  it('leaves out hubs that are closed or do not speak the language of the school, the wished one too', () => {
    const hubs = [hub('CLOSED', { active: false }), hub('ENGLISH'), hub('BOTH', { languages: ['en', 'cy'] })];
    expect(ids(rankHubs(hubs, { ...wish, language: 'cy', preference: 'ENGLISH' }))).toEqual(['BOTH']);
  });

  it('never names a hub twice nor one that cannot take the school', () => {
    const hubs = fc.uniqueArray(
      fc.record({
        hubId: fc.string({ minLength: 1, maxLength: 4 }),
        region: fc.constantFrom('East', 'West'),
        postcodeAreas: fc.subarray(['AL', 'SG', 'BS']),
        languages: fc.subarray(['en', 'cy'] as const, { minLength: 1 }),
        active: fc.boolean(),
      }),
      { selector: ({ hubId }) => hubId, maxLength: 12 },
    );
    fc.assert(
      fc.property(hubs, fc.constantFrom('en' as const, 'cy' as const), (drawn, language) => {
        const all = drawn.map(({ hubId, ...rest }) =>
          hub(hubId, { ...rest, languages: [...rest.languages] }),
        );
        const ranked = rankHubs(all, { ...wish, language, preference: all[0]?.hubId ?? null });
        expect(new Set(ids(ranked)).size).toBe(ranked.length);
        for (const one of ranked) expect(one.active && one.languages.includes(language)).toBe(true);
      }),
    );
  });
});

describe('a hub', () => {
  it("has room for its own number of schools, else for the round's", () => {
    const round = sampleRound();
    expect(capacityOf(hub('H', { capacity: 3 }), round)).toBe(3);
    expect(capacityOf(hub('H'), round)).toBe(round.policies.hubCapacity);
  });

  it.each([
    ['AL10 9AB', 'AL'],
    ['m1 1ae', 'M'],
    ['', ''],
    ['4711', ''],
  ])('serves areas of postcodes: %s lies in %s', (postcode, area) => {
    expect(postcodeArea(postcode)).toBe(area);
  });
});
