import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adminProgrammeContract } from '../../../functions/http/admin/contract.ts';
import { changedFields } from '../../../web/admin/changed-fields.ts';
import { rankForPlacement } from '../../../web/admin/rank-for-placement.ts';
import { csvOf } from '../../../web/funder/csv.ts';
import { penceOf, poundsOf } from '../../../web/shared/pounds.ts';
import { wrongInput } from '../../../web/shared/wrong-input.ts';

describe('amounts', () => {
  it.each([
    ['850', 85_000],
    ['£850.5', 85_050],
    ['1,200.05', 120_005],
    [' 0.01 ', 1],
  ])('reads %s', (typed, pence) => expect(penceOf(typed)).toBe(pence));

  it.each(['', 'x', '1.234', '12,34', '-5', '1,20'])('does not read %j', (typed) =>
    expect(penceOf(typed)).toBeNaN(),
  );

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (pence) => {
        expect(penceOf(poundsOf(pence))).toBe(pence);
      }),
    );
  });
});

describe('hubs offered for a school without one', () => {
  const hub = (hubId: string, more: object = {}) => ({
    hubId,
    name: hubId,
    active: true,
    placed: 2,
    room: 10,
    languages: ['en'],
    postcodeAreas: ['AL'],
    ...more,
  });
  const wish = { hubPreference: 'WISHED', language: 'cy', postcode: 'LL57 2DG' };

  it('begin with its wish, then its language, its postcode area, and the most room', () => {
    const ranked = rankForPlacement(
      [
        hub('NEAR', { postcodeAreas: ['LL'] }),
        hub('ROOMY', { placed: 0 }),
        hub('PLAIN'),
        hub('WELSH', { languages: ['en', 'cy'] }),
        hub('WISHED'),
      ],
      wish,
    );
    expect(ranked.map(({ hubId }) => hubId)).toEqual(['WISHED', 'WELSH', 'NEAR', 'ROOMY', 'PLAIN']);
  });

  it('leave out the full and those that take no schools', () => {
    expect(rankForPlacement([hub('FULL', { placed: 10 }), hub('OFF', { active: false })], wish)).toEqual([]);
  });
});

describe('what a change changed', () => {
  it('names every field that was or is there', () => {
    expect(
      changedFields('{"status":"PAID","hubId":"A"}', '{"status":"LAPSED","ended":{"reason":"x"}}'),
    ).toEqual([
      { name: 'status', before: 'PAID', after: 'LAPSED' },
      { name: 'hubId', before: 'A', after: undefined },
      { name: 'ended', before: undefined, after: '{\n "reason": "x"\n}' },
    ]);
  });

  it('is nothing where there was nothing', () => expect(changedFields('', '{}')).toEqual([]));
});

describe('a file for a spreadsheet', () => {
  it('quotes what would break a cell and disarms what would be a formula', () => {
    expect(csvOf(['a', 'b'], [['x, "y"', '=1+1']])).toBe('\uFEFFa,b\r\n"x, ""y""",\'=1+1\r\n');
  });
});

describe('a field that the contract refuses', () => {
  const keyOf = (body: unknown): Record<string, string> => {
    const { error } = adminProgrammeContract.createFunder.body.safeParse(body);
    return Object.fromEntries(
      (error?.issues ?? []).map((issue) => [issue.path.join('.'), wrongInput(issue).key]),
    );
  };

  it('is told in words for what is wrong with it', () => {
    expect(keyOf({ funderId: '?', name: '', email: 'x', roundId: 'R1', places: Number.NaN })).toEqual({
      funderId: 'input.shape',
      name: 'input.missing',
      email: 'input.email',
      places: 'input.number',
    });
    expect(keyOf({ funderId: 'AB', name: 'A', email: 'a@example.org', roundId: 'R1', places: -1 })).toEqual({
      places: 'input.at-least',
    });
  });
});
