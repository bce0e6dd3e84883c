import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  invokePermission,
  lambdaFunction,
  MINUTE,
  role,
  startTestCloud,
  type TestCloud,
  temporaryDirectory,
  writeAssembly,
} from './support.ts';

const directory = temporaryDirectory();
const file = `${directory.path}/seen.jsonl`;
let test: TestCloud;

const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Ask the function',
  States: {
    'Ask the function': {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: {
        FunctionName: '${Fn}',
        Payload: "{% {'from': 'machine', 'round': $states.input.detail.round} %}",
      },
      Output: '{% $states.result.Payload %}',
      Next: 'Store it',
    },
    'Store it': {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem',
      Arguments: { TableName: '${Table}', Item: { pk: { S: '{% $states.input.round %}' } } },
      Next: 'Wait an hour',
    },
    'Wait an hour': { Type: 'Wait', Seconds: 3600, End: true },
  },
};

const rule = (pattern: unknown, target: unknown, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: pattern, Targets: [{ Id: 'Target', ...(target as object) }], ...more },
});
const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });

beforeAll(async () => {
  const assemblyDir = writeAssembly(
    `${directory.path}/cdk.out`,
    {
      Data: {
        Resources: {
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            },
          },
          Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'programme' } },
          Quarantine: { Type: 'AWS::S3::Bucket', Properties: {} },
        },
        Outputs: {
          Table: { Value: { Ref: 'Table' }, Export: { Name: 'Data:Table' } },
          Bucket: { Value: { Ref: 'Quarantine' }, Export: { Name: 'Data:Bucket' } },
        },
      },
      App: {
        Resources: {
          Role: role(),
          Fn: lambdaFunction('fn', { Environment: { Variables: { FILE: file } } }),
          Plan: {
            Type: 'AWS::GuardDuty::MalwareProtectionPlan',
            Properties: {
              Role: arnOf('Role'),
              ProtectedResource: {
                S3Bucket: { BucketName: { 'Fn::ImportValue': 'Data:Bucket' }, ObjectPrefixes: ['uploads/'] },
              },
              Actions: { Tagging: { Status: 'ENABLED' } },
            },
          },
          Machine: {
            Type: 'AWS::StepFunctions::StateMachine',
            Properties: {
              RoleArn: arnOf('Role'),
              DefinitionString: JSON.stringify(definition),
              DefinitionSubstitutions: { Fn: arnOf('Fn'), Table: { 'Fn::ImportValue': 'Data:Table' } },
            },
          },
          Permission: invokePermission('Fn'),
          OnScan: rule({ source: ['aws.guardduty'] }, { Arn: arnOf('Fn') }),
          OnStatus: rule({ source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }, { Arn: arnOf('Fn') }),
          OnRound: rule(
            { 'detail-type': ['RoundOpened'] },
            { Arn: { Ref: 'Machine' }, RoleArn: arnOf('Role') },
            { EventBusName: 'programme' },
          ),
        },
        Outputs: { Machine: { Value: { Ref: 'Machine' } } },
      },
    },
    {
      fn: {
        'index.mjs': `
import { appendFileSync } from 'node:fs';
export const handler = async (event) => {
  appendFileSync(process.env.FILE, JSON.stringify(event) + '\\n');
  return { round: event.round };
};`,
      },
    },
  );
  test = await startTestCloud({ assemblyDir });
});
afterAll(async () => {
  await test?.cloud.stop();
  directory.remove();
});
const seen = () =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
const settle = (ms: number) => test.cloud.context.clock.advanceTo(test.cloud.context.clock.now() + ms);

describe('the services together', () => {
  it('carry an event through a rule, a machine, a function and the table', async () => {
    await test.call('events', 'PutEvents', {
      Entries: [
        {
          EventBusName: 'programme',
          Source: 'psqm',
          DetailType: 'RoundOpened',
          Detail: JSON.stringify({ round: 'R1' }),
        },
      ],
    });
    await settle(120 * MINUTE);
    expect(seen()).toContainEqual({ from: 'machine', round: 'R1' });
    const TableName = test.cloud.outputs.Data!.Table!;
    expect(
      (await test.call('dynamodb', 'GetItem', { TableName, Key: { pk: { S: 'R1' } } })).Item,
    ).toBeDefined();
    expect(seen()).toContainEqual(
      expect.objectContaining({
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        detail: expect.objectContaining({
          status: 'SUCCEEDED',
          stateMachineArn: test.cloud.outputs.App!.Machine,
        }),
      }),
    );
  });

  it.each([
    ['harmless', 'NO_THREATS_FOUND', null],
    [
      ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
      'THREATS_FOUND',
      [{ name: 'EICAR-Test-File (not a virus)' }],
    ],
  ])('scan an upload, tag it and tell of it', async (content, status, threats) => {
    const at = { Bucket: test.cloud.outputs.Data!.Bucket!, Key: `uploads/${status}.txt` };
    const { ETag } = await test.call('s3', 'PutObject', { ...at, Body: new TextEncoder().encode(content) });
    await test.call('s3', 'PutObject', {
      ...at,
      Key: 'elsewhere/x.txt',
      Body: new TextEncoder().encode(content),
    });
    await settle(0);
    expect((await test.call('s3', 'GetObjectTagging', at)).TagSet).toEqual([
      { Key: 'GuardDutyMalwareScanStatus', Value: status },
    ]);
    const events = seen().filter((each) => each.detail?.scanResultDetails?.scanResultStatus === status);
    expect(events).toMatchObject([
      {
        source: 'aws.guardduty',
        'detail-type': 'GuardDuty Malware Protection Object Scan Result',
        detail: {
          schemaVersion: '1.0',
          scanStatus: 'COMPLETED',
          resourceType: 'S3_OBJECT',
          s3ObjectDetails: {
            bucketName: at.Bucket,
            objectKey: at.Key,
            eTag: String(ETag).replaceAll('"', ''),
          },
          scanResultDetails: { scanResultStatus: status, threats },
        },
      },
    ]);
  });
});

it.runIf(process.platform === 'linux')('nothing listens beyond loopback, the engine included', () => {
  const sockets = (pid: number) =>
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  const listening = (pid: number) => {
    const own = new Set(sockets(pid));
    return ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === '0A' && own.has(fields[9] ?? ''))
        .map((fields) => fields[1]!.split(':')[0]!),
    );
  };
  // Every process below this one, found by its parent: whatever the cloud starts, now or one day.
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return [{ pid: Number(pid), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
      } catch {
        return [];
      }
    });
  const family = (pid: number): number[] => [
    pid,
    ...parents.filter(({ parent }) => parent === pid).flatMap((child) => family(child.pid)),
  ];
  const processes = family(process.pid);
  expect(processes).toContain(test.cloud.services.dynamodb.enginePid());
  const addresses = processes.flatMap((pid) => {
    try {
      return listening(pid);
    } catch {
      return []; // It ended in between.
    }
  });
  expect(addresses.length).toBeGreaterThanOrEqual(2);
  for (const address of addresses)
    expect(['0100007F', '0000000000000000FFFF00000100007F']).toContain(address);
});
