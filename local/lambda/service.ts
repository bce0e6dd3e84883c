import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { CloudContext, Service } from '../core/service.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';
import type { GatewayRequest, Reply } from '../gateway/server.ts';
import type { IamService } from '../iam/service.ts';
import type { Logs } from '../logs/service.ts';
import { AsyncQueue, type Attempt } from './async-queue.ts';
import {
  ASYNC_LIMIT,
  type AsyncConfiguration,
  type CallMessage,
  type FunctionConfiguration,
  type Outcome,
  type ReplyMessage,
  SYNC_LIMIT,
  SYNC_RESPONSE_LIMIT,
} from './model.ts';
import { type Permission, policyOf } from './permissions.ts';
import { SandboxPool } from './pool.ts';
import { handleLambdaHttp } from './rest.ts';
import { writeRuntime } from './runtime-file.ts';
import { LambdaStatistics } from './statistics.ts';
import { startSandbox } from './worker.ts';

export interface LambdaOptions {
  readonly iam: IamService;
  readonly logs: Logs;
  /** Address of the gateway, which functions get as AWS_ENDPOINT_URL; asked when a sandbox starts. */
  readonly endpoint: () => string;
  /** Answers a function's requests to that address as the gateway does over a socket. */
  readonly answer: (request: GatewayRequest) => Promise<Reply>;
  readonly maxSandboxes?: number;
  readonly maxPerFunction?: number;
  /** Every function is invoked at this address instead, whether a template defines it or not. */
  readonly forwardTo?: string;
}

export interface LambdaService extends Service {
  handleHttp(request: RestRequest): Promise<RestResponse>;
  putFunction(configuration: FunctionConfiguration): void;
  function(nameOrArn: string): FunctionConfiguration | undefined;
  configureAsync(name: string, configuration: AsyncConfiguration): void;
  /** Keeps a statement of a function's resource policy, for the evaluator. */
  addPermission(name: string, permission: Permission): void;
  /** The function's resource policy, of its permissions; undefined where it has none. */
  policyOf(name: string): unknown;
  /** ARN of the function's role. */
  roleOf(name: string): string;
  /** Runs a function once, as an event source does. */
  run(name: string, requestId: string, payload: string): Promise<Attempt>;
  /** Directory for unpacked code. */
  readonly codeStore: string;
  /** Continues what was accepted before the last stop; once every service is there. */
  resume(): void;
  stop(): Promise<void>;
  /** Invocations, errors, cold starts and times by function since the start. */
  statistics(): Record<string, unknown>;
  /** Sandboxes that exist, idle ones included. */
  sandboxes(): number;
  /** Asynchronous invocations that are not done with. */
  asynchronousQueue(): number;
}

const invokeSchema = z.object({
  FunctionName: z.string(),
  InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
  LogType: z.string().optional(),
  Qualifier: z.string().optional(),
  ClientContext: z.string().optional(),
  Payload: z.union([z.instanceof(Uint8Array), z.string()]).optional(),
});

/** The name inside a function's name, partial ARN or ARN, a qualifier left out. */
export function functionNameOf(nameOrArn: string): string {
  const match = /(?:^|:)function:([^:]+)/.exec(nameOrArn);
  if (match !== null) return match[1] ?? nameOrArn;
  const parts = nameOrArn.split(':');
  // `account:name` or `name:qualifier`
  return (/^\d{12}$/.test(parts[0] ?? '') ? parts[1] : parts[0]) ?? nameOrArn;
}

/** Lambda: the bundles of the templates in worker threads, with environment, time-out, memory ceiling and retries. */
export function createLambdaService(cloud: CloudContext, options: LambdaOptions): LambdaService {
  const functions = new Map<string, FunctionConfiguration>();
  const permissions = new Map<string, readonly Permission[]>();
  const policies = new Map<string, unknown>();
  const statistics = new LambdaStatistics();
  const temporary =
    cloud.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'local-cloud-lambda-')) : undefined;
  const codeStore = temporary ?? join(cloud.dataDir ?? '', 'lambda-code');

  const runtimeFile = writeRuntime(codeStore);
  const pool = new SandboxPool({
    maxSandboxes: options.maxSandboxes ?? 44,
    // More would only take processor time from each other.
    maxPerFunction: options.maxPerFunction ?? Math.max(4, 2 * availableParallelism()),
    maxStarting: Math.max(2, availableParallelism() - 1),
    start(name) {
      const configuration = functions.get(name);
      if (configuration === undefined) throw new Error(`function ${name} does not exist`);
      const stream = `${new Date(cloud.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
      return startSandbox({
        configuration,
        clock: sharedBuffer(cloud),
        environment: environmentOf(configuration, stream),
        runtimeFile,
        compileCache: join(codeStore, 'compile-cache'),
        onLine: (line) => options.logs.write(configuration.logGroup, line),
        answer: answerCall,
      });
    },
  });

  async function answerCall({ id, method, url, headers, body }: CallMessage): Promise<ReplyMessage> {
    const reply = await options.answer({
      method,
      url,
      headers: { ...headers },
      body: async () => Buffer.from(body),
    });
    const flat = Object.entries(reply.headers).map(([name, value]): [string, string] => [
      name.toLowerCase(),
      typeof value === 'string' ? value : value.join(', '),
    ]);
    return {
      type: 'reply',
      id,
      status: reply.status,
      headers: Object.fromEntries(flat),
      // A piece of something larger would go to the other side with all of it.
      body: typeof reply.body === 'string' ? reply.body : new Uint8Array(reply.body),
    };
  }

  function environmentOf(configuration: FunctionConfiguration, stream: string): Record<string, string> {
    const keys = options.iam.credentialsOf(configuration.roleArn);
    return {
      ...configuration.environment,
      AWS_REGION: cloud.region,
      AWS_DEFAULT_REGION: cloud.region,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_ENDPOINT_URL: options.endpoint(),
      AWS_LAMBDA_FUNCTION_NAME: configuration.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: stream,
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
      AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
      _HANDLER: configuration.handler,
      LAMBDA_TASK_ROOT: configuration.codeDirectory,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      PATH: process.env.PATH ?? '',
      // The owner's own AWS settings are no part of a function's sandbox.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  async function run(name: string, requestId: string, payload: string): Promise<Attempt> {
    const configuration = functions.get(name);
    if (configuration === undefined) throw new Error(`function ${name} does not exist`);
    const reserved = configuration.reservedConcurrency;
    if (reserved !== undefined && pool.inFlight(name) >= reserved) {
      statistics.throttled(name);
      return { kind: 'throttled' };
    }
    const end = cloud.activity.begin(`lambda ${name}`);
    try {
      const result = await pool.invoke(name, {
        type: 'invoke',
        requestId,
        payload,
        arn: configuration.arn,
        timeoutMs: configuration.timeoutSeconds * 1000,
      });
      const outcome = limited(result.outcome);
      const failure = outcome.kind === 'failure' ? outcome.failure : undefined;
      statistics.invoked(name, result.durationMs, result.coldMs, failure?.errorType);
      if (failure !== undefined) {
        const line = `${failure.errorType}: ${failure.errorMessage}`;
        options.logs.write(
          configuration.logGroup,
          `${requestId}\tERROR\tInvoke Error\t${JSON.stringify(failure)}`,
        );
        cloud.log('lambda', `${name}: ${line}`);
      }
      return { kind: 'ran', outcome };
    } finally {
      end();
    }
  }

  const queue = new AsyncQueue({ cloud, run, configuration: (name) => functions.get(name) });

  async function invoke(input: Record<string, unknown>): Promise<Record<string, unknown>> {
    const call = invokeSchema.parse(input);
    const name = functionNameOf(call.FunctionName);
    const payload =
      call.Payload === undefined || call.Payload.length === 0
        ? '{}'
        : typeof call.Payload === 'string'
          ? call.Payload
          : new TextDecoder().decode(call.Payload);
    const limit = call.InvocationType === 'Event' ? ASYNC_LIMIT : SYNC_LIMIT;
    if (Buffer.byteLength(payload) > limit) {
      throw new ServiceError(
        'RequestTooLargeException',
        `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
        413,
      );
    }
    if (!isJson(payload)) {
      throw new ServiceError(
        'InvalidRequestContentException',
        'Could not parse request body into json.',
        400,
      );
    }
    if (options.forwardTo !== undefined)
      return forward(options.forwardTo, name, call.InvocationType, payload);
    if (!functions.has(name)) throw notFound(cloud, call.FunctionName);
    if (call.InvocationType === 'DryRun') return { StatusCode: 204 };
    if (call.InvocationType === 'Event') {
      queue.enqueue(name, payload);
      return { StatusCode: 202, Payload: new Uint8Array() };
    }
    const attempt = await run(name, randomUUID(), payload);
    if (attempt.kind === 'throttled') {
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    }
    const { outcome } = attempt;
    const text = outcome.kind === 'success' ? outcome.payload : JSON.stringify(outcome.failure);
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      ...(outcome.kind === 'failure' && { FunctionError: 'Unhandled' }),
      Payload: new TextEncoder().encode(text),
    };
  }

  const service: LambdaService = {
    name: 'lambda',
    codeStore,
    async call(action, input) {
      switch (action) {
        case 'Invoke':
          return invoke(input);
        case 'InvokeAsync':
          return invoke({ ...input, InvocationType: 'Event' });
        case 'ListFunctions':
          return { Functions: [...functions.values()].map(describe) };
        case 'GetFunction':
        case 'GetFunctionConfiguration': {
          const given = z.object({ FunctionName: z.string() }).parse(input).FunctionName;
          const found = functions.get(functionNameOf(given));
          if (found === undefined) throw notFound(cloud, given);
          return action === 'GetFunction' ? { Configuration: describe(found) } : describe(found);
        }
        default:
          throw new UnsupportedError(`lambda ${action}`);
      }
    },
    handleHttp: (request) => handleLambdaHttp(cloud, request),
    putFunction(configuration) {
      functions.set(configuration.name, configuration);
      pool.retire(configuration.name);
    },
    function: (nameOrArn) => functions.get(functionNameOf(nameOrArn)),
    configureAsync: (name, configuration) => queue.configure(name, configuration),
    addPermission(name, permission) {
      const all = [...(permissions.get(name) ?? []), permission];
      permissions.set(name, all);
      policies.set(name, policyOf(`arn:aws:lambda:${cloud.region}:${cloud.account}:function:${name}`, all));
    },
    policyOf: (name) => policies.get(name),
    roleOf(name) {
      const configuration = functions.get(name);
      if (configuration === undefined) throw new Error(`there is no function ${name}`);
      return configuration.roleArn;
    },
    run,
    resume: () => queue.resume(),
    async stop() {
      await pool.stop();
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    },
    statistics: () => statistics.report(),
    sandboxes: () => pool.size,
    asynchronousQueue: () => queue.depth(),
  };
  return service;
}

/** The clock's cells as the worker takes them. */
function sharedBuffer(cloud: CloudContext): SharedArrayBuffer {
  const { buffer } = cloud.clock.shared;
  if (buffer instanceof SharedArrayBuffer) return buffer;
  throw new Error('the clock has no shared memory');
}

function limited(outcome: Outcome): Outcome {
  if (outcome.kind !== 'success' || Buffer.byteLength(outcome.payload) <= SYNC_RESPONSE_LIMIT) return outcome;
  return {
    kind: 'failure',
    failure: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${SYNC_RESPONSE_LIMIT} bytes).`,
    },
  };
}

function describe(configuration: FunctionConfiguration): Record<string, unknown> {
  return {
    FunctionName: configuration.name,
    FunctionArn: configuration.arn,
    Runtime: configuration.runtime,
    Role: configuration.roleArn,
    Handler: configuration.handler,
    Description: configuration.description,
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memoryMb,
    Version: '$LATEST',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Environment: { Variables: configuration.environment },
    LoggingConfig: { LogFormat: configuration.logFormat, LogGroup: configuration.logGroup },
  };
}

function notFound(cloud: CloudContext, given: string): ServiceError {
  const arn = `arn:aws:lambda:${cloud.region}:${cloud.account}:function:${functionNameOf(given)}`;
  return new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function forward(
  address: string,
  name: string,
  invocationType: string,
  payload: string,
): Promise<Record<string, unknown>> {
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, address);
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': invocationType, 'content-type': 'application/json' },
    body: payload,
  });
  const body = new Uint8Array(await reply.arrayBuffer());
  if (!reply.ok) {
    const code = reply.headers.get('x-amzn-errortype') ?? 'ServiceException';
    throw new ServiceError(code, new TextDecoder().decode(body), reply.status);
  }
  const functionError = reply.headers.get('x-amz-function-error');
  return {
    StatusCode: reply.status,
    ExecutedVersion: '$LATEST',
    ...(functionError !== null && { FunctionError: functionError }),
    Payload: body,
  };
}
