import { compileTemplate, type Template } from '../expressions/template.ts';
import { parseResource } from '../integrations/resource.ts';
import { isObject } from '../json.ts';
import { isStateType } from './fields.ts';
import type { Catcher, ChoiceRule, Machine, Retrier, Scope, State } from './model.ts';

/** A definition that cannot be compiled: it was not validated first. */
export class DefinitionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DefinitionError';
  }
}

/** Compiles a definition without errors (see `validateDefinition`), given as parsed JSON. */
export function compileDefinition(definition: unknown): Machine {
  if (!isObject(definition)) throw new DefinitionError('a definition is an object');
  const scopes = new Map<string, Scope>();
  compileScope(definition, '', definition.QueryLanguage === 'JSONata', scopes);
  const { TimeoutSeconds } = definition;
  return { timeoutSeconds: typeof TimeoutSeconds === 'number' ? TimeoutSeconds : undefined, scopes };
}

function compileScope(source: unknown, path: string, inherited: boolean, scopes: Map<string, Scope>): Scope {
  if (!isObject(source) || !isObject(source.States) || typeof source.StartAt !== 'string') {
    throw new DefinitionError(`${path}: no states`);
  }
  const states = new Map<string, State>();
  const scope: Scope = { path, startAt: source.StartAt, states };
  scopes.set(path, scope);
  for (const [name, body] of Object.entries(source.States)) {
    if (!isObject(body)) throw new DefinitionError(`${path}/States/${name}: not an object`);
    states.set(name, compileState(name, body, `${path}/States/${name}`, inherited, scopes));
  }
  return scope;
}

function compileState(
  name: string,
  body: Record<string, unknown>,
  location: string,
  inherited: boolean,
  scopes: Map<string, Scope>,
): State {
  // States inside a Map or Parallel inherit from the machine, not from the state around them.
  const jsonata = body.QueryLanguage === undefined ? inherited : body.QueryLanguage === 'JSONata';
  const compile = (value: unknown): Template | undefined =>
    value === undefined ? undefined : compileTemplate(value, !jsonata);
  const common = {
    name,
    next: typeof body.Next === 'string' ? body.Next : undefined,
    assign: compile(body.Assign),
    output: compile(body.Output),
  };
  const handlers = () => ({
    retry: compileRetriers(body.Retry),
    catch: compileCatchers(body.Catch, compile),
  });
  const { Type } = body;
  if (!isStateType(Type)) throw new DefinitionError(`${location}: unknown type`);
  switch (Type) {
    case 'Pass': {
      const replaced = body.Result !== undefined ? body.Result : body.Parameters;
      return { ...common, type: 'Pass', result: replaced === undefined ? undefined : { value: replaced } };
    }
    case 'Succeed':
      return { ...common, type: 'Succeed' };
    case 'Fail':
      return { ...common, type: 'Fail', error: compile(body.Error), cause: compile(body.Cause) };
    case 'Wait':
      return { ...common, type: 'Wait', seconds: compile(body.Seconds), timestamp: compile(body.Timestamp) };
    case 'Choice':
      return {
        ...common,
        type: 'Choice',
        choices: compileChoices(body.Choices, compile, location),
        defaultNext: typeof body.Default === 'string' ? body.Default : undefined,
      };
    case 'Task': {
      const resource = typeof body.Resource === 'string' ? parseResource(body.Resource) : undefined;
      if (resource === undefined) throw new DefinitionError(`${location}: unknown resource`);
      return {
        ...common,
        ...handlers(),
        type: 'Task',
        resource,
        arguments: compile(body.Arguments ?? body.Parameters),
        timeoutSeconds: compile(body.TimeoutSeconds),
        heartbeatSeconds: compile(body.HeartbeatSeconds),
        roleArn: isObject(body.Credentials) ? compile(body.Credentials.RoleArn) : undefined,
      };
    }
    case 'Parallel': {
      const branches: readonly unknown[] = Array.isArray(body.Branches) ? body.Branches : [];
      return {
        ...common,
        ...handlers(),
        type: 'Parallel',
        arguments: compile(body.Arguments ?? body.Parameters),
        branches: branches.map((branch, index) =>
          compileScope(branch, `${location}/Branches[${index}]`, inherited, scopes),
        ),
      };
    }
    case 'Map': {
      const field = body.ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor';
      return {
        ...common,
        ...handlers(),
        type: 'Map',
        jsonata,
        items: compile(body.Items),
        itemSelector: compile(body.ItemSelector ?? body.Parameters),
        maxConcurrency: compile(body.MaxConcurrency),
        toleratedFailureCount: compile(body.ToleratedFailureCount),
        toleratedFailurePercentage: compile(body.ToleratedFailurePercentage),
        processor: compileScope(body[field], `${location}/${field}`, inherited, scopes),
      };
    }
  }
}

type Compile = (value: unknown) => Template | undefined;

function objectsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function numberOr<T>(value: unknown, fallback: T): number | T {
  return typeof value === 'number' ? value : fallback;
}

/** Defaults of the Amazon States Language: 1 second, three attempts, doubling, no jitter. */
function compileRetriers(value: unknown): Retrier[] {
  return objectsOf(value).map((retrier) => ({
    errors: stringsOf(retrier.ErrorEquals),
    intervalSeconds: numberOr(retrier.IntervalSeconds, 1),
    maxAttempts: numberOr(retrier.MaxAttempts, 3),
    backoffRate: numberOr(retrier.BackoffRate, 2),
    maxDelaySeconds: numberOr(retrier.MaxDelaySeconds, undefined),
    fullJitter: retrier.JitterStrategy === 'FULL',
  }));
}

function compileCatchers(value: unknown, compile: Compile): Catcher[] {
  return objectsOf(value).map((catcher) => ({
    errors: stringsOf(catcher.ErrorEquals),
    next: String(catcher.Next),
    assign: compile(catcher.Assign),
    output: compile(catcher.Output),
  }));
}

function compileChoices(value: unknown, compile: Compile, location: string): ChoiceRule[] {
  return objectsOf(value).map((rule) => {
    const condition = compile(rule.Condition);
    if (condition === undefined) throw new DefinitionError(`${location}: a rule without condition`);
    return { condition, next: String(rule.Next), assign: compile(rule.Assign), output: compile(rule.Output) };
  });
}
