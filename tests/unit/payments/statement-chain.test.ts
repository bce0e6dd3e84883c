import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chained, type Link } from '../../../functions/payments/statement-chain.ts';

const link = (
  day: number,
  openingPence: number | null,
  closingPence: number | null,
  overlaps = false,
): Link => {
  const on = `2027-03-${String(day).padStart(2, '0')}`;
  return {
    overlaps,
    of: {
      account: '20201555555555',
      currency: 'GBP',
      bankStatementId: '1',
      from: on,
      to: on,
      openingPence,
      closingPence,
      creditPence: 0,
      debitPence: 0,
      lines: 1,
      entries: 1,
    },
  };
};
const gaps = (chain: readonly Link[]): number =>
  chain.filter(({ of }, at) => at > 0 && of.openingPence !== chain[at - 1]?.of.closingPence).length;

describe('statements in the order of the bank', () => {
  it('have no gap where the bank had none, in whatever order they came and whatever balances they pass again', () => {
    const balances = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(
        balances,
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.nat()),
        (walk, days, keys) => {
          const links = walk.slice(1).map((closing, at) => ({
            key: keys.next().value ?? 0,
            one: link(1 + Math.floor((at * days) / walk.length), walk[at] ?? 0, closing),
          }));
          const shuffled = links.toSorted((a, b) => a.key - b.key).map(({ one }) => one);
          const chain = chained(shuffled);
          expect(chain).toHaveLength(links.length);
          expect(gaps(chain)).toBe(0);
        },
      ),
    );
  });

  it('show a gap where a statement is missing, and keep all of them', () => {
    const chain = chained([link(2, 300, 400), link(1, 0, 100), link(1, 100, 200)]);
    expect(chain.map(({ of }) => of.openingPence)).toEqual([0, 100, 300]);
    expect(gaps(chain)).toBe(1);
    expect(chained([link(1, null, null), link(1, 0, 5), link(1, 5, 7, true)])).toHaveLength(3);
  });
});
