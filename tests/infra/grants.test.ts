import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stageDefinitions } from '../../lib/stages/index.ts';
import { pascalCase } from '../../lib/stages/names.ts';
import { plainRole, reasons } from '../../tools/grants/grants.ts';
import { reachedActions } from '../../tools/grants/reach.ts';
import { root } from '../../tools/run-command.ts';
import { resourcesOf, type SynthesisedStack, synthesiseStage } from '../support/assembly.ts';

interface PolicyDocument {
  readonly Statement: readonly { readonly Effect: string; readonly Action: string | readonly string[] }[];
}

let granted: Map<string, Set<string>>;
beforeAll(async () => {
  granted = grantedByRole(await synthesiseStage('local'));
});

/** Actions that policies allow, by the role's plain name, as templates have them. */
function grantedByRole(stacks: readonly SynthesisedStack[]): Map<string, Set<string>> {
  const actions = new Map<string, Set<string>>();
  const add = (stack: string, roleId: string, document: PolicyDocument) => {
    const name = plainRole(`${stack}-${roleId}`);
    const known = actions.get(name) ?? new Set<string>();
    for (const { Effect, Action } of document.Statement)
      if (Effect === 'Allow') for (const action of [Action].flat()) known.add(action);
    actions.set(name, known);
  };
  for (const stack of stacks) {
    const own = (type: string) =>
      Object.entries(stack.resources).filter(([, resource]) => resource.Type === type);
    for (const [id, { Properties }] of own('AWS::IAM::Role'))
      for (const policy of (Properties.Policies ?? []) as { PolicyDocument: PolicyDocument }[])
        add(stack.name, id, policy.PolicyDocument);
    for (const [, { Properties }] of own('AWS::IAM::Policy'))
      for (const role of Properties.Roles as { Ref: string }[])
        add(stack.name, role.Ref, Properties.PolicyDocument as PolicyDocument);
  }
  return actions;
}

describe('the reasons for grants that a round does not use', () => {
  const given = reasons.parse(JSON.parse(readFileSync(join(root, 'tools/grants/reasons.json'), 'utf8')));

  it('speak of grants that exist', () => {
    const stale = given.flatMap(({ role, actions }) =>
      actions
        .filter((action) =>
          role === '*'
            ? ![...granted.values()].some((known) => known.has(action))
            : granted.get(role)?.has(action) !== true,
        )
        .map((action) => `${role}: ${action}`),
    );
    expect(stale).toEqual([]);
  });
});

/** What Lambda itself does with a function's role: logs, traces, the stream, the queue of events that failed. */
const BY_LAMBDA = new Set([
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:SendMessage',
]);

it('no function is granted what its code cannot ask for', async () => {
  const reached = await reachedActions(stageDefinitions);
  const beyond = stageDefinitions.flatMap(({ stage, functions }) =>
    Object.keys(functions).flatMap((name) => {
      const actions = granted.get(`${pascalCase(stage)}-${pascalCase(name)}`);
      if (actions === undefined) throw new Error(`${stage}/${name} has no role`);
      const code = reached.get(`${stage}/${name}`);
      return [...actions]
        .filter((action) => !BY_LAMBDA.has(action) && code?.has(action) !== true)
        .map((action) => `${stage}/${name}: ${action}`);
    }),
  );
  expect(beyond).toEqual([]);
});

it('every role has a name of its own without stage and hash', async () => {
  const roles = resourcesOf(await synthesiseStage('local'), 'AWS::IAM::Role').length;
  expect(roles).toBeGreaterThanOrEqual(granted.size);
});
