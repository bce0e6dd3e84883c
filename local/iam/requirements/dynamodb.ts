import { type Requirement, type Requirements, record, records, text } from './requirement.ts';

/** Actions on the one table that the input names, each by its own name. */
const ON_TABLE = new Set([
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeContinuousBackups',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'PutItem',
  'UpdateContinuousBackups',
  'UpdateItem',
  'UpdateTable',
  'UpdateTimeToLive',
]);
/** What each part of TransactWriteItems needs (DynamoDB Developer Guide, "Using IAM with DynamoDB transactions"). */
const TRANSACTED = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const;

/** Permissions of DynamoDB and its streams. PartiQL is known to root only. */
export const dynamoDbRequirements: Requirements = (action, input, { account, region }) => {
  const tableArn = (name: string): string =>
    name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  const on = (verb: string, table: string): Requirement => ({
    action: `dynamodb:${verb}`,
    resource: tableArn(table),
  });
  if (ON_TABLE.has(action)) return [on(action, text(input, 'TableName'))];
  switch (action) {
    case 'Query':
    case 'Scan': {
      const index = text(input, 'IndexName');
      const table = on(action, text(input, 'TableName'));
      return [index === '' ? table : { ...table, resource: `${table.resource}/index/${index}` }];
    }
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(record(input.RequestItems)).map((table) => on(action, table));
    case 'TransactGetItems':
      return unique(
        records(input.TransactItems).map((item) => on('GetItem', text(record(item.Get), 'TableName'))),
      );
    case 'TransactWriteItems':
      return unique(
        records(input.TransactItems).flatMap((item) =>
          Object.entries(TRANSACTED).flatMap(([part, verb]) =>
            item[part] === undefined ? [] : [on(verb, text(record(item[part]), 'TableName'))],
          ),
        ),
      );
    case 'ListTables':
    case 'ListStreams':
    case 'DescribeLimits':
    case 'DescribeEndpoints':
      return [{ action: `dynamodb:${action}`, resource: '*' }];
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action: `dynamodb:${action}`, resource: text(input, 'StreamArn') }];
    case 'GetRecords':
      // The iterator names its stream before the first bar.
      return [{ action: 'dynamodb:GetRecords', resource: streamOf(text(input, 'ShardIterator')) }];
    case 'ListTagsOfResource':
    case 'TagResource':
    case 'UntagResource':
      return [{ action: `dynamodb:${action}`, resource: text(input, 'ResourceArn') }];
    default:
      return undefined;
  }
};

function streamOf(iterator: string): string {
  return /arn:aws:dynamodb:[^|]*/.exec(iterator)?.[0] ?? '';
}

function unique(requirements: readonly Requirement[]): readonly Requirement[] {
  const seen = new Map(requirements.map((each) => [`${each.action} ${each.resource}`, each]));
  return [...seen.values()];
}
