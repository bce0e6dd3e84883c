import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, describe, expect, it } from 'vitest';
import { openExecutions } from '../../../tools/deploy/open-executions.ts';
import {
  lambdaFunction,
  MINUTE,
  role,
  startTestCloud,
  type TestCloud,
  temporaryDirectory,
  writeAssembly,
} from './support.ts';

const directory = temporaryDirectory();
const dataDir = `${directory.path}/data`;
const stage = 'trial';

/** One machine that waits for an hour and then has its function confirm what it began with. */
const definition = (release: string, states: Record<string, unknown> = {}) => ({
  QueryLanguage: 'JSONata',
  Comment: release,
  StartAt: `Begin as ${release}`,
  States: {
    [`Begin as ${release}`]: {
      Type: 'Pass',
      Assign: { release, school: '{% $states.input.school %}' },
      Next: 'Wait an hour',
    },
    'Wait an hour': { Type: 'Wait', Seconds: 3600, Next: `Confirm as ${release}` },
    [`Confirm as ${release}`]: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: {
        FunctionName: '${Confirm}',
        Payload: "{% {'school': $school, 'definition': $release} %}",
      },
      Output: '{% $states.result.Payload %}',
      ...(states[`Confirm as ${release}`] ?? { End: true }),
    },
    ...Object.fromEntries(Object.entries(states).filter(([name]) => name !== `Confirm as ${release}`)),
  },
});

/** The assembly of a release: the machine's definition and the function's code are its own, all names stay. */
function assemblyOf(release: string, machine: object): string {
  return writeAssembly(
    `${directory.path}/${release}`,
    {
      App: {
        Resources: {
          Role: role(),
          Confirm: lambdaFunction('confirm'),
          Machine: {
            Type: 'AWS::StepFunctions::StateMachine',
            Properties: {
              RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
              DefinitionString: JSON.stringify(machine),
              DefinitionSubstitutions: { Confirm: { 'Fn::GetAtt': ['Confirm', 'Arn'] } },
              Tags: [
                { Key: 'programme', Value: 'psqm' },
                { Key: 'stage', Value: stage },
              ],
            },
          },
        },
      },
    },
    {
      confirm: {
        'index.mjs': `export const handler = async ({ school, definition }) => ({ school, definition, code: '${release}' });`,
      },
    },
  );
}

let test: TestCloud | undefined;
let client: SFNClient;
async function deploy(assemblyDir: string): Promise<string> {
  await test?.cloud.stop();
  test = await startTestCloud({ assemblyDir, dataDir });
  client = new SFNClient({
    endpoint: test.cloud.endpoint,
    region: test.cloud.context.region,
    credentials: test.cloud.rootCredentials,
  });
  const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
  expect(stateMachines).toHaveLength(1);
  return stateMachines![0]!.stateMachineArn!;
}
const pass = (minutes: number) =>
  test!.cloud.context.clock.advanceTo(test!.cloud.context.clock.now() + minutes * MINUTE);
async function start(stateMachineArn: string, school: string): Promise<string> {
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify({ school }) }),
  );
  await test!.cloud.context.activity.idle();
  return executionArn!;
}
async function endOf(executionArn: string) {
  const { status, output } = await client.send(new DescribeExecutionCommand({ executionArn }));
  const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return {
    status,
    output: output === undefined ? undefined : JSON.parse(output),
    states: (events ?? []).flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []),
  };
}

afterAll(async () => {
  await test?.cloud.stop();
  directory.remove();
});

describe('an upgrade while executions are in flight', () => {
  it('leaves them their definition and gives them the new code; new ones take both', async () => {
    const machine = await deploy(assemblyOf('first', definition('first')));
    const inFlight = await start(machine, 'A');
    await pass(10);
    expect((await endOf(inFlight)).status).toBe('RUNNING');

    const next = { 'Confirm as second': { Next: 'Say so' }, 'Say so': { Type: 'Succeed' } };
    expect(await deploy(assemblyOf('second', definition('second', next)))).toBe(machine);
    const later = await start(machine, 'B');

    const { definition: kept } = await client.send(
      new DescribeStateMachineForExecutionCommand({ executionArn: inFlight }),
    );
    expect(JSON.parse(kept ?? '{}').Comment).toBe('first');
    const open = await openExecutions(client, stage);
    expect(open.map(({ count }) => count)).toEqual([1, 1]);
    expect(new Set(open.map(({ definitionOf }) => definitionOf)).size).toBe(2);
    expect(new Set(open.map(({ machine: name }) => name)).size).toBe(1);
    expect(await openExecutions(client, 'production')).toEqual([]);

    await pass(61);
    expect(await endOf(inFlight)).toEqual({
      status: 'SUCCEEDED',
      output: { school: 'A', definition: 'first', code: 'second' },
      states: ['Begin as first', 'Wait an hour', 'Confirm as first'],
    });
    expect(await endOf(later)).toEqual({
      status: 'SUCCEEDED',
      output: { school: 'B', definition: 'second', code: 'second' },
      states: ['Begin as second', 'Wait an hour', 'Confirm as second', 'Say so'],
    });
    expect(await openExecutions(client, stage)).toEqual([]);
  });
});
