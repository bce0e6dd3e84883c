import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCognitoService } from '../../../local/cognito/service.ts';
import { Activity } from '../../../local/core/activity.ts';
import { Clock } from '../../../local/core/clock.ts';
import { Journal } from '../../../local/core/journal.ts';
import type { ResourceProviders, ResourceRequest } from '../../../local/core/resources.ts';
import type { CloudContext } from '../../../local/core/service.ts';
import { createDynamoDbService } from '../../../local/dynamodb/service.ts';
import { createControlEndpoint } from '../../../local/gateway/control.ts';
import { createGateway } from '../../../local/gateway/registry.ts';
import { startGatewayServer } from '../../../local/gateway/server.ts';
import { createAuthorizer } from '../../../local/iam/authorizer.ts';
import { createIam } from '../../../local/iam/service.ts';
import { createS3Service } from '../../../local/s3/service.ts';
import { createSecretsManagerService } from '../../../local/secrets-manager/service.ts';
import { createSesService } from '../../../local/ses/service.ts';
import { createSsmService } from '../../../local/ssm/service.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/uploader';

const ALLOW_ALL = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** A new directory for one test, and what removes it. */
export function temporaryDirectory(): { path: string; remove: () => Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), 'local-c-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The services of this part behind the real gateway, whose policies are evaluated where `guarded`; the clock is simulated and starts at the machine's time. */
export async function startServices(options: { dataDir?: string; serve?: boolean; guarded?: boolean } = {}) {
  const journal = new Journal(options.dataDir);
  const activity = new Activity();
  const clock = new Clock(journal, activity, { simulatedFrom: Date.now() });
  const registry = createGateway();
  const logged: string[] = [];
  const cloud: CloudContext = {
    account: '000000000000',
    region: 'eu-west-2',
    dataDir: options.dataDir,
    journal,
    clock,
    activity,
    gateway: registry,
    log: (source, message) => void logged.push(`${source}: ${message}`),
  };
  const iam = createIam(cloud);
  iam.putRole({
    arn: ROLE,
    name: 'uploader',
    trustPolicy: {},
    inlinePolicies: new Map([['everything', ALLOW_ALL]]),
    managedPolicyArns: new Set(),
    permissionsBoundary: undefined,
  });
  const s3 = createS3Service(cloud, iam);
  const ses = createSesService(cloud);
  const cognito = createCognitoService(cloud);
  const secrets = createSecretsManagerService(cloud);
  const ssm = createSsmService(cloud);
  const events: { Source: string; DetailType: string; Detail: string; Resources: string[] }[] = [];
  const eventBus = {
    name: 'events',
    failing: false,
    async call(_action: string, input: Record<string, unknown>) {
      if (eventBus.failing) throw new Error('the bus is away');
      events.push(...(input.Entries as typeof events));
      return { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] };
    },
  };
  const lambda = {
    name: 'lambda',
    functions: new Map<string, (event: Record<string, unknown>) => unknown>(),
    events: [] as Record<string, unknown>[],
    async call(_action: string, input: Record<string, unknown>) {
      const event = JSON.parse(new TextDecoder().decode(input.Payload as Uint8Array));
      lambda.events.push(event);
      const handler = lambda.functions.get(String(input.FunctionName));
      if (handler === undefined) throw new Error(`no function ${String(input.FunctionName)}`);
      const answer = (value: unknown) => new TextEncoder().encode(JSON.stringify(value ?? null));
      try {
        return { StatusCode: 200, Payload: answer(await handler(event)) };
      } catch (error) {
        return {
          StatusCode: 200,
          FunctionError: 'Unhandled',
          Payload: answer({ errorMessage: (error as Error).message }),
        };
      }
    },
  };
  if (options.guarded === true) {
    registry.guardWith(
      createAuthorizer({
        iam,
        place: {
          account: cloud.account,
          region: cloud.region,
          secretArn: (id) => secrets.describe(id)?.arn ?? id,
          sendingIdentity: (address) => ses.sendingIdentity(address),
        },
        now: () => new Date(clock.now()),
        resourcePolicy: (arn) =>
          arn.startsWith('arn:aws:s3:::')
            ? s3.bucket(arn.slice('arn:aws:s3:::'.length).split('/')[0]!)?.policy
            : undefined,
      }),
    );
  }
  for (const service of [s3, ses, cognito, secrets, ssm, eventBus, lambda]) registry.register(service);
  const dynamodb = createDynamoDbService(cloud, { directory: undefined });
  const control = createControlEndpoint({
    cloud,
    statistics: () => ({}),
    permissions: () => ({}),
    inbox: async (since) => ses.inbox(since),
    inboxPage: (path, query) => ses.handleInbox({ method: 'GET', path, query }, '/_local/inbox/'),
    stop: () => {},
    opened: Promise.resolve(),
  });
  const server =
    options.serve === false
      ? undefined
      : await startGatewayServer({ cloud, registry, iam, dynamodb, control, opened: Promise.resolve() }, 0);
  clock.start();
  const credentials = iam.credentialsOf(ROLE);
  return {
    cloud,
    clock,
    iam,
    s3,
    ses,
    cognito,
    secrets,
    ssm,
    events,
    eventBus,
    lambda,
    logged,
    credentials,
    endpoint: `http://127.0.0.1:${server?.port ?? 0}`,
    /** Settings of any SDK client. */
    client: {
      endpoint: `http://127.0.0.1:${server?.port ?? 0}`,
      region: 'eu-west-2',
      credentials,
      maxAttempts: 1,
    },
    async stop() {
      await server?.stop();
      clock.stop();
      journal.close();
    },
  };
}

export type Services = Awaited<ReturnType<typeof startServices>>;

/** Provisions one resource as the template loader would. */
export function provision(
  cloud: CloudContext,
  providers: ResourceProviders,
  type: string,
  logicalId: string,
  properties: Record<string, unknown>,
) {
  const request: ResourceRequest = {
    stack: 'Test',
    logicalId,
    type,
    properties,
    physicalName: (max = 255) => `Test-${logicalId}`.slice(0, max),
    assetPath: () => '',
    cloud,
  };
  const provider = providers[type];
  if (provider === undefined) throw new Error(`nothing provides ${type}`);
  return provider.provision(request);
}
