import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SynthesisedStack, synthesiseStage } from '../support/assembly.ts';
import { losable, replacements, type StatefulResources, statefulOf } from '../support/replacements.ts';

/** What the last synth that was taken on had; the stage with everything that production has. */
const recorded = join(import.meta.dirname, 'stateful-resources.snap');

let production: SynthesisedStack[];
let now: StatefulResources;
beforeAll(async () => {
  production = await synthesiseStage('production');
  now = statefulOf(production);
});

describe('what holds state', () => {
  it('is retained when its stack is removed and when it is replaced', () => {
    expect(Object.keys(now).length).toBeGreaterThan(8);
    for (const { name, resources } of production) {
      for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of Object.entries(resources)) {
        if (now[`${name} ${id}`] === undefined) continue;
        expect({ DeletionPolicy, UpdateReplacePolicy }, `${name} ${id}`).toEqual({
          DeletionPolicy: 'Retain',
          UpdateReplacePolicy: 'Retain',
        });
      }
    }
  });

  it('lies in the Data stack alone', () => {
    expect(Object.keys(now).filter((id) => !id.startsWith('Psqm-production-Data '))).toEqual([]);
  });

  it('is everything that CloudFormation calls stateful, but for what a reason names', () => {
    const all = production.flatMap(({ name, resources }) =>
      Object.entries(resources).map(([id, { Type }]) => `${name} ${id} ${Type}`),
    );
    for (const { what, because } of losable) {
      expect(
        all.some((one) => what.test(one)),
        String(what),
      ).toBe(true);
      expect(because.length).toBeGreaterThan(10);
    }
  });

  // After an addition or a harmless change: npx vitest run --project infra tests/infra/stateful.test.ts -u
  it('would neither be replaced nor lost by the next deployment, and is on record', async () => {
    const before: StatefulResources = JSON.parse(readFileSync(recorded, 'utf8'));
    expect(replacements(before, now)).toEqual([]);
    await expect(`${JSON.stringify(now, null, 2)}\n`).toMatchFileSnapshot(recorded);
  });
});

describe('a deployment that would lose something', () => {
  const table = 'Psqm-production-Data Table';
  const before: StatefulResources = {
    [table]: {
      type: 'AWS::DynamoDB::GlobalTable',
      properties: { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }], BillingMode: 'PAY_PER_REQUEST' },
    },
  };
  const changed = (properties: Record<string, unknown>): StatefulResources => ({
    [table]: {
      type: 'AWS::DynamoDB::GlobalTable',
      properties: { ...before[table]!.properties, ...properties },
    },
  });

  it.each<[string, StatefulResources, string[]]>([
    ['the same', before, []],
    ['a change in place', changed({ BillingMode: 'PROVISIONED' }), []],
    [
      'another key',
      changed({ KeySchema: [] }),
      [`${table} (AWS::DynamoDB::GlobalTable) would be replaced: KeySchema changes`],
    ],
    [
      'a name of its own',
      changed({ TableName: 'x' }),
      [`${table} (AWS::DynamoDB::GlobalTable) would be replaced: TableName changes`],
    ],
    ['another logical id', { other: before[table]! }, [`${table} (AWS::DynamoDB::GlobalTable) is gone`]],
    [
      'another type',
      { [table]: { type: 'AWS::S3::Bucket', properties: {} } },
      [`${table} is a AWS::S3::Bucket and was a AWS::DynamoDB::GlobalTable`],
    ],
  ])('is told by %s', (_name, after, expected) => expect(replacements(before, after)).toEqual(expected));
});
