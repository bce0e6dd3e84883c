import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SynthesisedStack, synthesiseStage } from '../support/assembly.ts';

/** What AWS takes at most (its service quotas of 2026); above nine tenths of it a line says so, so that nobody is surprised. */
const limits = {
  'bytes of a template': 1_000_000,
  'resources of a stack': 500,
  'outputs of a stack': 200,
  'parameters of a stack': 200,
  'characters of a logical id': 255,
  'characters of a stack name': 128,
  'characters of the inline policies of a role': 10_240,
  'characters of a trust policy': 2_048,
  'characters of a bucket policy': 20_480,
  'characters of a key policy': 32_768,
  'characters of a queue policy': 65_536,
  'bytes of the environment of a function': 4_096,
  'characters of the description of a function': 256,
  'seconds of the timeout of a function': 900,
  'bytes of memory of a function in MB': 10_240,
  'characters of the pattern of a rule': 2_048,
  'targets of a rule': 5,
  'rules of a bus': 300,
  'characters of the description of an alarm': 1_024,
  'routes of an API': 300,
  'bytes of a state machine': 1_048_576,
  'bytes of a CloudFront function': 10_240,
} as const;
type Limit = keyof typeof limits;

interface Measured {
  readonly limit: Limit;
  readonly where: string;
  readonly value: number;
}

let measured: Measured[];
beforeAll(async () => {
  const stacks = [...(await synthesiseStage('local')), ...(await synthesiseStage('production'))];
  measured = [...stacks.flatMap(measureStack), ...measureMachines()];
});

/** IAM counts a policy without its white space. */
const size = (value: unknown): number => (value === undefined ? 0 : JSON.stringify(value).length);
const textSize = (value: unknown): number => (typeof value === 'string' ? value.length : size(value));
const listSize = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
const refOf = (value: unknown): string => JSON.stringify(value);

function measureStack({ name, bytes, resources, template }: SynthesisedStack): Measured[] {
  const all = Object.entries(resources);
  const found: Measured[] = [
    { limit: 'bytes of a template', where: name, value: bytes },
    { limit: 'resources of a stack', where: name, value: all.length },
    { limit: 'outputs of a stack', where: name, value: Object.keys(template.Outputs ?? {}).length },
    { limit: 'parameters of a stack', where: name, value: Object.keys(template.Parameters ?? {}).length },
    { limit: 'characters of a stack name', where: name, value: name.length },
  ];
  const rules = new Map<string, number>();
  const routes = new Map<string, number>();
  const count = (counts: Map<string, number>, of: unknown): void => {
    counts.set(refOf(of), (counts.get(refOf(of)) ?? 0) + 1);
  };
  for (const [id, { Type, Properties: own = {} }] of all) {
    const where = `${name} ${id}`;
    const add = (limit: Limit, value: number): void => void found.push({ limit, where, value });
    add('characters of a logical id', id.length);
    switch (Type) {
      case 'AWS::IAM::Role': {
        const attached = all
          .filter(
            ([, { Type: type, Properties: { Roles } = {} }]) =>
              type === 'AWS::IAM::Policy' && refOf(Roles).includes(refOf({ Ref: id })),
          )
          .map(([, { Properties }]) => size(Properties?.PolicyDocument));
        const inline = Array.isArray(own.Policies) ? own.Policies.map((one) => size(one.PolicyDocument)) : [];
        add(
          'characters of the inline policies of a role',
          [...attached, ...inline].reduce((sum, one) => sum + one, 0),
        );
        add('characters of a trust policy', size(own.AssumeRolePolicyDocument));
        break;
      }
      case 'AWS::S3::BucketPolicy':
        add('characters of a bucket policy', size(own.PolicyDocument));
        break;
      case 'AWS::KMS::Key':
        add('characters of a key policy', size(own.KeyPolicy));
        break;
      case 'AWS::SQS::QueuePolicy':
        add('characters of a queue policy', size(own.PolicyDocument));
        break;
      case 'AWS::Lambda::Function':
        add('bytes of the environment of a function', size(own.Environment));
        add('characters of the description of a function', textSize(own.Description));
        add('seconds of the timeout of a function', Number(own.Timeout));
        add('bytes of memory of a function in MB', Number(own.MemorySize));
        break;
      case 'AWS::Events::Rule':
        add('characters of the pattern of a rule', size(own.EventPattern));
        add('targets of a rule', listSize(own.Targets));
        count(rules, own.EventBusName);
        break;
      case 'AWS::CloudWatch::Alarm':
        add('characters of the description of an alarm', textSize(own.AlarmDescription));
        break;
      case 'AWS::ApiGatewayV2::Route':
        count(routes, own.ApiId);
        break;
      case 'AWS::CloudFront::Function':
        add('bytes of a CloudFront function', textSize(own.FunctionCode));
        break;
    }
  }
  for (const [bus, value] of rules) found.push({ limit: 'rules of a bus', where: `${name} ${bus}`, value });
  for (const [api, value] of routes)
    found.push({ limit: 'routes of an API', where: `${name} ${api}`, value });
  return found;
}

function measureMachines(): Measured[] {
  const folder = join(import.meta.dirname, '..', '..', 'state-machines');
  return globSync('*.asl.json', { cwd: folder }).map((file) => ({
    limit: 'bytes of a state machine',
    where: file,
    value: readFileSync(join(folder, file)).byteLength,
  }));
}

describe('limits of AWS', () => {
  it.each(Object.entries(limits))('%s: at most %i', (limit, most) => {
    const own = measured.filter((one) => one.limit === limit);
    expect(own.length).toBeGreaterThan(0);
    const above = own.filter(({ value }) => !(value <= most));
    expect(above.map(({ where, value }) => `${where}: ${value}`)).toEqual([]);
    for (const { where, value } of own)
      if (value > most * 0.9) console.warn(`${where}: ${value} of ${most} ${limit}`);
  });

  it('stay 100 resources below what a stack may have', () => {
    const most = Math.max(
      ...measured.filter(({ limit }) => limit === 'resources of a stack').map(({ value }) => value),
    );
    expect(most).toBeLessThanOrEqual(400);
  });
});
