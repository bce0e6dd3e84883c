import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { StageConfig } from '../config/stage-config.ts';
import type { BucketName } from '../stages/types.ts';

/** What every stage stands on: the stateful resources, passed to the stateless stacks. */
export interface Platform {
  readonly config: StageConfig;
  readonly table: dynamodb.TableV2;
  readonly buckets: Readonly<Record<BucketName, s3.Bucket>>;
  /** ARNs of the buckets by named export, so that a pattern below them reads the same in every stack. */
  readonly bucketArns: Readonly<Record<BucketName, string>>;
  readonly bus: events.EventBus;
  /** Events and asynchronous invocations that could not be delivered. */
  readonly failedEvents: sqs.Queue;
  readonly alarmTopic: sns.Topic;
  readonly userPoolId: string;
  readonly userPoolArn: string;
  readonly userPoolClientId: string;
  readonly mailIdentityArn: string;
  readonly mailConfigurationSet: { readonly name: string; readonly arn: string };
  readonly originSecret: secretsmanager.Secret;
}

/** Names of the table's indexes; a query is granted on these and no others. */
export const tableIndexes = ['byRound', 'byHub', 'byPerson', 'byQueue'] as const;

export function arnsOfIndexes(table: dynamodb.TableV2): string[] {
  return tableIndexes.map((index) => `${table.tableArn}/index/${index}`);
}
