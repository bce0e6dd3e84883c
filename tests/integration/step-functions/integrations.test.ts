import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ServiceError, UnsupportedError } from '../../../local/core/errors.ts';
import type { ResourceRequest } from '../../../local/core/resources.ts';
import type { Service, ServiceCall } from '../../../local/core/service.ts';
import { stepFunctionsResources } from '../../../local/step-functions/resources.ts';
import { createTestCloud, ROLE, type TestCloud } from './cloud.ts';

let cloud: TestCloud;

afterEach(() => cloud.close());

/** A service that records its calls and gives the same answer, or throws the same error, to each. */
function recorder(
  name: string,
  answer: Record<string, unknown> | Error,
): { service: Service; calls: Omit<ServiceCall, 'service'>[] } {
  const calls: Omit<ServiceCall, 'service'>[] = [];
  return {
    calls,
    service: {
      name,
      async call(action, input, caller) {
        calls.push({ action, input, caller });
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
  };
}

const task = (Resource: string, Arguments: unknown, more: object = {}) => ({
  StartAt: 'One',
  States: { One: { Type: 'Task', Resource, Arguments, End: true, ...more } },
});
const key = { TableName: 't', Key: { pk: { S: 'a' } } };
const unconditional = new ServiceError('ConditionalCheckFailedException', 'The conditional request failed');

describe('DynamoDB', () => {
  it('is called by the SDK integration with the same shapes both ways', async () => {
    const { service, calls } = recorder('dynamodb', { Item: { pk: { S: 'a' } } });
    cloud = createTestCloud({ services: [service] });
    const arn = await cloud.start(task('arn:aws:states:::aws-sdk:dynamodb:getItem', key));
    expect((await cloud.describe(arn)).output).toEqual({ Item: { pk: { S: 'a' } } });
    expect(calls).toEqual([{ action: 'GetItem', input: key, caller: { kind: 'role', roleArn: ROLE } }]);
  });

  it('names its errors DynamoDb in the SDK integration and DynamoDB in the optimised one', async () => {
    cloud = createTestCloud({ services: [recorder('dynamodb', unconditional).service] });
    const sdk = await cloud.start(task('arn:aws:states:::aws-sdk:dynamodb:updateItem', key));
    expect(await cloud.describe(sdk)).toMatchObject({
      error: 'DynamoDb.ConditionalCheckFailedException',
      cause: expect.stringMatching(
        /^The conditional request failed \(Service: DynamoDb, Status Code: 400, Request ID: /,
      ),
    });
    const optimised = await cloud.start(task('arn:aws:states:::dynamodb:updateItem', key));
    expect(await cloud.describe(optimised)).toMatchObject({
      error: 'DynamoDB.ConditionalCheckFailedException',
      cause: expect.stringContaining(
        '(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ConditionalCheckFailedException;',
      ),
    });
  });

  it('has only general names for errors that its SDK does not model', async () => {
    cloud = createTestCloud({
      services: [recorder('dynamodb', new ServiceError('ValidationException', 'x')).service],
    });
    const sdk = await cloud.start(task('arn:aws:states:::aws-sdk:dynamodb:putItem', {}));
    expect((await cloud.describe(sdk)).error).toBe('DynamoDb.DynamoDbException');
    const optimised = await cloud.start(task('arn:aws:states:::dynamodb:putItem', {}));
    expect((await cloud.describe(optimised)).error).toBe('DynamoDB.AmazonDynamoDBException');
  });

  it('takes a task token in the SDK integration', async () => {
    const { service, calls } = recorder('dynamodb', {});
    cloud = createTestCloud({ services: [service] });
    const args = { ...key, ExpressionAttributeValues: { ':t': { S: '{% $states.context.Task.Token %}' } } };
    const arn = await cloud.start(
      task('arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken', args),
    );
    const values = calls[0]?.input.ExpressionAttributeValues as { ':t': { S: string } };
    await cloud.call('SendTaskSuccess', { taskToken: values[':t'].S, output: '{"ok":true}' });
    await cloud.context.activity.idle();
    expect((await cloud.describe(arn)).output).toEqual({ ok: true });
  });

  it('adds metadata to the results of the optimised integration', async () => {
    cloud = createTestCloud({ services: [recorder('dynamodb', {}).service] });
    const arn = await cloud.start(task('arn:aws:states:::dynamodb:deleteItem', key));
    expect((await cloud.describe(arn)).output).toMatchObject({
      SdkHttpMetadata: { HttpStatusCode: 200, HttpHeaders: { 'Content-Length': '2' } },
      SdkResponseMetadata: { RequestId: expect.any(String) },
    });
  });
});

describe('other services', () => {
  it('puts events, their details as text, and fails where one entry fails', async () => {
    const { service, calls } = recorder('events', { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    cloud = createTestCloud({ services: [service] });
    const Entries = [{ Source: 's', DetailType: 'd', Detail: { a: 1 } }];
    const arn = await cloud.start(task('arn:aws:states:::events:putEvents', { Entries }));
    expect((await cloud.describe(arn)).output).toEqual({ Entries: [{ EventId: 'e' }], FailedEntryCount: 0 });
    const put = calls.find(({ caller }) => caller.kind === 'role');
    expect(put?.input.Entries).toEqual([{ Source: 's', DetailType: 'd', Detail: '{"a":1}' }]);
    cloud.close();

    const answer = {
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }],
    };
    cloud = createTestCloud({ services: [recorder('events', answer).service], log: () => {} });
    const failed = await cloud.start(task('arn:aws:states:::events:putEvents', { Entries }));
    expect((await cloud.describe(failed)).error).toBe('EventBridge.FailedEntry');
  });

  it('sends messages, any JSON as body', async () => {
    const { service, calls } = recorder('sqs', { MessageId: 'm' });
    cloud = createTestCloud({ services: [service] });
    const arn = await cloud.start(
      task('arn:aws:states:::sqs:sendMessage', { QueueUrl: 'q', MessageBody: { a: 1 } }),
    );
    expect((await cloud.describe(arn)).output).toMatchObject({ MessageId: 'm', SdkHttpMetadata: {} });
    expect(calls[0]).toMatchObject({
      action: 'SendMessage',
      input: { QueueUrl: 'q', MessageBody: '{"a":1}' },
    });
  });

  it('sends email and reads objects through SDK integrations', async () => {
    const mail = recorder('ses', { MessageId: 'm' });
    const store = recorder('s3', {
      Body: new TextEncoder().encode('hello'),
      LastModified: new Date(0),
      ContentLength: 5,
    });
    cloud = createTestCloud({ services: [mail.service, store.service] });
    const sent = await cloud.start(
      task('arn:aws:states:::aws-sdk:sesv2:sendEmail', { FromEmailAddress: 'a@example.org' }),
    );
    expect((await cloud.describe(sent)).output).toEqual({ MessageId: 'm' });
    expect(mail.calls[0]?.action).toBe('SendEmail');
    const read = await cloud.start(task('arn:aws:states:::aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' }));
    expect((await cloud.describe(read)).output).toEqual({
      Body: 'hello',
      LastModified: '1970-01-01T00:00:00.000Z',
      ContentLength: 5,
    });
  });
});

describe('Step Functions itself', () => {
  const child = {
    StartAt: 'A',
    States: { A: { Type: 'Wait', Seconds: '{% $states.input.s %}', End: true } },
  };

  async function createChild(definition: object = child): Promise<string> {
    const { stateMachineArn } = await cloud.call('CreateStateMachine', {
      name: 'child',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
      roleArn: ROLE,
    });
    return String(stateMachineArn);
  }

  it('starts an execution and goes on', async () => {
    cloud = createTestCloud();
    const StateMachineArn = await createChild();
    const arn = await cloud.start(
      task('arn:aws:states:::states:startExecution', { StateMachineArn, Name: 'c', Input: { s: 5 } }),
    );
    expect((await cloud.describe(arn)).output).toMatchObject({
      ExecutionArn: 'arn:aws:states:eu-west-2:000000000000:execution:child:c',
      StartDate: cloud.context.clock.now(),
    });
  });

  it('waits for the end of what it started, as JSON with sync:2 and as text with sync', async () => {
    cloud = createTestCloud();
    const StateMachineArn = await createChild();
    const args = { StateMachineArn, Input: { s: 5 } };
    const json = await cloud.start(task('arn:aws:states:::states:startExecution.sync:2', args));
    const text = await cloud.start(task('arn:aws:states:::states:startExecution.sync', args));
    expect((await cloud.describe(json)).status).toBe('RUNNING');
    await cloud.pass(5);
    expect((await cloud.describe(json)).output).toMatchObject({
      Status: 'SUCCEEDED',
      Input: { s: 5 },
      Output: { s: 5 },
    });
    expect((await cloud.describe(text)).output).toMatchObject({ Input: '{"s":5}', Output: '{"s":5}' });
    expect(await cloud.history(json)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails with what it started', async () => {
    cloud = createTestCloud();
    const StateMachineArn = await createChild({
      StartAt: 'A',
      States: { A: { Type: 'Fail', Error: 'E', Cause: 'C' } },
    });
    const arn = await cloud.start(task('arn:aws:states:::states:startExecution.sync:2', { StateMachineArn }));
    const { error, cause } = await cloud.describe(arn);
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({ Error: 'E', Cause: 'C', Status: 'FAILED' });
  });

  it('stops what it started when the task is given up', async () => {
    cloud = createTestCloud();
    const StateMachineArn = await createChild();
    const args = { StateMachineArn, Name: 'c', Input: { s: 3600 } };
    const arn = await cloud.start(
      task('arn:aws:states:::states:startExecution.sync:2', args, { TimeoutSeconds: 60 }),
    );
    await cloud.pass(60);
    expect((await cloud.describe(arn)).error).toBe('States.Timeout');
    expect((await cloud.describe('arn:aws:states:eu-west-2:000000000000:execution:child:c')).status).toBe(
      'ABORTED',
    );
  });

  it('answers tokens and describes executions through the SDK integration', async () => {
    cloud = createTestCloud();
    const wrong = await cloud.start(
      task('arn:aws:states:::aws-sdk:sfn:sendTaskSuccess', { TaskToken: 't', Output: 1 }),
    );
    expect(await cloud.describe(wrong)).toMatchObject({
      error: 'Sfn.InvalidTokenException',
      cause: expect.stringContaining(
        "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: ",
      ),
    });
    const self = await cloud.start(
      task('arn:aws:states:::aws-sdk:sfn:describeExecution', {
        ExecutionArn: '{% $states.context.Execution.Id %}',
      }),
    );
    expect((await cloud.describe(self)).output).toMatchObject({
      ExecutionArn: self,
      Status: 'RUNNING',
      StartDate: new Date(cloud.context.clock.now()).toISOString(),
    });
  });

  it('names the machine that does not exist', async () => {
    cloud = createTestCloud();
    const StateMachineArn = 'arn:aws:states:eu-west-2:000000000000:stateMachine:none';
    const arn = await cloud.start(task('arn:aws:states:::states:startExecution', { StateMachineArn }));
    expect((await cloud.describe(arn)).error).toBe('StepFunctions.StateMachineDoesNotExistException');
  });
});

describe('AWS::StepFunctions::StateMachine', () => {
  const placeholder = (name: string): string => `$\{${name}}`;
  const output = `${placeholder('Name')} ${placeholder('Other')}`;
  const definition = `{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Output":"${output}","End":true}}}`;

  function request(properties: Record<string, unknown>, asset = ''): ResourceRequest {
    return {
      stack: 'Stack',
      logicalId: 'Machine',
      type: 'AWS::StepFunctions::StateMachine',
      properties: { RoleArn: ROLE, ...properties },
      physicalName: () => 'Stack-Machine',
      assetPath: (bucket, key) => (bucket === 'assets' && key === 'abc.json' ? asset : 'none'),
      cloud: cloud.context,
    };
  }

  it('is created from an asset with substitutions, and brought up to date', async () => {
    cloud = createTestCloud();
    const directory = mkdtempSync(join(tmpdir(), 'definition-'));
    try {
      const asset = join(directory, 'machine.asl.json');
      writeFileSync(asset, definition);
      const provider = stepFunctionsResources(cloud.states)['AWS::StepFunctions::StateMachine'];
      const properties = {
        DefinitionS3Location: { Bucket: 'assets', Key: 'abc.json' },
        DefinitionSubstitutions: { Name: 'first' },
        StateMachineType: 'STANDARD',
        LoggingConfiguration: { Level: 'ERROR', Destinations: [{}], IncludeExecutionData: true },
        TracingConfiguration: { Enabled: true },
        Tags: [{ Key: 'a', Value: 'b' }],
      };
      const stateMachineArn = 'arn:aws:states:eu-west-2:000000000000:stateMachine:Stack-Machine';
      for (const name of ['first', 'second']) {
        const DefinitionSubstitutions = { Name: name };
        expect(await provider?.provision(request({ ...properties, DefinitionSubstitutions }, asset))).toEqual(
          {
            ref: stateMachineArn,
            attributes: { Arn: stateMachineArn, Name: 'Stack-Machine' },
          },
        );
        const { executionArn } = await cloud.call('StartExecution', { stateMachineArn });
        await cloud.context.activity.idle();
        expect((await cloud.describe(String(executionArn))).output).toBe(`${name} ${placeholder('Other')}`);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('refuses a property that it does not know, and a definition given twice or not at all', async () => {
    cloud = createTestCloud();
    const provider = stepFunctionsResources(cloud.states)['AWS::StepFunctions::StateMachine'];
    await expect(
      provider?.provision(request({ DefinitionString: definition, Colour: 'red' })),
    ).rejects.toBeInstanceOf(UnsupportedError);
    await expect(provider?.provision(request({}))).rejects.toThrow('exactly one of');
  });
});
