import { expressionSource } from '../expressions/template.ts';
import { parseResource } from '../integrations/resource.ts';
import { isObject } from '../json.ts';
import { isIsoTimestamp } from '../time.ts';
import {
  CHOICE_RULE_FIELDS,
  DISTRIBUTED_FIELDS,
  JSONATA_FIELDS,
  JSONPATH_FIELDS,
  LITERAL_FIELDS,
  MAX_INTEGER,
  STATE_FIELDS,
  type StateTypeName,
} from './fields.ts';
import { checkScope, type Findings, isPositiveInteger, type QueryLanguage } from './validate.ts';
import { checkExpressions } from './validate-expressions.ts';
import { checkCatchers, checkRetriers } from './validate-handlers.ts';
import { assignedIn, checkAssign } from './variables.ts';

/** A state to check, with what surrounds it. */
export interface StateToCheck {
  readonly name: string;
  readonly type: StateTypeName;
  readonly body: Record<string, unknown>;
  readonly location: string;
  readonly language: QueryLanguage;
  /** What states inside it inherit: the machine's language, whatever this state's own is. */
  readonly inherited: QueryLanguage;
  readonly findings: Findings;
  /** The states beside it, where its transitions must lead. */
  readonly States: Record<string, unknown>;
  /** Variables that the scopes around it assign. */
  readonly outer: ReadonlySet<string>;
}

/** Checks one state and answers the names of the states that it can go to. */
export function checkState(state: StateToCheck): string[] {
  checkFieldNames(state);
  checkExpressions(state);
  checkAssign(state.body.Assign, `${state.location}/Assign`, state.outer, state.findings);
  checkPlainValues(state);
  const targets: string[] = [];
  const follow = (target: unknown, location: string, field: string): void => {
    if (typeof target !== 'string' || state.States[target] === undefined) {
      state.findings.error(
        `Missing '${field}' target: ${String(target)}`,
        location,
        'MISSING_TRANSITION_TARGET',
      );
    } else targets.push(target);
  };
  checkFlow(state, follow);
  checkByType(state, follow);
  if (state.body.Retry !== undefined) checkRetriers(state);
  if (state.body.Catch !== undefined) checkCatchers(state, follow);
  return targets;
}

type Follow = (target: unknown, location: string, field: string) => void;

function checkFieldNames({ type, body, location, language, findings, name }: StateToCheck): void {
  for (const field of Object.keys(body)) {
    const at = `${location}/${field}`;
    if (STATE_FIELDS[type].includes(field)) continue;
    if (DISTRIBUTED_FIELDS.includes(field) && type === 'Map') {
      findings.error(
        `State '${name}' is a Distributed Map (field '${field}'), which the local cloud does not run`,
        at,
      );
    } else if (language === 'JSONata') {
      if (JSONATA_FIELDS[type].includes(field)) continue;
      const foreign = JSONPATH_FIELDS.includes(field) || LITERAL_FIELDS[type].includes(field);
      findings.error(
        foreign
          ? `Field is not supported when QueryLanguage is JSONata: '${field}'`
          : `Field is not supported: '${field}'`,
        at,
      );
    } else if (LITERAL_FIELDS[type].includes(field)) {
      if (field !== 'Result') refusePaths(body[field], at, name, findings);
    } else if (JSONPATH_FIELDS.includes(field)) {
      findings.error(
        `State '${name}' uses JSONPath (field '${field}'), which the local cloud does not run`,
        at,
      );
    } else if (JSONATA_FIELDS[type].includes(field)) {
      findings.error(`Field is not supported when QueryLanguage is JSONPath: '${field}'`, at);
    } else {
      findings.error(`Field is not supported: '${field}'`, at);
    }
  }
  if (language === 'JSONPath') {
    refusePaths(body.Assign, `${location}/Assign`, name, findings);
    refusePaths(body.Catch, `${location}/Catch`, name, findings);
    refusePaths(body.ItemSelector, `${location}/ItemSelector`, name, findings);
    if (type === 'Choice') {
      findings.error(
        `State '${name}' uses JSONPath (a Choice without JSONata), which the local cloud does not run`,
        location,
      );
    }
  }
}

/** Finds keys ending in `.$`, whose values are JSONPath. */
function refusePaths(value: unknown, location: string, name: string, findings: Findings): void {
  if (Array.isArray(value)) {
    for (const item of value) refusePaths(item, location, name, findings);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key.endsWith('.$')) {
        findings.error(
          `State '${name}' uses JSONPath (key '${key}'), which the local cloud does not run`,
          location,
        );
      } else refusePaths(item, location, name, findings);
    }
  }
}

/** Variables that a scope inside this state may not assign. */
function innerVariables(state: StateToCheck): Set<string> {
  return new Set([...state.outer, ...assignedIn(state.States)]);
}

/** Fields of every state that hold a plain value, and those that take an object or one expression. */
function checkPlainValues({ body, language, location, findings }: StateToCheck): void {
  if (body.Comment !== undefined && typeof body.Comment !== 'string') {
    findings.error("The field 'Comment' must be a string", `${location}/Comment`);
  }
  for (const field of language === 'JSONata' ? ['Arguments', 'ItemSelector'] : ['ItemSelector']) {
    const value = body[field];
    if (value === undefined || isObject(value) || isExpression(value, language)) continue;
    const what = language === 'JSONata' ? 'an object or a JSONata expression' : 'an object';
    findings.error(`The field '${field}' must be ${what}`, `${location}/${field}`);
  }
}

function checkFlow({ type, body, location, findings }: StateToCheck, follow: Follow): void {
  if (type === 'Choice' || type === 'Succeed' || type === 'Fail') return;
  const { Next, End } = body;
  if (End !== undefined && typeof End !== 'boolean')
    findings.error("The field 'End' must be a boolean", `${location}/End`);
  if (Next !== undefined) {
    if (End === true) findings.error("Only one of the fields 'Next' and 'End' may be given", location);
    follow(Next, `${location}/Next`, 'Next');
  } else if (End !== true) {
    findings.error("One of the fields 'Next' and 'End' is required", location);
  }
}

function checkByType(state: StateToCheck, follow: Follow): void {
  switch (state.type) {
    case 'Pass':
    case 'Succeed':
      return;
    case 'Fail':
      for (const field of ['Error', 'Cause']) {
        const value = state.body[field];
        if (value !== undefined && typeof value !== 'string') {
          state.findings.error(`The field '${field}' must be a string`, `${state.location}/${field}`);
        }
      }
      return;
    case 'Wait':
      checkWait(state);
      return;
    case 'Task':
      checkTask(state);
      return;
    case 'Choice':
      checkChoice(state, follow);
      return;
    case 'Parallel':
      checkParallel(state);
      return;
    case 'Map':
      checkMap(state);
      return;
  }
}

function isExpression(value: unknown, language: QueryLanguage): boolean {
  return language === 'JSONata' && typeof value === 'string' && expressionSource(value) !== undefined;
}

function checkNumber(state: StateToCheck, field: string, minimum: number, maximum = MAX_INTEGER): void {
  const value = state.body[field];
  if (value === undefined || isExpression(value, state.language)) return;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
    state.findings.error(
      `The field '${field}' must be an integer from ${minimum} to ${maximum}`,
      `${state.location}/${field}`,
    );
  }
}

function checkWait(state: StateToCheck): void {
  const { Seconds, Timestamp } = state.body;
  if ((Seconds === undefined) === (Timestamp === undefined)) {
    state.findings.error("Exactly one of the fields 'Seconds' and 'Timestamp' is required", state.location);
  }
  checkNumber(state, 'Seconds', 0);
  if (Timestamp !== undefined && !isExpression(Timestamp, state.language)) {
    if (typeof Timestamp !== 'string' || !isIsoTimestamp(Timestamp)) {
      state.findings.error('String does not match RFC3339 timestamp', `${state.location}/Timestamp`);
    }
  }
}

function checkTask(state: StateToCheck): void {
  const { Resource, TimeoutSeconds, HeartbeatSeconds, Credentials } = state.body;
  const { findings, location } = state;
  if (typeof Resource !== 'string') {
    findings.error('These fields are required: [Resource]', location);
  } else if (parseResource(Resource) === undefined) {
    findings.error(
      `The resource provided ${Resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
      `${location}/Resource`,
    );
  }
  checkNumber(state, 'TimeoutSeconds', 1);
  checkNumber(state, 'HeartbeatSeconds', 1);
  if (
    isPositiveInteger(TimeoutSeconds) &&
    isPositiveInteger(HeartbeatSeconds) &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    findings.error(
      "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'",
      `${location}/HeartbeatSeconds`,
    );
  }
  if (Credentials !== undefined && (!isObject(Credentials) || typeof Credentials.RoleArn !== 'string')) {
    findings.error("The field 'RoleArn' is required but was missing", `${location}/Credentials`);
  }
}

function checkChoice(state: StateToCheck, follow: Follow): void {
  const { Choices, Default } = state.body;
  const { findings, location } = state;
  if (Default !== undefined) follow(Default, `${location}/Default`, 'Default');
  if (!Array.isArray(Choices) || Choices.length === 0) {
    findings.error("The field 'Choices' must be an array with at least one rule", location);
    return;
  }
  for (const [index, rule] of Choices.entries()) {
    const at = `${location}/Choices[${index}]`;
    if (!isObject(rule)) {
      findings.error('A choice rule must be an object', at);
      continue;
    }
    for (const field of Object.keys(rule)) {
      if (!CHOICE_RULE_FIELDS.includes(field) && state.language === 'JSONata') {
        findings.error(`Field is not supported: '${field}'`, `${at}/${field}`);
      }
    }
    checkAssign(rule.Assign, `${at}/Assign`, state.outer, findings);
    follow(rule.Next, `${at}/Next`, 'Next');
    if (
      state.language === 'JSONata' &&
      typeof rule.Condition !== 'boolean' &&
      !isExpression(rule.Condition, 'JSONata')
    ) {
      findings.error("The field 'Condition' must be a JSONata expression or a boolean", `${at}/Condition`);
    }
  }
}

function checkParallel(state: StateToCheck): void {
  const { Branches } = state.body;
  const at = `${state.location}/Branches`;
  if (!Array.isArray(Branches)) {
    state.findings.error('These fields are required: [Branches]', state.location);
    return;
  }
  if (Branches.length === 0) state.findings.error('Value cannot be empty', at);
  for (const [index, branch] of Branches.entries()) {
    if (isObject(branch))
      checkScope(branch, `${at}[${index}]`, state.inherited, state.findings, innerVariables(state));
    else state.findings.error('A branch must be an object', `${at}[${index}]`);
  }
}

function checkMap(state: StateToCheck): void {
  const { ItemProcessor, Iterator: legacy, Items, ToleratedFailurePercentage } = state.body;
  const { findings, location, language } = state;
  const field = ItemProcessor === undefined && legacy !== undefined ? 'Iterator' : 'ItemProcessor';
  const processor = ItemProcessor ?? legacy;
  if (!isObject(processor)) findings.error('These fields are required: [ItemProcessor]', location);
  else {
    const { ProcessorConfig } = processor;
    if (
      isObject(ProcessorConfig) &&
      ProcessorConfig.Mode !== undefined &&
      ProcessorConfig.Mode !== 'INLINE'
    ) {
      findings.error(
        `State '${state.name}' is a Distributed Map (ProcessorConfig), which the local cloud does not run`,
        `${location}/${field}/ProcessorConfig`,
      );
    }
    checkScope(processor, `${location}/${field}`, state.inherited, findings, innerVariables(state));
  }
  if (Items !== undefined && !Array.isArray(Items) && !isExpression(Items, language)) {
    findings.error("The field 'Items' must be an array or a JSONata expression", `${location}/Items`);
  }
  checkNumber(state, 'MaxConcurrency', 0);
  checkNumber(state, 'ToleratedFailureCount', 0);
  if (
    ToleratedFailurePercentage !== undefined &&
    !isExpression(ToleratedFailurePercentage, language) &&
    !(
      typeof ToleratedFailurePercentage === 'number' &&
      ToleratedFailurePercentage >= 0 &&
      ToleratedFailurePercentage <= 100
    )
  ) {
    findings.error(
      "The field 'ToleratedFailurePercentage' must be a number from 0 to 100",
      `${location}/ToleratedFailurePercentage`,
    );
  }
}
