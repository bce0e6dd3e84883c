import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startEngine } from '../../local/dynamodb/engine.ts';

/** Name of the table that tests of stores use. */
export const testTable = 'programme';
const indexes = [
  ['byRound', 'roundKey', 'roundSort'],
  ['byHub', 'hubKey', 'hubSort'],
  ['byPerson', 'personKey', 'personSort'],
  ['byQueue', 'queueKey', 'queueSort'],
] as const;

/**
 * DynamoDB Local in memory with an empty programme table; the environment points the SDK at it. Import the modules under
 * test after this, since their client reads the environment once.
 */
export async function startProgrammeTable(): Promise<{ stop(): Promise<void> }> {
  const engine = await startEngine({ directory: undefined, onExit: (message) => console.error(message) });
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${engine.port}`;
  process.env.AWS_REGION = 'eu-west-2';
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  process.env.PROGRAMME_TABLE = testTable;
  const client = new DynamoDBClient({});
  await client.send(
    new CreateTableCommand({
      TableName: testTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', ...indexes.flatMap(([, hash, range]) => [hash, range])].map(
        (name) => ({
          AttributeName: name,
          AttributeType: 'S' as const,
        }),
      ),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: indexes.map(([name, hash, range]) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: hash, KeyType: 'HASH' as const },
          { AttributeName: range, KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'ALL' as const },
      })),
    }),
  );
  client.destroy();
  return { stop: () => engine.stop() };
}
