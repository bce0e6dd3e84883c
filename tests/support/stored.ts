import { createHash } from 'node:crypto';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item, Snapshot } from '../../tools/verify/snapshot.ts';

/** What a test has left in the programme table and the buckets of its environment, for the invariants to be recomputed from. */
export async function snapshotOfStore(): Promise<Snapshot> {
  const items: Item[] = [];
  const pages = paginateScan({ client: new DynamoDBClient({}) }, { TableName: process.env.PROGRAMME_TABLE });
  for await (const page of pages) for (const item of page.Items ?? []) items.push(unmarshall(item) as Item);
  const s3 = new S3Client({});
  return {
    items,
    executions: [],
    async hashOf(Bucket, Key) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return createHash('sha256')
          .update((await Body?.transformToByteArray()) ?? '')
          .digest('hex');
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    detailsOf: () => Promise.reject(new Error('no machine ran')),
  };
}

/** The kinds of items there are, as `REG INVOICE`, so that a test can say that there was something to look at. */
export const kindsOf = (items: readonly Item[]): Set<string> =>
  new Set(items.map(({ pk, sk }) => `${pk.split('#')[0]} ${sk.split('#')[0]}`));
