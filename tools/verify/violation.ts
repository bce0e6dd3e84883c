/** The invariants of the programme, each recomputed from table, objects and histories alone. */
export const invariantNames = [
  'money-balances',
  'one-active-registration-per-school',
  'no-assessor-on-a-conflict',
  'frozen-hash-equals-stored',
  'nobody-decides-their-own-review',
  'no-award-without-confirmation-and-money',
  'every-change-has-audit-and-event',
  'every-execution-ended-or-waits',
  'no-stage-claimed-twice',
  'every-event-published',
  'no-email-twice',
] as const;
export type InvariantName = (typeof invariantNames)[number];

/** One breach of an invariant, in words that lead to the record. */
export interface Violation {
  readonly invariant: InvariantName;
  readonly where: string;
  readonly what: string;
}

/** Collects the breaches of one invariant. */
export class Findings {
  readonly list: Violation[] = [];
  readonly #invariant: InvariantName;

  constructor(invariant: InvariantName) {
    this.#invariant = invariant;
  }

  add(where: string, what: string): void {
    this.list.push({ invariant: this.#invariant, where, what });
  }
}
