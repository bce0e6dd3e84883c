import type * as z from 'zod';
import type { Item } from './snapshot.ts';

type Kept<S extends z.ZodType> = z.output<S> & { readonly pk: string; readonly sk: string };

/** The first part of a key: `REG` of `REG#01J...`, `ALLOCATION` of `ALLOCATION#...`. */
const headOf = (key: string): string => key.split('#', 1)[0] ?? key;

/** The items of a snapshot by collection and by kind, each parsed only as far as an invariant needs. */
export class Table {
  readonly #byPk = new Map<string, Item[]>();
  readonly #byKind = new Map<string, Item[]>();

  constructor(items: readonly Item[]) {
    for (const item of items) {
      push(this.#byPk, item.pk, item);
      push(this.#byKind, `${headOf(item.pk)} ${headOf(item.sk)}`, item);
    }
  }

  /**
   * Items of the collections `of` (`REG`, or `*` for any) whose sort key begins with the part `sk`. Kinds are told apart
   * by both: a round's ALLOCATION is a solve, a registration's is money.
   */
  kind<S extends z.ZodType>(schema: S, of: string, sk: string): Kept<S>[] {
    return this.raw(of, sk).map((item) => keep(schema, item));
  }

  raw(of: string, sk: string): readonly Item[] {
    if (of !== '*') return this.#byKind.get(`${of} ${sk}`) ?? [];
    return [...this.#byKind].flatMap(([kind, items]) => (kind.endsWith(` ${sk}`) ? items : []));
  }

  get<S extends z.ZodType>(schema: S, pk: string, sk: string): Kept<S> | undefined {
    const item = this.#byPk.get(pk)?.find((each) => each.sk === sk);
    return item === undefined ? undefined : keep(schema, item);
  }

  /** Items of one collection whose sort key begins with the part `sk`. */
  in<S extends z.ZodType>(schema: S, pk: string, sk: string): Kept<S>[] {
    return (this.#byPk.get(pk) ?? [])
      .filter((item) => headOf(item.sk) === sk)
      .map((item) => keep(schema, item));
  }
}

function push(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function keep<S extends z.ZodType>(schema: S, item: Item): Kept<S> {
  return Object.assign({}, schema.parse(item), { pk: item.pk, sk: item.sk });
}

/** Values by key, each with all that have it. */
export function groupBy<T>(all: Iterable<T>, keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

export const sumOf = <T>(all: Iterable<T>, amount: (one: T) => number): number => {
  let sum = 0;
  for (const one of all) sum += amount(one);
  return sum;
};
