import { isObject } from '../json.ts';
import type { Findings } from './validate.ts';

/** Unicode identifiers (annex 31), as the Amazon States Language has them. */
const VARIABLE = /^\p{ID_Start}\p{ID_Continue}*$/u;
const MAX_VARIABLE = 80;

/** Checks one `Assign`: an object of proper names, none of which the scopes around it assign. */
export function checkAssign(
  assign: unknown,
  location: string,
  outer: ReadonlySet<string>,
  findings: Findings,
): void {
  if (assign === undefined) return;
  if (!isObject(assign)) {
    findings.error("The field 'Assign' must be an object", location);
    return;
  }
  for (const name of Object.keys(assign)) {
    if (!VARIABLE.test(name) || [...name].length > MAX_VARIABLE) {
      findings.error(`'${name}' is not a valid variable name`, location);
    } else if (name === 'states') {
      findings.error("The variable name 'states' is reserved", location);
    } else if (outer.has(name)) {
      findings.error(
        `The variable '${name}' is assigned in an outer scope and cannot be assigned here`,
        location,
      );
    }
  }
}

/** The variables that the states of one scope assign, without those of the scopes inside them. */
export function assignedIn(states: Record<string, unknown>): Set<string> {
  const names = new Set<string>();
  const collect = (holder: unknown): void => {
    if (isObject(holder) && isObject(holder.Assign)) {
      for (const name of Object.keys(holder.Assign)) names.add(name);
    }
  };
  for (const state of Object.values(states)) {
    if (!isObject(state)) continue;
    collect(state);
    for (const list of [state.Choices, state.Catch]) if (Array.isArray(list)) list.forEach(collect);
  }
  return names;
}
