import { Pool } from 'undici';
import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { Caller, CloudContext, Service } from '../core/service.ts';
import { askForCapacity, CAPACITY_ACTIONS, CapacityCounter, takeCapacity } from './capacity.ts';
import { type Engine, startEngine } from './engine.ts';
import { createTableSettings } from './table-settings.ts';

/** A reply as it goes back to the caller: JSON text. */
export interface RawReply {
  readonly status: number;
  readonly body: string;
  readonly requestId: string | undefined;
}

export interface DynamoDbService extends Service {
  /** Starts the engine; before any call. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Sends a request of the JSON protocol on as it is; never throws for an error of the service. */
  forward(action: string, body: string): Promise<RawReply>;
  /** Calls `listener` with the request's body after every write to the table that succeeded, before the writer has its answer. */
  onWrite(tableName: string, listener: (write: string) => void): () => void;
  statistics(): Record<string, unknown>;
  /** Process id of the engine, for what it weighs. */
  enginePid(): number | undefined;
  tableArn(tableName: string): string;
}

const STREAM_ACTIONS = new Set(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);
const WRITES_BY_STATEMENT = new Set(['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction']);
const ENGINE_ARN = 'arn:aws:dynamodb:ddblocal:000000000000:';
/** The engine keeps one store for all (shared), so any well-formed credential will do. */
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20200101/eu-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

const errorSchema = z
  .object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() })
  .loose();
const outputSchema = z.record(z.string(), z.unknown());

/** DynamoDB: AWS's own engine behind a proxy that counts capacity, keeps table settings and notes writes for streams. */
export function createDynamoDbService(
  cloud: CloudContext,
  options: { readonly directory: string | undefined },
): DynamoDbService {
  const capacity = new CapacityCounter();
  const settings = createTableSettings(cloud);
  const listeners = new Map<string, ((write: string) => void)[]>();
  const cloudArn = `arn:aws:dynamodb:${cloud.region}:${cloud.account}:`;
  let engine: Engine | undefined;
  let running: Promise<Pool> | undefined;

  function noteWrite(tableName: string, write: string): void {
    for (const listener of listeners.get(tableName) ?? []) listener(write);
  }

  async function launch(): Promise<Pool> {
    engine = await startEngine({
      directory: options.directory,
      onExit(message) {
        cloud.log('dynamodb', message);
        // In memory everything is lost with the engine, and an empty one would hide that.
        if (options.directory !== undefined) running = launch();
      },
    });
    return new Pool(`http://127.0.0.1:${engine.port}`, {
      connections: 24,
      keepAliveTimeout: 300_000,
      keepAliveMaxTimeout: 300_000,
      headersTimeout: 120_000,
    });
  }

  /** An engine that breaks off is answered as AWS's own failures are, which clients try again. */
  async function forwardOrFail(action: string, body: string): Promise<RawReply> {
    try {
      return await forward(action, body);
    } catch (error) {
      cloud.log('dynamodb', `${action}: ${String(error)}`);
      return {
        status: 500,
        body: JSON.stringify({ __type: 'InternalServerError', message: 'The engine did not answer.' }),
        requestId: undefined,
      };
    }
  }

  async function send(action: string, body: string): Promise<RawReply> {
    if (running === undefined) throw new Error('the DynamoDB engine is not running');
    const pool = await running;
    const prefix = STREAM_ACTIONS.has(action) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810';
    const reply = await pool.request({
      method: 'POST',
      path: '/',
      headers: {
        'x-amz-target': `${prefix}.${action}`,
        'content-type': 'application/x-amz-json-1.0',
        authorization: AUTHORIZATION,
      },
      body,
    });
    const id = reply.headers['x-amzn-requestid'];
    return {
      status: reply.statusCode,
      body: await reply.body.text(),
      requestId: typeof id === 'string' ? id : undefined,
    };
  }

  async function forward(action: string, body: string): Promise<RawReply> {
    const own = settings.answer(action, body);
    if (own !== undefined) return { ...own, requestId: undefined };
    const kind = CAPACITY_ACTIONS[action];
    if (kind === undefined) {
      const reply = await send(action, body.replaceAll(cloudArn, ENGINE_ARN));
      if (reply.status < 300 && WRITES_BY_STATEMENT.has(action)) {
        // PartiQL names its table inside the statement; every reader looks once.
        for (const name of listeners.keys()) noteWrite(name, body);
      }
      return {
        ...reply,
        body: reply.body
          .replaceAll(ENGINE_ARN, cloudArn)
          .replaceAll('"awsRegion":"ddblocal"', `"awsRegion":"${cloud.region}"`),
      };
    }
    const asked = askForCapacity(body.replace(/"TableName"\s*:\s*"arn:[^"]*:table\//g, '"TableName":"'));
    const reply = await send(action, asked.body);
    if (reply.status >= 300) return reply;
    const taken = takeCapacity(reply.body);
    capacity.add(kind, taken.consumed);
    if (kind === 'write') for (const entry of taken.consumed) noteWrite(entry.TableName, body);
    return asked.added ? { ...reply, body: taken.reply } : reply;
  }

  return {
    name: 'dynamodb',
    async start() {
      running = launch();
      await running;
    },
    async stop() {
      const pool = await running;
      running = undefined;
      await pool?.destroy();
      await engine?.stop();
      engine = undefined;
    },
    forward: (action, body) => cloud.activity.during(`dynamodb ${action}`, () => forwardOrFail(action, body)),
    async call(action: string, input: Record<string, unknown>, _caller: Caller) {
      const reply = await cloud.activity.during(`dynamodb ${action}`, () =>
        forwardOrFail(action, JSON.stringify(input, bytesAsBase64)),
      );
      const body: unknown = reply.body === '' ? {} : JSON.parse(reply.body);
      if (reply.status < 300) return outputSchema.parse(body);
      const { __type, message, Message, ...fields } = errorSchema.parse(body);
      throw new ServiceError(
        __type.split('#').pop() ?? __type,
        message ?? Message ?? '',
        reply.status,
        fields,
      );
    },
    onWrite(tableName, listener) {
      const existing = listeners.get(tableName);
      if (existing === undefined) listeners.set(tableName, [listener]);
      else existing.push(listener);
      return () => {
        const left = listeners.get(tableName)?.filter((each) => each !== listener) ?? [];
        listeners.set(tableName, left);
      };
    },
    statistics: () => ({ tables: capacity.tables() }),
    enginePid: () => engine?.pid,
    tableArn: (tableName) => `${cloudArn}table/${tableName}`,
  };
}

function bytesAsBase64(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
