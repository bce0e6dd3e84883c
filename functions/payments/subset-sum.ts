import type { Pence } from '../shared/money/pence.ts';

/** More open invoices of one payer are not tried: the ways to choose among them grow beyond any use. */
export const MAXIMUM_ITEMS = 60;
const MAXIMUM_STEPS = 50_000;

/** How a sum can be made of amounts: not at all, in one way (the places of its amounts), in several, or too many to try. */
export type SumResult =
  | { readonly ways: 'NONE' | 'SEVERAL' | 'TOO_MANY' }
  | { readonly ways: 'ONE'; readonly places: readonly number[] };

/**
 * Whether `target` is the sum of some of `amounts` (positive pence), and whether in one way only. Equal amounts on
 * different invoices are different ways: which of them was meant cannot be told. Bounded in items and steps.
 */
export function subsetSum(amounts: readonly Pence[], target: Pence): SumResult {
  if (amounts.length > MAXIMUM_ITEMS) return { ways: 'TOO_MANY' };
  const order = amounts.map((pence, place) => ({ pence, place })).sort((a, b) => b.pence - a.pence);
  // What is left to the right of each place, to give up early.
  const rest: Pence[] = new Array<Pence>(order.length + 1).fill(0);
  for (let at = order.length - 1; at >= 0; at--) rest[at] = (rest[at + 1] ?? 0) + (order[at]?.pence ?? 0);
  let steps = 0;
  let found: number[] | undefined;
  let several = false;
  const search = (at: number, left: Pence, chosen: readonly number[]): void => {
    if (several || ++steps > MAXIMUM_STEPS) return;
    if (left === 0) {
      if (found === undefined) found = [...chosen];
      else several = true;
      return;
    }
    const item = order[at];
    if (item === undefined || (rest[at] ?? 0) < left) return;
    if (item.pence <= left) search(at + 1, left - item.pence, [...chosen, item.place]);
    search(at + 1, left, chosen);
  };
  if (target > 0) search(0, target, []);
  if (several) return { ways: 'SEVERAL' };
  if (steps > MAXIMUM_STEPS) return { ways: 'TOO_MANY' };
  return found === undefined ? { ways: 'NONE' } : { ways: 'ONE', places: found.sort((a, b) => a - b) };
}
