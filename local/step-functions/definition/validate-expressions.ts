import { expressionSource, parseExpression } from '../expressions/template.ts';
import { isObject } from '../json.ts';
import type { Findings } from './validate.ts';
import type { StateToCheck } from './validate-state.ts';

/** Members of `$states` that only some fields see. */
type Reserved = 'result' | 'errorOutput';

const SUBMACHINES = ['Branches', 'ItemProcessor', 'Iterator'];
/** States that have a result: that of a call, or of what ran inside them. */
const WITH_RESULT = ['Task', 'Parallel', 'Map'];
const AFTER_RESULT = ['Assign', 'Output'];

/** Parses every expression of the state itself; the states inside it are checked as states of their own. */
export function checkExpressions({ type, body, location, language, findings }: StateToCheck): void {
  if (language !== 'JSONata') return;
  for (const [field, value] of Object.entries(body)) {
    if (SUBMACHINES.includes(field) || field === 'Comment') continue;
    const seesResult = WITH_RESULT.includes(type) && AFTER_RESULT.includes(field);
    if (field === 'Catch') checkCatch(value, `${location}/Catch`, findings);
    else checkExpressionsIn(value, `${location}/${field}`, findings, seesResult ? ['result'] : []);
  }
}

function checkCatch(value: unknown, location: string, findings: Findings): void {
  if (!Array.isArray(value)) return;
  for (const [index, catcher] of value.entries()) {
    if (!isObject(catcher)) continue;
    for (const [field, item] of Object.entries(catcher)) {
      if (field === 'Comment') continue;
      const seen: readonly Reserved[] = AFTER_RESULT.includes(field) ? ['errorOutput'] : [];
      checkExpressionsIn(item, `${location}[${index}]/${field}`, findings, seen);
    }
  }
}

function checkExpressionsIn(
  value: unknown,
  location: string,
  findings: Findings,
  seen: readonly Reserved[],
): void {
  if (typeof value === 'string') {
    const source = expressionSource(value);
    if (source !== undefined) checkExpression(source, location, findings, seen);
    else if (value.startsWith('{%') || value.endsWith('%}')) {
      findings.error(
        "The string is no JSONata expression: it must begin with '{%' and end with '%}', without spaces around them",
        location,
      );
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      checkExpressionsIn(item, `${location}[${index}]`, findings, seen);
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkExpressionsIn(item, `${location}/${key}`, findings, seen);
    }
  }
}

function checkExpression(
  source: string,
  location: string,
  findings: Findings,
  seen: readonly Reserved[],
): void {
  let tree: unknown;
  try {
    tree = parseExpression(source).program.ast();
  } catch (error) {
    const reason = isObject(error) && typeof error.message === 'string' ? error.message : String(error);
    findings.error(`The JSONata expression '${source}' cannot be parsed: ${reason}`, location);
    return;
  }
  const used = usedNames(tree);
  if (used.has('$eval')) {
    findings.error("The JSONata function '$eval' is not supported; use '$parse'", location);
  }
  for (const member of ['result', 'errorOutput'] as const) {
    if (used.has(`$states.${member}`) && !seen.includes(member)) {
      findings.error(`'$states.${member}' is not accessible in this field`, location);
    }
  }
}

/** The functions called (`$eval`) and the members of `$states` read (`$states.result`) anywhere in a syntax tree. */
function usedNames(node: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(node)) {
    for (const item of node) usedNames(item, found);
  } else if (isObject(node)) {
    const { type, procedure, steps } = node;
    if ((type === 'function' || type === 'partial') && isObject(procedure)) found.add(`$${procedure.value}`);
    if (type === 'path' && Array.isArray(steps)) {
      const [first, second]: unknown[] = steps;
      const ofStates = isObject(first) && first.type === 'variable' && first.value === 'states';
      if (ofStates && isObject(second) && second.type === 'name') found.add(`$states.${second.value}`);
    }
    for (const part of Object.values(node)) usedNames(part, found);
  }
  return found;
}
