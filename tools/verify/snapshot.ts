import { createHash } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** One item of the programme table. */
export type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

export interface ExecutionSnapshot {
  readonly arn: string;
  readonly machine: string;
  readonly status: string;
  /** Name of the state that it entered last and has not left, while it runs. */
  readonly currentState: string | undefined;
}

/** What the invariants are recomputed from: the table, the objects and the histories, and nothing that was derived before. */
export interface Snapshot {
  readonly items: readonly Item[];
  readonly executions: readonly ExecutionSnapshot[];
  /** SHA-256 of a stored object, undefined where there is none. */
  hashOf(bucket: string, key: string): Promise<string | undefined>;
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

async function scan(client: DynamoDBClient, table: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const answer = await client.send(
      new ScanCommand({ TableName: table, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
    );
    for (const raw of answer.Items ?? []) {
      const item: Record<string, unknown> = unmarshall(raw);
      const { pk, sk } = item;
      if (typeof pk === 'string' && typeof sk === 'string') items.push({ ...item, pk, sk });
    }
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
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
          currentState: status === 'RUNNING' ? await currentState(client, arn) : undefined,
        });
      }
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
  }
  return found;
}

async function currentState(client: SFNClient, executionArn: string): Promise<string | undefined> {
  const described = await client.send(new DescribeExecutionCommand({ executionArn }));
  if (described.status !== 'RUNNING') return undefined;
  const { events } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 20 }),
  );
  return events?.find((event) => event.stateEnteredEventDetails?.name !== undefined)?.stateEnteredEventDetails
    ?.name;
}
