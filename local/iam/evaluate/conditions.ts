import { UnsupportedError } from '../../core/errors.ts';
import { arnMatcher, globMatcher } from './glob.ts';

/** Values of condition keys in a request; names in lower case. A key with several values holds them all. */
export type RequestContext = ReadonlyMap<string, string | readonly string[]>;

/** Whether a statement's condition holds in a request. */
export type Condition = (context: RequestContext) => boolean;

/** Keys that requests of the local cloud carry. A policy that asks for any other is refused by name. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'events:managedby',
  'iam:passedtoservice',
]);

type Compare = (given: string, wanted: string) => boolean;
interface Operator {
  readonly compare: (wanted: string) => (given: string) => boolean;
  /** True for an operator that holds where none of the wanted values does. */
  readonly negated: boolean;
}

const plain =
  (compare: Compare): Operator['compare'] =>
  (wanted) =>
  (given) =>
    compare(given, wanted);
const same = (operator: Operator['compare'], negated = false): Operator => ({ compare: operator, negated });

const equals = plain((given, wanted) => given === wanted);
const equalsIgnoringCase = plain((given, wanted) => given.toLowerCase() === wanted.toLowerCase());
const like: Operator['compare'] = (wanted) => globMatcher(wanted);
const arnLike: Operator['compare'] = (wanted) => arnMatcher(wanted);
const numeric = (compare: (given: number, wanted: number) => boolean): Operator['compare'] =>
  plain((given, wanted) => {
    const [left, right] = [Number(given), Number(wanted)];
    return !Number.isNaN(left) && !Number.isNaN(right) && compare(left, right);
  });
/** Dates are ISO 8601 or seconds of the epoch. */
const instant = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const date = (compare: (given: number, wanted: number) => boolean): Operator['compare'] =>
  plain((given, wanted) => {
    const [left, right] = [instant(given), instant(wanted)];
    return !Number.isNaN(left) && !Number.isNaN(right) && compare(left, right);
  });

/** Operators of the policy language (IAM User Guide, "Condition operators"), but for those on addresses and binaries. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  stringequals: same(equals),
  stringnotequals: same(equals, true),
  stringequalsignorecase: same(equalsIgnoringCase),
  stringnotequalsignorecase: same(equalsIgnoringCase, true),
  stringlike: same(like),
  stringnotlike: same(like, true),
  arnequals: same(arnLike),
  arnlike: same(arnLike),
  arnnotequals: same(arnLike, true),
  arnnotlike: same(arnLike, true),
  bool: same(equalsIgnoringCase),
  numericequals: same(numeric((given, wanted) => given === wanted)),
  numericnotequals: same(
    numeric((given, wanted) => given === wanted),
    true,
  ),
  numericlessthan: same(numeric((given, wanted) => given < wanted)),
  numericlessthanequals: same(numeric((given, wanted) => given <= wanted)),
  numericgreaterthan: same(numeric((given, wanted) => given > wanted)),
  numericgreaterthanequals: same(numeric((given, wanted) => given >= wanted)),
  dateequals: same(date((given, wanted) => given === wanted)),
  datenotequals: same(
    date((given, wanted) => given === wanted),
    true,
  ),
  datelessthan: same(date((given, wanted) => given < wanted)),
  datelessthanequals: same(date((given, wanted) => given <= wanted)),
  dategreaterthan: same(date((given, wanted) => given > wanted)),
  dategreaterthanequals: same(date((given, wanted) => given >= wanted)),
};

type Quantifier = 'ForAllValues' | 'ForAnyValue' | undefined;

/**
 * Compiles one condition: `operator` with its quantifier (`ForAllValues:`, `ForAnyValue:`) and `IfExists`, the key and
 * the values of which one must fit.
 *
 * @throws UnsupportedError naming an operator or key that is not known, and for policy variables
 */
export function compileCondition(operator: string, key: string, values: readonly string[]): Condition {
  const name = key.toLowerCase();
  if (!KNOWN_KEYS.has(name)) throw new UnsupportedError(`the condition key ${key} in a policy`);
  const variable = values.find((value) => value.includes('${'));
  if (variable !== undefined) throw new UnsupportedError(`the policy variable in ${variable}`);
  const [, quantifierText, base = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/.exec(operator) ?? [];
  const quantifier: Quantifier =
    quantifierText === 'ForAllValues' || quantifierText === 'ForAnyValue' ? quantifierText : undefined;
  if (base.toLowerCase() === 'null') {
    // True asks that the key be absent.
    return (context) =>
      values.some((value) => (value.toLowerCase() === 'true') === (context.get(name) === undefined));
  }
  const ifExists = base.endsWith('IfExists');
  const known = OPERATORS[(ifExists ? base.slice(0, -'IfExists'.length) : base).toLowerCase()];
  if (known === undefined) throw new UnsupportedError(`the condition operator ${operator} in a policy`);
  const compares = values.map(known.compare);
  const fits = (given: string): boolean =>
    known.negated ? !compares.some((compare) => compare(given)) : compares.some((compare) => compare(given));
  return (context) => {
    const given = context.get(name);
    if (given === undefined) {
      // A negated operator holds for a key that is absent, and so does every value of none.
      if (quantifier === 'ForAnyValue') return ifExists;
      return ifExists || known.negated || quantifier === 'ForAllValues';
    }
    const all = typeof given === 'string' ? [given] : given;
    switch (quantifier) {
      case 'ForAllValues':
        return all.every(fits);
      case 'ForAnyValue':
        return all.some(fits);
      case undefined:
        return known.negated ? all.every(fits) : all.some(fits);
    }
  };
}
