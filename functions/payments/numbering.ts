import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { ConcurrentChangeError } from '../shared/runtime/errors.ts';
import { type ExtraWrite, read } from '../shared/table/change.ts';
import { counterKey } from './keys.ts';

const counter = z.object({ last: z.number().int().nonnegative() });
/** A dozen are too few for two dozen invoices at once on a slow machine (seen in tests); these take some seconds at most. */
const ATTEMPTS = 40;
/** Longest pause before the n-th new attempt is n times this, up to the tenth. */
const PAUSE_MS = 25;
const LONGEST_STEP = 10;

/** Letters before the year, by kind: invoices `PSQM-2026-00017`, credit notes `CN-2026-00003`, receipts `RC-2026-00012`, refund advices `RA-2026-00001`. */
const prefixes = { INVOICE: 'PSQM', CREDIT_NOTE: 'CN', RECEIPT: 'RC', REFUND_ADVICE: 'RA' } as const;
export type NumberedKind = keyof typeof prefixes;

/** The next number of a series, and the write that takes it; a number exists only if its transaction does, so there is no gap. */
export interface NextNumber {
  readonly number: string;
  readonly series: string;
  readonly sequenceNumber: number;
  /** Fails where somebody has taken the number since it was read, so no two documents have the same. */
  readonly take: ExtraWrite;
}

/** Somebody took the number meanwhile: read the series again. */
export class NumberTakenError extends Error {
  constructor(series: string) {
    super(`the next number of ${series} was taken`);
    this.name = 'NumberTakenError';
  }
}

/** The next number of a kind in the year of `day` (YYYY-MM-DD); each year begins a new series at 1. */
export async function nextNumber(kind: NumberedKind, day: string): Promise<NextNumber> {
  const { numbers, series, take } = await nextNumbers(kind, day, 1);
  const [first] = numbers;
  if (first === undefined) throw new RangeError('no number was asked for');
  return { ...first, series, take };
}

/** Numbers that follow each other, taken by one write. */
export interface NextNumbers extends Pick<NextNumber, 'series' | 'take'> {
  readonly numbers: readonly { readonly number: string; readonly sequenceNumber: number }[];
}

/** The next `count` numbers of a kind, as `nextNumber`. */
export async function nextNumbers(kind: NumberedKind, day: string, count: number): Promise<NextNumbers> {
  const series = `${prefixes[kind]}-${day.slice(0, 4)}`;
  const last = (await read(counter, counterKey(series)))?.last ?? 0;
  const numbers = Array.from({ length: count }, (_, index) => ({
    number: `${series}-${String(last + 1 + index).padStart(5, '0')}`,
    sequenceNumber: last + 1 + index,
  }));
  return {
    numbers,
    series,
    take: {
      update: counterKey(series),
      set: { last: last + count },
      add: { version: 1 },
      condition:
        last === 0
          ? { expression: 'attribute_not_exists(pk)' }
          : { expression: '#last = :last', names: { '#last': 'last' }, values: { ':last': last } },
    },
  };
}

/**
 * Runs `issue`, which takes a number in its transaction, until it gets one: many schools are invoiced at once, and the
 * counter of a series lets one through at a time. Pauses grow and are drawn at random. Throws `ConcurrentChangeError`
 * after many tries; the task is then tried again by its machine.
 */
export async function withNumber<T>(issue: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return await issue();
    } catch (error) {
      if (!(error instanceof NumberTakenError || error instanceof ConcurrentChangeError)) throw error;
      await setTimeout(randomInt(PAUSE_MS * Math.min(LONGEST_STEP, attempt)) + 1);
    }
  }
  throw new ConcurrentChangeError('the series of numbers');
}
