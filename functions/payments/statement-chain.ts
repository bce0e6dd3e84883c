import type { AccountStatement } from './statements/model.ts';

/** One account's statement, and whether it repeats lines of an earlier one. */
export interface Link {
  readonly of: AccountStatement;
  readonly overlaps: boolean;
}

/**
 * Statements of an account in the bank's order: by their last day, and within a day so that each opens where the one
 * before it closed, wherever the statements of the day can be put so (several may pass through the same balance).
 */
export function chained(unsorted: readonly Link[]): Link[] {
  const sorted = [...unsorted].sort(
    (a, b) =>
      (a.of.to ?? '').localeCompare(b.of.to ?? '') || (a.of.from ?? '').localeCompare(b.of.from ?? ''),
  );
  const days = [...Map.groupBy(sorted, ({ of }) => of.to).values()];
  // A first day that ends where it began may begin anywhere: the one is right after which the next day follows.
  const starts = new Set([undefined, ...(days[0] ?? []).map(({ of }) => of.openingPence ?? undefined)]);
  const chains = [...starts].map((start) => chainFrom(days, start));
  return chains.reduce((best, chain) => (gapsIn(chain) < gapsIn(best) ? chain : best), chains[0] ?? []);
}

function chainFrom(days: readonly (readonly Link[])[], start: number | undefined): Link[] {
  const chain: Link[] = [];
  for (const day of days) {
    const end = chain.length === 0 ? start : (chain.at(-1)?.of.closingPence ?? undefined);
    chain.push(...(trailOf(day, end) ?? nearestOf(day, end)));
  }
  return chain;
}

const gapsIn = (chain: readonly Link[]): number =>
  chain.filter(({ of }, at) => at > 0 && of.openingPence !== chain[at - 1]?.of.closingPence).length;

/**
 * The statements of a day as one walk over their balances, beginning at `start` where that is known: each balance a
 * crossing, each statement a road from its opening to its closing one (C. Hierholzer, Mathematische Annalen 6, 1873).
 * Undefined where there is no such walk.
 */
function trailOf(day: readonly Link[], start: number | undefined): Link[] | undefined {
  const roads = new Map<number, { readonly link: Link; readonly to: number }[]>();
  const surplus = new Map<number, number>();
  for (const link of day.toReversed()) {
    const { openingPence, closingPence } = link.of;
    if (openingPence === null || closingPence === null || link.overlaps) return undefined;
    const from = roads.get(openingPence) ?? [];
    from.push({ link, to: closingPence });
    roads.set(openingPence, from);
    surplus.set(openingPence, (surplus.get(openingPence) ?? 0) + 1);
    surplus.set(closingPence, (surplus.get(closingPence) ?? 0) - 1);
  }
  const own = [...surplus].find(([, more]) => more === 1)?.[0] ?? day[0]?.of.openingPence ?? undefined;
  const first = start !== undefined && roads.has(start) ? start : own;
  if (first === undefined) return undefined;
  const walked: { readonly at: number; readonly by: Link | undefined }[] = [{ at: first, by: undefined }];
  const trail: Link[] = [];
  for (let here = walked.at(-1); here !== undefined; here = walked.at(-1)) {
    const road = roads.get(here.at)?.pop();
    if (road !== undefined) walked.push({ at: road.to, by: road.link });
    else {
      walked.pop();
      if (here.by !== undefined) trail.unshift(here.by);
    }
  }
  const isWhole =
    trail.length === day.length &&
    trail.every(({ of }, at) => at === 0 || of.openingPence === trail[at - 1]?.of.closingPence);
  return isWhole ? trail : undefined;
}

/** The statements of a day one after the other, each time one that opens where the last closed, if there is one. */
function nearestOf(day: readonly Link[], start: number | undefined): Link[] {
  const left = [...day];
  const order: Link[] = [];
  for (;;) {
    const end = order.at(-1)?.of.closingPence ?? start;
    const next =
      left.find(({ of, overlaps }) => of.openingPence === end && !overlaps) ??
      left.find(
        (each) => !left.some((other) => other !== each && other.of.closingPence === each.of.openingPence),
      ) ??
      left[0];
    if (next === undefined) return order;
    order.push(next);
    left.splice(left.indexOf(next), 1);
  }
}
