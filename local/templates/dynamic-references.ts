import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { AssemblyStack } from './assembly.ts';

const secretSchema = z.object({ SecretString: z.string() });
const parameterSchema = z.object({ Parameter: z.object({ Value: z.string() }) });
const CALLER = { kind: 'service', service: 'cloudformation.amazonaws.com', sourceArn: '' } as const;
const REFERENCE = /\{\{resolve:([a-z-]+):([^}]+)\}\}/g;

/**
 * The values of a stack's parameters: what the assembly gives, else the default; a parameter of an SSM type names a
 * parameter of the store, whose value it takes. The CDK's bootstrap version has no meaning here.
 */
export async function resolveParameters(
  cloud: CloudContext,
  stack: AssemblyStack,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(stack.template.Parameters)) {
    const given = stack.parameters[name] ?? parameter.Default;
    if (name === 'BootstrapVersion') values[name] = '999';
    else if (parameter.Type.startsWith('AWS::SSM::Parameter::Value<')) {
      const value = await ssmParameter(cloud, String(given));
      values[name] = parameter.Type.includes('List<') ? value.split(',') : value;
    } else if (given === undefined) {
      throw new Error(`${stack.name}: parameter ${name} has neither a value nor a default`);
    } else values[name] = parameter.Type === 'CommaDelimitedList' ? String(given).split(',') : given;
  }
  return values;
}

/** Replaces `{{resolve:secretsmanager:...}}` and `{{resolve:ssm:...}}` in every text of `properties`. */
export async function resolveDynamicReferences(
  cloud: CloudContext,
  properties: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties)) result[name] = await resolveIn(cloud, value);
  return result;
}

async function resolveIn(cloud: CloudContext, value: unknown): Promise<unknown> {
  if (typeof value === 'string') return value.includes('{{resolve:') ? resolveText(cloud, value) : value;
  if (Array.isArray(value)) {
    const members: unknown[] = [];
    for (const member of value) members.push(await resolveIn(cloud, member));
    return members;
  }
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) result[key] = await resolveIn(cloud, member);
  return result;
}

async function resolveText(cloud: CloudContext, text: string): Promise<string> {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, service = '', rest = ''] = match;
    result += text.slice(end, match.index) + (await resolveReference(cloud, service, rest));
    end = match.index + whole.length;
  }
  return result + text.slice(end);
}

async function resolveReference(cloud: CloudContext, service: string, rest: string): Promise<string> {
  switch (service) {
    case 'secretsmanager':
      return secret(cloud, rest);
    case 'ssm':
    case 'ssm-secure':
      return ssmParameter(cloud, rest.replace(/:\d+$/, ''));
    default:
      throw new UnsupportedError(`the dynamic reference {{resolve:${service}:...}}`);
  }
}

/** `<id or ARN>:SecretString:<json key>:<version stage>:<version id>`, all but the first optional. */
async function secret(cloud: CloudContext, reference: string): Promise<string> {
  const parts = reference.split(':');
  const idParts = reference.startsWith('arn:') ? 7 : 1;
  const id = parts.slice(0, idParts).join(':');
  const [, key = '', stage = ''] = parts.slice(idParts);
  const output = await cloud.gateway.call({
    service: 'secretsmanager',
    action: 'GetSecretValue',
    input: { SecretId: id, ...(stage !== '' && { VersionStage: stage }) },
    caller: CALLER,
  });
  const { SecretString } = secretSchema.parse(output);
  if (key === '') return SecretString;
  const value = z.record(z.string(), z.unknown()).parse(JSON.parse(SecretString))[key];
  if (value === undefined) throw new Error(`secret ${id} has no key ${key}`);
  return String(value);
}

async function ssmParameter(cloud: CloudContext, name: string): Promise<string> {
  const output = await cloud.gateway.call({
    service: 'ssm',
    action: 'GetParameter',
    input: { Name: name },
    caller: CALLER,
  });
  return parameterSchema.parse(output).Parameter.Value;
}
