import { join, resolve } from 'node:path';
import { apiGatewayResources } from './api-gateway/resources.ts';
import { createApiGatewayService } from './api-gateway/service.ts';
import { cloudFrontResources } from './cloudfront/resources.ts';
import { createCloudFrontService } from './cloudfront/service.ts';
import { cognitoResources } from './cognito/resources.ts';
import { createCognitoService } from './cognito/service.ts';
import { Activity } from './core/activity.ts';
import { Clock } from './core/clock.ts';
import { Journal } from './core/journal.ts';
import type { ResourceProviders } from './core/resources.ts';
import type { CloudContext, Service } from './core/service.ts';
import { type StorageError, storageErrorOf } from './core/storage-error.ts';
import { dynamoDbResources } from './dynamodb/resources.ts';
import { createDynamoDbService } from './dynamodb/service.ts';
import { eventsResources } from './events/resources.ts';
import { createEventsService } from './events/service.ts';
import { createControlEndpoint } from './gateway/control.ts';
import { createGateway } from './gateway/registry.ts';
import { hasStatistics } from './gateway/rest.ts';
import { type GatewayServer, startGatewayServer } from './gateway/server.ts';
import { guardDutyResources } from './guardduty/resources.ts';
import { createGuardDuty } from './guardduty/service.ts';
import { withTrust } from './iam/assumed-roles.ts';
import { createAuthorizer } from './iam/authorizer.ts';
import { iamResources } from './iam/resources.ts';
import { type Credentials, createIam } from './iam/service.ts';
import { createEventSources } from './lambda/event-sources.ts';
import { lambdaResources } from './lambda/resources.ts';
import { createLambdaService } from './lambda/service.ts';
import { lockDirectory } from './lock.ts';
import { logsResources } from './logs/resources.ts';
import { createLogs } from './logs/service.ts';
import { watchMemory } from './memory.ts';
import { pipesResources } from './pipes/resources.ts';
import { createPipesService } from './pipes/service.ts';
import { s3Resources } from './s3/resources.ts';
import { createS3Service } from './s3/service.ts';
import { schedulerResources } from './scheduler/resources.ts';
import { createSchedulerService } from './scheduler/service.ts';
import { secretsManagerResources } from './secrets-manager/resources.ts';
import { createSecretsManagerService } from './secrets-manager/service.ts';
import { sesResources } from './ses/resources.ts';
import { createSesService } from './ses/service.ts';
import { sqsResources } from './sqs/resources.ts';
import { createSqsService } from './sqs/service.ts';
import { ssmResources } from './ssm/resources.ts';
import { createSsmService } from './ssm/service.ts';
import { stepFunctionsResources } from './step-functions/resources.ts';
import { createStepFunctionsService } from './step-functions/service.ts';
import { readAssembly } from './templates/assembly.ts';
import { provisionAssembly } from './templates/provision.ts';

export interface CloudOptions {
  /** Directory of a synthesised CDK app; undefined starts an empty cloud. */
  readonly assemblyDir?: string;
  /** Where everything is kept; undefined keeps it in memory. */
  readonly dataDir?: string;
  /** Port of the endpoint; 0 or undefined takes a free one. */
  readonly port?: number;
  /** `simulatedFrom` (epoch ms) makes the clock simulated on an empty store. */
  readonly clock?: { readonly simulatedFrom?: number };
  readonly site?: { readonly port?: number };
  readonly account?: string;
  readonly region?: string;
  /** Every Lambda function is invoked at this address instead. */
  readonly lambdaEndpoint?: string;
  readonly log?: (source: string, message: string) => void;
}

/** How long `stop` lets work under way come to its end; what is left goes on at the next start. */
const STOP_GRACE_MS = 3_000;

type Services = ReturnType<typeof createServices>;

/** The local cloud, running. */
export interface LocalCloud {
  /** For AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly port: number;
  /** Where the templates' CloudFront distribution is served; undefined where they have none. */
  readonly siteUrl: string | undefined;
  /** Stack outputs, by stack. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly context: CloudContext;
  readonly services: Services;
  /** Credentials that are allowed everything. */
  readonly rootCredentials: Credentials;
  statistics(): Record<string, unknown>;
  /** Resolves when the cloud was stopped, by `stop` or over its control endpoint; rejects (StorageError) when it had to end. */
  readonly stopped: Promise<void>;
  stop(): Promise<void>;
}

function createServices(
  cloud: CloudContext,
  options: CloudOptions,
  endpoint: () => string,
  answer: GatewayServer['handle'],
) {
  const iam = createIam(cloud);
  const logs = createLogs(cloud);
  const dynamodb = createDynamoDbService(cloud, {
    directory: cloud.dataDir === undefined ? undefined : join(cloud.dataDir, 'dynamodb'),
  });
  const s3 = createS3Service(cloud, iam);
  const sqs = createSqsService(cloud, { endpoint });
  const ses = createSesService(cloud);
  const cognito = createCognitoService(cloud);
  const lambda = createLambdaService(cloud, {
    iam,
    logs,
    endpoint,
    answer,
    ...(options.lambdaEndpoint !== undefined && { forwardTo: options.lambdaEndpoint }),
  });
  const sources = createEventSources({ cloud, dynamodb, sqs, run: lambda.run, roleOf: lambda.roleOf });
  const secretsManager = createSecretsManagerService(cloud);
  const ssm = createSsmService(cloud);
  const guardDuty = createGuardDuty(cloud);
  s3.onObjectCreated((notice) => guardDuty.objectCreated(notice));
  const events = createEventsService(cloud, { writeLog: logs.write });
  const states = createStepFunctionsService(cloud);
  const scheduler = createSchedulerService(cloud);
  const pipes = createPipesService({ cloud, dynamodb, sqs });
  const apiGateway = createApiGatewayService(cloud);
  return {
    iam,
    logs,
    dynamodb,
    s3,
    sqs,
    ses,
    cognito,
    lambda,
    sources,
    secretsManager,
    ssm,
    guardDuty,
    events,
    states,
    scheduler,
    pipes,
    apiGateway,
    cloudFront: createCloudFrontService(cloud, { apiGateway, ses }),
  };
}

function isService(value: Services[keyof Services]): value is Services[keyof Services] & Service {
  return 'name' in value && 'call' in value;
}

function resourceProviders(services: Services): ResourceProviders {
  const parts: ResourceProviders[] = [
    iamResources(services.iam),
    logsResources(),
    dynamoDbResources(services.dynamodb),
    s3Resources(services.s3),
    sqsResources(services.sqs),
    sesResources(services.ses),
    cognitoResources(services.cognito),
    lambdaResources(services.lambda, services.sources),
    secretsManagerResources(services.secretsManager),
    ssmResources(services.ssm),
    guardDutyResources(services.guardDuty),
    eventsResources(services.events),
    schedulerResources(services.scheduler),
    pipesResources(services.pipes),
    stepFunctionsResources(services.states),
    apiGatewayResources(services.apiGateway),
    cloudFrontResources(services.cloudFront),
  ];
  const all: Record<string, ResourceProviders[string]> = {};
  for (const part of parts) {
    for (const [type, provider] of Object.entries(part)) {
      if (type in all) throw new Error(`two services provide ${type}`);
      all[type] = withTrust(services.iam, type, provider);
    }
  }
  return all;
}

/** What every call must pass: the policies of roles, and those that resources carry. */
function createGuard(cloud: CloudContext, services: Services) {
  const { iam, lambda, s3, secretsManager, ses, sqs } = services;
  return createAuthorizer({
    iam,
    now: () => new Date(cloud.clock.now()),
    place: {
      account: cloud.account,
      region: cloud.region,
      secretArn: (id) => secretsManager.describe(id)?.arn ?? id,
      sendingIdentity: (address) => ses.sendingIdentity(address),
    },
    resourcePolicy(arn) {
      const [, , service = '', , , ...rest] = arn.split(':');
      const name = rest.join(':');
      switch (service) {
        case 's3':
          return s3.bucket(name.split('/')[0] ?? '')?.policy;
        case 'lambda':
          return lambda.policyOf(name.split(':')[1] ?? '');
        case 'sqs':
          return sqs.policyOf(arn);
        case 'secretsmanager':
          return secretsManager.describe(arn)?.policy;
        default:
          return undefined;
      }
    },
  });
}

/**
 * Notes the time in the journal: at once when simulated, so that the next start begins no earlier, and now and then when
 * real, since a clock that runs ahead of the machine's must not fall back after a kill.
 *
 * @returns a function that ends it
 */
function keepTime(journal: Journal, clock: Clock): () => void {
  const note = () => journal.setMeta('now', String(clock.now()));
  note();
  if (clock.simulated) return () => {};
  // A failure is the journal's to tell.
  const timer = setInterval(() => {
    try {
      note();
    } catch {
      clearInterval(timer);
    }
  }, 5_000).unref();
  return () => clearInterval(timer);
}

/**
 * Starts the local cloud: journal, clock, services, the templates' resources, then what was under way at the last stop,
 * and the clock last. One instance runs on a data directory.
 *
 * @throws StorageError (a directory in use, of another version, read-only or full), EngineStartError (no Java), UnsupportedError (a template that it does not know),
 *   EADDRINUSE where the port is taken
 */
export async function startCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  // Lambda runs in UTC, and a worker thread has the time zone of its process.
  process.env.TZ = 'UTC';
  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  const unlock = dataDir === undefined ? () => {} : lock(dataDir);
  const undo: (() => Promise<void> | void)[] = [unlock];
  // Every step is taken, whatever becomes of the others: the directory must come free.
  const undoAll = async () => {
    const failed: unknown[] = [];
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  };
  try {
    return await compose(options, dataDir, undo, undoAll);
  } catch (error) {
    // What went wrong at first is what is told.
    await undoAll().catch(() => undefined);
    throw dataDir !== undefined && isFull(error) ? (storageErrorOf(error, dataDir) ?? error) : error;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function lock(dataDir: string): () => void {
  try {
    return lockDirectory(dataDir);
  } catch (error) {
    throw storageErrorOf(error, dataDir) ?? error;
  }
}

async function compose(
  options: CloudOptions,
  dataDir: string | undefined,
  undo: (() => Promise<void> | void)[],
  undoAll: () => Promise<void>,
): Promise<LocalCloud> {
  let fail = (error: StorageError): void => {
    throw error;
  };
  const journal = new Journal(dataDir, (error) => fail(error));
  undo.push(() => journal.close());
  const activity = new Activity();
  const clock = new Clock(journal, activity, options.clock ?? {});
  undo.push(() => clock.stop());
  undo.push(keepTime(journal, clock));
  const gateway = createGateway();
  const context: CloudContext = {
    account: options.account ?? '000000000000',
    region: options.region ?? 'eu-west-2',
    dataDir,
    journal,
    clock,
    activity,
    gateway,
    log: options.log ?? (() => {}),
  };
  let endpoint = '';
  let server: GatewayServer | undefined;
  const services = createServices(
    context,
    options,
    () => endpoint,
    (request) => {
      if (server === undefined) throw new Error('a function runs before the gateway does');
      return server.handle(request);
    },
  );
  undo.push(() => services.logs.flush());
  const { dynamodb, lambda, sources, ses } = services;
  for (const service of Object.values(services)) if (isService(service)) gateway.register(service);
  const guard = createGuard(context, services);
  gateway.guardWith(guard);
  await dynamodb.start();
  undo.push(() => dynamodb.stop());
  undo.push(() => lambda.stop());
  undo.push(() => sources.stop());
  undo.push(() => services.pipes.stop());
  const memory = watchMemory(() => [dynamodb.enginePid()]);
  undo.push(() => memory.stop());

  const statistics = (): Record<string, unknown> => ({
    calls: gateway.callCounts(),
    guardduty: services.guardDuty.statistics(),
    sandboxes: { count: lambda.sandboxes(), asynchronousQueue: lambda.asynchronousQueue() },
    memory: { currentMb: memory.currentMb(), peakMb: memory.peakMb() },
    ...Object.fromEntries(
      gateway
        .services()
        .filter(hasStatistics)
        .map((service) => [service.name, service.statistics()]),
    ),
  });
  const stopped = Promise.withResolvers<void>();
  stopped.promise.catch(() => undefined);
  let failure: StorageError | undefined;
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (!stopping) {
      stopping = true;
      clock.stop();
      await Promise.race([activity.idle(), new Promise((late) => setTimeout(late, STOP_GRACE_MS).unref())]);
      await undoAll().catch((error: unknown) => {
        if (failure === undefined) stopped.reject(error);
      });
      if (failure === undefined) stopped.resolve();
      else stopped.reject(failure);
    }
    await stopped.promise;
  };
  // Without its store the cloud could only lose what it is told: it ends, and goes on where it was once there is room.
  fail = (error) => {
    if (failure !== undefined) return;
    failure = error;
    context.log('journal', error.message);
    stop().catch(() => undefined);
  };
  const opened = Promise.withResolvers<void>();
  const control = createControlEndpoint({
    cloud: context,
    statistics,
    permissions: () => ({
      account: context.account,
      roles: services.iam.roles().map((role) => ({ roleArn: role.arn, documents: guard.documentsOf(role) })),
      used: guard.used(),
    }),
    inbox: (since) => ses.inbox(since),
    inboxPage: (path, query) => ses.handleInbox({ method: 'GET', path, query }, '/_local/inbox/'),
    stop: () => void stop(),
    opened: opened.promise,
  });
  const gatewayServer = await startGatewayServer(
    { cloud: context, registry: gateway, iam: services.iam, dynamodb, control, opened: opened.promise },
    options.port ?? 0,
  );
  server = gatewayServer;
  undo.push(() => gatewayServer.stop());
  endpoint = `http://127.0.0.1:${gatewayServer.port}`;

  const provisioned =
    options.assemblyDir === undefined
      ? { outputs: {} }
      : await provisionAssembly(context, readAssembly(options.assemblyDir), resourceProviders(services));
  services.states.resume();
  services.events.resume();
  services.scheduler.resume();
  lambda.resume();
  await sources.resume();
  await services.pipes.resume();
  const site =
    services.cloudFront.distributions().length === 0
      ? undefined
      : await services.cloudFront.serveSite(undefined, { port: options.site?.port });
  if (site !== undefined) undo.push(() => site.stop());
  clock.start();
  opened.resolve();
  return {
    endpoint,
    port: gatewayServer.port,
    siteUrl: site?.url,
    outputs: provisioned.outputs,
    context,
    services,
    rootCredentials: services.iam.rootCredentials,
    statistics,
    stopped: stopped.promise,
    stop,
  };
}
