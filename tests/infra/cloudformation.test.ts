import { beforeAll, describe, expect, it } from 'vitest';
import { type SynthesisedStack, synthesiseStage } from '../support/assembly.ts';
import { schemaProblems } from '../support/cloudformation-schema.ts';

let stacks: SynthesisedStack[];
beforeAll(async () => {
  stacks = [...(await synthesiseStage('local')), ...(await synthesiseStage('production'))];
});

describe("CloudFormation's own schemas", () => {
  it('take every property of every resource', () => {
    const problems = new Set<string>();
    let checked = 0;
    for (const { resources } of stacks) {
      for (const [id, { Type, Properties }] of Object.entries(resources)) {
        if (Type.startsWith('Custom::') || Type === 'AWS::CDK::Metadata') continue;
        checked++;
        for (const problem of schemaProblems(Type, Properties ?? {}))
          problems.add(`${Type} ${id}: ${problem}`);
      }
    }
    expect(checked).toBeGreaterThan(500);
    expect([...problems]).toEqual([]);
  });

  it.each([
    ['a property that is none', 'AWS::SQS::Queue', { QueueNme: 'x' }, 'QueueNme is no property'],
    ['a number that is none', 'AWS::Lambda::Function', { Code: {}, Role: 'r', Timeout: 'soon' }, 'Timeout'],
    ['what is missing', 'AWS::Lambda::Function', { Code: {} }, 'Role is missing'],
    [
      'a property of a property',
      'AWS::Lambda::Function',
      { Code: {}, Role: 'r', Environment: { Vars: {} } },
      'Environment.Vars is no property',
    ],
    [
      'a value that is not among those allowed',
      'AWS::Lambda::Function',
      { Code: {}, Role: 'r', TracingConfig: { Mode: 'On' } },
      'TracingConfig.Mode',
    ],
    ['a type that is none', 'AWS::Lambda::Funktion', {}, 'is no resource type'],
  ])('refuse %s', (_name, type, properties, problem) => {
    expect(schemaProblems(type, properties).join('; ')).toContain(problem);
  });

  it('leave open what is known only when it is deployed', () => {
    expect(
      schemaProblems('AWS::SQS::Queue', { DelaySeconds: { Ref: 'Delay' }, QueueName: { 'Fn::Sub': 'x' } }),
    ).toEqual([]);
  });
});
