import { isObject } from '../json.ts';
import { CATCHER_FIELDS, MAX_INTEGER, RETRIER_FIELDS } from './fields.ts';
import { isPositiveInteger } from './validate.ts';
import type { StateToCheck } from './validate-state.ts';
import { checkAssign } from './variables.ts';

type Follow = (target: unknown, location: string, field: string) => void;

const MAX_DELAY_LIMIT = 31_622_400;

/** Checks the Retry of a state. */
export function checkRetriers(state: StateToCheck): void {
  for (const [retrier, at] of entriesOf(state, 'Retry')) {
    const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, JitterStrategy } = retrier;
    const require = (right: boolean, field: string, what: string): void => {
      if (!right) state.findings.error(`The field '${field}' must be ${what}`, `${at}/${field}`);
    };
    const isCount = MaxAttempts === 0 || (isPositiveInteger(MaxAttempts) && MaxAttempts <= MAX_INTEGER);
    require(IntervalSeconds === undefined ||
      (isPositiveInteger(IntervalSeconds) &&
        IntervalSeconds <= MAX_INTEGER), 'IntervalSeconds', `an integer from 1 to ${MAX_INTEGER}`);
    require(MaxAttempts === undefined || isCount, 'MaxAttempts', `an integer from 0 to ${MAX_INTEGER}`);
    require(BackoffRate === undefined ||
      (typeof BackoffRate === 'number' && BackoffRate >= 1), 'BackoffRate', 'a number of at least 1');
    require(MaxDelaySeconds === undefined ||
      (isPositiveInteger(MaxDelaySeconds) &&
        MaxDelaySeconds < MAX_DELAY_LIMIT &&
        MaxDelaySeconds >
          (isPositiveInteger(IntervalSeconds)
            ? IntervalSeconds
            : 1)), 'MaxDelaySeconds', `an integer larger than IntervalSeconds and smaller than ${MAX_DELAY_LIMIT}`);
    require(JitterStrategy === undefined ||
      JitterStrategy === 'FULL' ||
      JitterStrategy === 'NONE', 'JitterStrategy', 'one of these values: [FULL, NONE]');
  }
}

/** Checks the Catch of a state. */
export function checkCatchers(state: StateToCheck, follow: Follow): void {
  for (const [catcher, at] of entriesOf(state, 'Catch')) {
    checkAssign(catcher.Assign, `${at}/Assign`, state.outer, state.findings);
    follow(catcher.Next, `${at}/Next`, 'Next');
  }
}

function* entriesOf(
  state: StateToCheck,
  field: 'Retry' | 'Catch',
): Generator<readonly [Record<string, unknown>, string]> {
  const { findings, location, language, name } = state;
  const handlers = state.body[field];
  const known = field === 'Retry' ? RETRIER_FIELDS : CATCHER_FIELDS;
  if (!Array.isArray(handlers)) {
    findings.error(`The field '${field}' must be an array`, `${location}/${field}`);
    return;
  }
  for (const [index, handler] of handlers.entries()) {
    const at = `${location}/${field}[${index}]`;
    if (!isObject(handler)) {
      findings.error(`An entry of '${field}' must be an object`, at);
      continue;
    }
    for (const key of Object.keys(handler)) {
      if (!known.includes(key)) findings.error(`Field is not supported: '${key}'`, `${at}/${key}`);
      else if (key === 'ResultPath') {
        findings.error(
          language === 'JSONata'
            ? "Field is not supported when QueryLanguage is JSONata: 'ResultPath'"
            : `State '${name}' uses JSONPath (field 'ResultPath'), which the local cloud does not run`,
          `${at}/${key}`,
        );
      }
    }
    const { ErrorEquals } = handler;
    if (
      !Array.isArray(ErrorEquals) ||
      ErrorEquals.length === 0 ||
      !ErrorEquals.every((error) => typeof error === 'string')
    ) {
      findings.error(
        "The field 'ErrorEquals' must be an array with at least one error name",
        `${at}/ErrorEquals`,
      );
    } else if (ErrorEquals.includes('States.ALL')) {
      if (ErrorEquals.length > 1)
        findings.error("'States.ALL' must be the only error name of its entry", `${at}/ErrorEquals`);
      if (index < handlers.length - 1)
        findings.error(`'States.ALL' must be in the last entry of '${field}'`, `${at}/ErrorEquals`);
    }
    yield [handler, at];
  }
}
