import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import type { Template } from './template.ts';

/** What intrinsic functions of one stack look things up in. */
export interface Scope {
  readonly stack: string;
  readonly template: Template;
  readonly pseudo: Readonly<Record<string, string>>;
  /** Values of the template's parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What a provisioned resource of this stack answers; undefined where it was not provisioned. */
  resource(logicalId: string): { ref: string; attributes?: Readonly<Record<string, string>> } | undefined;
  /** Value of an export of any stack. */
  exported(name: string): string | undefined;
  output(stack: string, name: string): string | undefined;
}

/** Stands for AWS::NoValue: the member that holds it is left out. */
const NOTHING = Symbol('AWS::NoValue');

const pairSchema = z.tuple([z.string(), z.unknown()]);
const textsSchema = z.array(z.coerce.string());

/** Resolves every intrinsic function in `value`. @throws where a reference leads nowhere or a function is not known */
export function resolveValue(value: unknown, scope: Scope): unknown {
  const resolved = resolveInner(value, scope);
  return resolved === NOTHING ? undefined : resolved;
}

/** Whether a named condition of the template holds. */
export function conditionHolds(name: string, scope: Scope): boolean {
  const condition = scope.template.Conditions[name];
  if (condition === undefined) throw new Error(`${scope.stack}: condition ${name} is not defined`);
  return evaluateCondition(condition, scope);
}

function evaluateCondition(condition: unknown, scope: Scope): boolean {
  const value = resolveInner(condition, scope);
  if (typeof value === 'boolean') return value;
  throw new UnsupportedError(`${scope.stack}: the condition ${JSON.stringify(condition)}`);
}

function resolveInner(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((member) => resolveInner(member, scope)).filter((member) => member !== NOTHING);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const [name, argument] = first;
    const apply = FUNCTIONS[name];
    if (apply !== undefined) return apply(argument, scope);
    if (name.startsWith('Fn::')) throw new UnsupportedError(`${scope.stack}: the intrinsic function ${name}`);
  }
  const result: Record<string, unknown> = {};
  for (const [key, member] of entries) {
    const resolved = resolveInner(member, scope);
    if (resolved !== NOTHING) result[key] = resolved;
  }
  return result;
}

function reference(name: string, scope: Scope): unknown {
  if (name === 'AWS::NoValue') return NOTHING;
  const pseudo = scope.pseudo[name];
  if (pseudo !== undefined) return pseudo;
  if (name in scope.parameters) return scope.parameters[name];
  const resource = scope.resource(name);
  if (resource !== undefined) return resource.ref;
  throw new UnsupportedError(`${scope.stack}: Ref to ${name}, which was not provisioned`);
}

function attribute(logicalId: string, name: string, scope: Scope): string {
  const resource = scope.resource(logicalId);
  const value = resource?.attributes?.[name];
  if (value !== undefined) return value;
  const type = scope.template.Resources[logicalId]?.Type ?? 'a resource that the template lacks';
  throw new UnsupportedError(`${scope.stack} ${logicalId}: attribute ${name} of ${type}`);
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where} needs text, not ${JSON.stringify(value)}`);
}

const FUNCTIONS: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: (argument, scope) => reference(z.string().parse(argument), scope),
  Condition: (argument, scope) => conditionHolds(z.string().parse(argument), scope),
  'Fn::GetAtt': (argument, scope) => {
    if (typeof argument === 'string') {
      const [logicalId = '', ...rest] = argument.split('.');
      return attribute(logicalId, rest.join('.'), scope);
    }
    const [logicalId, name] = pairSchema.parse(argument);
    return attribute(logicalId, text(resolveInner(name, scope), 'Fn::GetAtt'), scope);
  },
  'Fn::Sub': (argument, scope) => {
    const [template, given] = typeof argument === 'string' ? [argument, {}] : pairSchema.parse(argument);
    const variables = z.record(z.string(), z.unknown()).parse(resolveInner(given, scope));
    return template.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal === '!') return whole.replace('${!', '${');
      if (name in variables) return text(variables[name], 'Fn::Sub');
      const [logicalId = '', ...rest] = name.trim().split('.');
      return rest.length > 0
        ? attribute(logicalId, rest.join('.'), scope)
        : text(reference(logicalId, scope), 'Fn::Sub');
    });
  },
  'Fn::Join': (argument, scope) => {
    const [separator, list] = pairSchema.parse(argument);
    return textsSchema.parse(resolveInner(list, scope)).join(separator);
  },
  'Fn::Select': (argument, scope) => {
    const [index, list] = z.tuple([z.unknown(), z.unknown()]).parse(argument);
    const members = z.array(z.unknown()).parse(resolveInner(list, scope));
    const chosen = members[Number(resolveInner(index, scope))];
    if (chosen === undefined) throw new Error(`${scope.stack}: Fn::Select finds nothing at ${String(index)}`);
    return chosen;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = pairSchema.parse(argument);
    return text(resolveInner(source, scope), 'Fn::Split').split(separator);
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text(resolveInner(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::Length': (argument, scope) => z.array(z.unknown()).parse(resolveInner(argument, scope)).length,
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolveInner(argument, scope)),
  'Fn::If': (argument, scope) => {
    const [name, yes, no] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
    return resolveInner(conditionHolds(name, scope) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = z.tuple([z.unknown(), z.unknown()]).parse(argument);
    return JSON.stringify(resolveInner(left, scope)) === JSON.stringify(resolveInner(right, scope));
  },
  'Fn::And': (argument, scope) =>
    z
      .array(z.unknown())
      .parse(argument)
      .every((each) => evaluateCondition(each, scope)),
  'Fn::Or': (argument, scope) =>
    z
      .array(z.unknown())
      .parse(argument)
      .some((each) => evaluateCondition(each, scope)),
  'Fn::Not': (argument, scope) => {
    const [condition] = z.tuple([z.unknown()]).parse(argument);
    return !evaluateCondition(condition, scope);
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, top, second] = textsSchema.parse(resolveInner(argument, scope));
    const found = scope.template.Mappings[map ?? '']?.[top ?? '']?.[second ?? ''];
    if (found === undefined)
      throw new Error(`${scope.stack}: mapping ${map}.${top}.${second} is not defined`);
    return found;
  },
  'Fn::ImportValue': (argument, scope) => {
    const name = text(resolveInner(argument, scope), 'Fn::ImportValue');
    const value = scope.exported(name);
    if (value === undefined) throw new Error(`${scope.stack}: no stack exports ${name}`);
    return value;
  },
  'Fn::GetStackOutput': (argument, scope) => {
    const input = z
      .object({ StackName: z.string(), OutputName: z.string() })
      .parse(resolveInner(argument, scope));
    const value = scope.output(input.StackName, input.OutputName);
    if (value !== undefined) return value;
    throw new Error(`${scope.stack}: stack ${input.StackName} has no output ${input.OutputName}`);
  },
};
