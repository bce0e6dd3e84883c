import { createHash } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';

/** One item of the programme table. */
export type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

export interface ExecutionSnapshot {
  readonly arn: string;
  readonly machine: string;
  readonly status: string;
  /** When it ended; undefined while it runs. */
  readonly stoppedAt: string | undefined;
  /** Name of the state that it entered last and has not left, while it runs. */
  readonly currentState: string | undefined;
  /** What it waits for by its history, while it does. */
  readonly wait: WaitSnapshot | undefined;
}

/** A task token that waits, as the execution's history has it; instants are UTC. */
export interface WaitSnapshot {
  /** What the machine wrote into the table, by the task's own parameters. */
  readonly deadline: string;
  readonly waitingFor: string;
  readonly since: string;
  /** By the task's own time-out. */
  readonly timesOutAt: string;
}

export interface ExecutionDetails {
  /** Collection and attempt of its input; undefined where it has none. */
  readonly collection: string | undefined;
  readonly attempt: number;
  /** Name of the state that it entered last. */
  readonly lastState: string | undefined;
}

/** What the invariants are recomputed from: the table, the objects and the histories, and nothing that was derived before. */
export interface Snapshot {
  readonly items: readonly Item[];
  readonly executions: readonly ExecutionSnapshot[];
  /** SHA-256 of a stored object, undefined where there is none. */
  hashOf(bucket: string, key: string): Promise<string | undefined>;
  /** More of one execution, asked for where it matters: a store has thousands. */
  detailsOf(arn: string): Promise<ExecutionDetails>;
}

export interface SnapshotSource {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly table: string;
}

/** Reads a running cloud through its public API: every item, every execution with what it waits in. */
export async function readSnapshot(source: SnapshotSource): Promise<Snapshot> {
  const { endpoint, region, credentials } = source;
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials });
  const states = new SFNClient({ endpoint, region, credentials });
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  return {
    items: await scan(dynamodb, source.table),
    executions: await listExecutions(states),
    detailsOf: (arn) => detailsOf(states, arn),
    async hashOf(bucket, key) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const bytes = await Body?.transformToByteArray();
        return bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
  };
}

/**
 * So many parts of the table are read one after the other. DynamoDB Local gathers all rows that a scan has before it to
 * answer one page: with the 150,000 items of 600 schools the whole table does not fit into its memory.
 */
const SEGMENTS = 128;

async function scan(client: DynamoDBClient, table: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let segment = 0; segment < SEGMENTS; segment++) {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const answer = await client.send(
        new ScanCommand({
          TableName: table,
          Segment: segment,
          TotalSegments: SEGMENTS,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      for (const raw of answer.Items ?? []) {
        const item: Record<string, unknown> = unmarshall(raw);
        const { pk, sk } = item;
        if (typeof pk === 'string' && typeof sk === 'string') items.push({ ...item, pk, sk });
      }
      start = answer.LastEvaluatedKey;
    } while (start !== undefined);
  }
  return items;
}

async function listExecutions(client: SFNClient): Promise<ExecutionSnapshot[]> {
  const found: ExecutionSnapshot[] = [];
  const machines =
    (await client.send(new ListStateMachinesCommand({ maxResults: 1000 }))).stateMachines ?? [];
  for (const machine of machines) {
    let nextToken: string | undefined;
    do {
      const answer = await client.send(
        new ListExecutionsCommand({
          stateMachineArn: machine.stateMachineArn,
          maxResults: 1000,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      for (const execution of answer.executions ?? []) {
        const arn = execution.executionArn ?? '';
        const status = execution.status ?? '';
        found.push({
          arn,
          machine: machine.name ?? '',
          status,
          stoppedAt: execution.stopDate?.toISOString(),
          ...(status === 'RUNNING' ? await whereItStands(client, arn) : standsNowhere),
        });
      }
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
  }
  return found;
}

type Standing = Pick<ExecutionSnapshot, 'currentState' | 'wait'>;
const standsNowhere: Standing = { currentState: undefined, wait: undefined };

const value = z.object({ S: z.string() });
const waitParameters = z.object({
  ExpressionAttributeValues: z.object({ ':until': value, ':for': value, ':token': value }),
});

/** The state that a running execution is in and, where its last step is a task that waits for a token, what for. */
async function whereItStands(client: SFNClient, executionArn: string): Promise<Standing> {
  const events = await lastEvents(client, executionArn);
  const entered = events.find((event) => event.stateEnteredEventDetails?.name !== undefined);
  const scheduled = events.find((event) => event.taskScheduledEventDetails !== undefined);
  const task = scheduled?.taskScheduledEventDetails;
  const isOpen = events.every(
    (event) =>
      (event.id ?? 0) <= (scheduled?.id ?? 0) || ['TaskStarted', 'TaskSubmitted'].includes(event.type ?? ''),
  );
  const currentState = entered?.stateEnteredEventDetails?.name;
  const parameters = waitParameters.safeParse(JSON.parse(task?.parameters ?? '{}'));
  if (
    !isOpen ||
    !parameters.success ||
    scheduled?.timestamp === undefined ||
    task?.timeoutInSeconds === undefined
  )
    return { currentState, wait: undefined };
  const values = parameters.data.ExpressionAttributeValues;
  const since = scheduled.timestamp;
  return {
    currentState,
    wait: {
      deadline: values[':until'].S,
      waitingFor: values[':for'].S,
      since: since.toISOString(),
      timesOutAt: new Date(since.getTime() + task.timeoutInSeconds * 1000).toISOString(),
    },
  };
}

const executionInput = z.object({
  collection: z.string(),
  data: z.object({ attempt: z.number().int().default(1) }).loose(),
});

async function detailsOf(client: SFNClient, executionArn: string): Promise<ExecutionDetails> {
  const [{ input }, events] = await Promise.all([
    client.send(new DescribeExecutionCommand({ executionArn })),
    lastEvents(client, executionArn),
  ]);
  const given = executionInput.safeParse(JSON.parse(input ?? '{}'));
  return {
    collection: given.success ? given.data.collection : undefined,
    attempt: given.success ? given.data.data.attempt : 1,
    lastState: events.find((event) => event.stateEnteredEventDetails?.name !== undefined)
      ?.stateEnteredEventDetails?.name,
  };
}

/** The latest steps of an execution, the last first. */
async function lastEvents(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const { events } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 20 }),
  );
  return events ?? [];
}
