import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CloudOptions, type LocalCloud, startCloud } from '../../../local/cloud.ts';

export const START = Date.parse('2031-03-01T09:00:00.000Z');
export const MINUTE = 60_000;

/** A directory that is removed when the test file ends. */
export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'local-cloud-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface TestStack {
  readonly Resources: Record<string, unknown>;
  readonly Outputs?: Record<string, unknown>;
  readonly [section: string]: unknown;
}

/** Writes a cloud assembly as the CDK does: stacks in the order given, assets as folders of files. */
export function writeAssembly(
  directory: string,
  stacks: Record<string, TestStack>,
  assets: Record<string, Record<string, string>> = {},
): string {
  mkdirSync(directory, { recursive: true });
  const files: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(assets)) {
    mkdirSync(join(directory, `asset.${name}`), { recursive: true });
    for (const [path, text] of Object.entries(content))
      writeFileSync(join(directory, `asset.${name}`, path), text);
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { current: { bucketName: 'assets', objectKey: `${name}.zip` } },
    };
  }
  writeFileSync(join(directory, 'assets.json'), JSON.stringify({ version: '1', files }));
  const artifacts: Record<string, unknown> = {
    assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
  };
  let previous: string | undefined;
  for (const [name, template] of Object.entries(stacks)) {
    writeFileSync(join(directory, `${name}.template.json`), JSON.stringify(template));
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/eu-west-2',
      properties: { templateFile: `${name}.template.json` },
      dependencies: ['assets', ...(previous === undefined ? [] : [previous])],
    };
    previous = name;
  }
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return directory;
}

const ACTING = ['events', 'lambda', 'malware-protection-plan.guardduty', 'scheduler', 'states'];

/** A role that every service may act with; allowed everything unless `statements` say what. */
export const role = (
  statements: unknown[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  services: readonly string[] = ACTING,
): unknown => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: services.map((name) => `${name}.amazonaws.com`) },
          Action: 'sts:AssumeRole',
        },
      ],
    },
    Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

/** Lets EventBridge invoke a function, by its logical id. */
export const invokePermission = (functionId: string): unknown => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    FunctionName: { Ref: functionId },
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
  },
});

/** Lets EventBridge send to a queue, by its logical id. */
export const sendPermission = (queueId: string): unknown => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: queueId }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        },
      ],
    },
  },
});

/** A function from an asset of `writeAssembly`, in the role with logical id `Role`. */
export const lambdaFunction = (asset: string, properties: Record<string, unknown> = {}): unknown => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    ...properties,
  },
});

export interface TestCloud {
  readonly cloud: LocalCloud;
  readonly lines: string[];
  call(service: string, action: string, input: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Invokes a function; the payload parsed, and whether it was an error. */
  invoke(
    name: string,
    event: unknown,
  ): Promise<{ error: string | undefined; payload: ReturnType<typeof JSON.parse> }>;
}

/** Starts a cloud under the simulated clock. */
export async function startTestCloud(options: CloudOptions = {}): Promise<TestCloud> {
  const lines: string[] = [];
  const cloud = await startCloud({
    clock: { simulatedFrom: START },
    log: (source, message) => lines.push(`${source}: ${message}`),
    ...options,
  });
  const call: TestCloud['call'] = (service, action, input) =>
    cloud.context.gateway.call({ service, action, input, caller: { kind: 'root' } });
  return {
    cloud,
    lines,
    call,
    async invoke(name, event) {
      const output = await call('lambda', 'Invoke', {
        FunctionName: name,
        Payload: new TextEncoder().encode(JSON.stringify(event)),
      });
      return {
        error: output.FunctionError as string | undefined,
        payload: JSON.parse(new TextDecoder().decode(output.Payload as Uint8Array)),
      };
    },
  };
}
