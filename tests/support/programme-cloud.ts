import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type LocalCloud, startCloud } from '../../local/cloud.ts';

const indexes = { byRound: 'round', byHub: 'hub', byPerson: 'person', byQueue: 'queue' } as const;
const buckets = ['quarantine', 'submissions', 'documents', 'register', 'statements'] as const;

/**
 * A local cloud with the programme's table, buckets and mail, and this process's environment set as that of a function
 * with every grant. Import what talks to AWS after it.
 */
export async function startProgrammeCloud(): Promise<LocalCloud> {
  const cloud = await startCloud();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.context.region,
    AWS_ACCESS_KEY_ID: cloud.rootCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.rootCredentials.secretAccessKey,
    SITE_URL: 'https://psqm.example',
    PROGRAMME_TABLE: 'programme',
    MAIL_FROM: 'psqm@psqm.example',
    MAIL_CONFIGURATION_SET: 'mail',
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
    ...Object.fromEntries(buckets.map((name) => [`${name.toUpperCase()}_BUCKET`, name])),
  });
  delete process.env.AWS_SESSION_TOKEN;
  cloud.services.ses.saveIdentity('psqm.example');
  cloud.services.ses.saveConfigurationSet('mail', {});
  const text = 'S' as const;
  const keys = Object.values(indexes).flatMap((prefix) => [`${prefix}Key`, `${prefix}Sort`]);
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName: 'programme',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', ...keys].map((AttributeName) => ({
        AttributeName,
        AttributeType: text,
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, prefix]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: `${prefix}Key`, KeyType: 'HASH' as const },
          { AttributeName: `${prefix}Sort`, KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'ALL' as const },
      })),
    }),
  );
  const s3 = new S3Client({});
  for (const Bucket of buckets) {
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-2' } }),
    );
  }
  return cloud;
}
