import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { ProvisionedResource, ResourceProviders, ResourceRequest } from '../core/resources.ts';
import type { DynamoDbService } from './service.ts';

const booleanSchema = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projectionSchema = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const localIndexSchema = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: projectionSchema,
});
const indexSchema = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: projectionSchema,
  // Throughput limits nothing on one machine.
  ProvisionedThroughput: z.unknown().optional(),
  OnDemandThroughput: z.unknown().optional(),
  WriteOnDemandThroughputSettings: z.unknown().optional(),
  WriteProvisionedThroughputSettings: z.unknown().optional(),
  WarmThroughput: z.unknown().optional(),
  ContributorInsightsSpecification: z.unknown().optional(),
});
const recoverySchema = z.strictObject({
  PointInTimeRecoveryEnabled: booleanSchema,
  RecoveryPeriodInDays: z.coerce.number().optional(),
});
const ttlSchema = z.strictObject({ AttributeName: z.string().optional(), Enabled: booleanSchema });
const tagsSchema = z.array(z.strictObject({ Key: z.string(), Value: z.string() }));

const commonShape = {
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  GlobalSecondaryIndexes: z.array(indexSchema).optional(),
  LocalSecondaryIndexes: z.array(localIndexSchema).optional(),
  TimeToLiveSpecification: ttlSchema.optional(),
  SSESpecification: z.unknown().optional(),
};
const tableSchema = z.strictObject({
  ...commonShape,
  StreamSpecification: z
    .strictObject({ StreamViewType: z.string(), ResourcePolicy: z.unknown().optional() })
    .optional(),
  PointInTimeRecoverySpecification: recoverySchema.optional(),
  DeletionProtectionEnabled: booleanSchema.optional(),
  Tags: tagsSchema.optional(),
  TableClass: z.unknown().optional(),
  ResourcePolicy: z.unknown().optional(),
  ProvisionedThroughput: z.unknown().optional(),
  OnDemandThroughput: z.unknown().optional(),
  WarmThroughput: z.unknown().optional(),
  ContributorInsightsSpecification: z.unknown().optional(),
});
const replicaSchema = z.strictObject({
  Region: z.string(),
  PointInTimeRecoverySpecification: recoverySchema.optional(),
  DeletionProtectionEnabled: booleanSchema.optional(),
  Tags: tagsSchema.optional(),
  TableClass: z.unknown().optional(),
  ResourcePolicy: z.unknown().optional(),
  ReplicaStreamSpecification: z.unknown().optional(),
  SSESpecification: z.unknown().optional(),
  ContributorInsightsSpecification: z.unknown().optional(),
  GlobalSecondaryIndexes: z.unknown().optional(),
  ReadOnDemandThroughputSettings: z.unknown().optional(),
  ReadProvisionedThroughputSettings: z.unknown().optional(),
});
const globalTableSchema = z.strictObject({
  ...commonShape,
  StreamSpecification: z.strictObject({ StreamViewType: z.string() }).optional(),
  Replicas: z.array(replicaSchema),
  WriteOnDemandThroughputSettings: z.unknown().optional(),
  WriteProvisionedThroughputSettings: z.unknown().optional(),
  WarmThroughput: z.unknown().optional(),
});

/** A table as both resource types describe it. */
interface WantedTable {
  readonly attributes: z.infer<typeof commonShape.AttributeDefinitions>;
  readonly keys: z.infer<typeof keySchema>;
  readonly globalIndexes: readonly z.infer<typeof indexSchema>[];
  readonly localIndexes: readonly z.infer<typeof localIndexSchema>[];
  readonly streamViewType: string | undefined;
  readonly ttl: z.infer<typeof ttlSchema> | undefined;
  readonly recovery: z.infer<typeof recoverySchema> | undefined;
  readonly deletionProtection: boolean;
  readonly tags: z.infer<typeof tagsSchema>;
}

const describedSchema = z.object({
  Table: z.object({
    KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.string() })),
    GlobalSecondaryIndexes: z
      .array(z.object({ IndexName: z.string(), KeySchema: z.unknown(), Projection: z.unknown() }))
      .optional(),
    StreamSpecification: z
      .object({ StreamEnabled: z.boolean(), StreamViewType: z.string().optional() })
      .optional(),
    LatestStreamArn: z.string().optional(),
    DeletionProtectionEnabled: z.boolean().optional(),
  }),
});

/** AWS::DynamoDB::Table and ::GlobalTable (one replica, in this region). */
export function dynamoDbResources(service: DynamoDbService): ResourceProviders {
  const root = { kind: 'root' } as const;
  const call = (action: string, input: Record<string, unknown>) => service.call(action, input, root);

  async function describe(name: string): Promise<z.infer<typeof describedSchema>['Table'] | undefined> {
    try {
      return describedSchema.parse(await call('DescribeTable', { TableName: name })).Table;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  async function provision(
    request: ResourceRequest,
    givenName: string | undefined,
    wanted: WantedTable,
  ): Promise<ProvisionedResource> {
    const name = givenName ?? request.physicalName(255);
    const existing = await describe(name);
    if (existing === undefined) await create(name, wanted);
    else await bringUpToDate(request, name, existing, wanted);
    if (wanted.ttl?.AttributeName !== undefined) {
      await call('UpdateTimeToLive', {
        TableName: name,
        TimeToLiveSpecification: { AttributeName: wanted.ttl.AttributeName, Enabled: wanted.ttl.Enabled },
      });
    }
    if (wanted.recovery !== undefined) {
      await call('UpdateContinuousBackups', {
        TableName: name,
        PointInTimeRecoverySpecification: {
          PointInTimeRecoveryEnabled: wanted.recovery.PointInTimeRecoveryEnabled,
        },
      });
    }
    if (wanted.tags.length > 0) {
      await call('TagResource', { ResourceArn: service.tableArn(name), Tags: wanted.tags });
    }
    const stream = (await describe(name))?.LatestStreamArn;
    return {
      ref: name,
      attributes: {
        Arn: service.tableArn(name),
        TableId: name,
        ...(stream === undefined ? {} : { StreamArn: stream }),
      },
    };
  }

  async function create(name: string, wanted: WantedTable): Promise<void> {
    await call('CreateTable', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: wanted.attributes,
      KeySchema: wanted.keys,
      ...(wanted.globalIndexes.length > 0 && {
        GlobalSecondaryIndexes: wanted.globalIndexes.map(indexDefinition),
      }),
      ...(wanted.localIndexes.length > 0 && { LocalSecondaryIndexes: wanted.localIndexes }),
      ...(wanted.streamViewType !== undefined && {
        StreamSpecification: { StreamEnabled: true, StreamViewType: wanted.streamViewType },
      }),
      DeletionProtectionEnabled: wanted.deletionProtection,
    });
  }

  async function bringUpToDate(
    request: ResourceRequest,
    name: string,
    existing: z.infer<typeof describedSchema>['Table'],
    wanted: WantedTable,
  ): Promise<void> {
    if (!isDeepStrictEqual(existing.KeySchema, wanted.keys)) {
      throw new UnsupportedError(
        `another key schema for the existing table ${name} (${request.stack} ${request.logicalId}): that would replace it`,
      );
    }
    if (wanted.deletionProtection !== (existing.DeletionProtectionEnabled ?? false)) {
      await call('UpdateTable', { TableName: name, DeletionProtectionEnabled: wanted.deletionProtection });
    }
    if (wanted.streamViewType !== undefined && existing.StreamSpecification?.StreamEnabled !== true) {
      await call('UpdateTable', {
        TableName: name,
        StreamSpecification: { StreamEnabled: true, StreamViewType: wanted.streamViewType },
      });
    }
    // One index change per call, as on AWS.
    const present = new Map((existing.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
    const wantedNames = new Set(wanted.globalIndexes.map((index) => index.IndexName));
    for (const IndexName of present.keys()) {
      if (wantedNames.has(IndexName)) continue;
      await call('UpdateTable', {
        TableName: name,
        GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }],
      });
      await settled(name);
    }
    for (const index of wanted.globalIndexes) {
      if (present.has(index.IndexName)) continue;
      request.cloud.log('dynamodb', `adds index ${index.IndexName} to ${name}`);
      await call('UpdateTable', {
        TableName: name,
        AttributeDefinitions: wanted.attributes,
        GlobalSecondaryIndexUpdates: [{ Create: indexDefinition(index) }],
      });
      await settled(name);
    }
  }

  /** Waits until the engine has built or dropped an index, for at most a minute. */
  async function settled(name: string): Promise<void> {
    const statusSchema = z.object({
      Table: z.object({
        TableStatus: z.string(),
        GlobalSecondaryIndexes: z.array(z.object({ IndexStatus: z.string() })).optional(),
      }),
    });
    for (let attempt = 0; attempt < 600; attempt++) {
      const { Table } = statusSchema.parse(await call('DescribeTable', { TableName: name }));
      const indexes = Table.GlobalSecondaryIndexes ?? [];
      if (Table.TableStatus === 'ACTIVE' && indexes.every((index) => index.IndexStatus === 'ACTIVE')) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the indexes of table ${name} did not become active`);
  }

  return {
    'AWS::DynamoDB::Table': {
      properties: Object.keys(tableSchema.shape),
      async provision(request) {
        const table = parseInput('AWS::DynamoDB::Table', tableSchema, request.properties);
        return provision(request, table.TableName, {
          attributes: table.AttributeDefinitions,
          keys: table.KeySchema,
          globalIndexes: table.GlobalSecondaryIndexes ?? [],
          localIndexes: table.LocalSecondaryIndexes ?? [],
          streamViewType: table.StreamSpecification?.StreamViewType,
          ttl: table.TimeToLiveSpecification,
          recovery: table.PointInTimeRecoverySpecification,
          deletionProtection: table.DeletionProtectionEnabled ?? false,
          tags: table.Tags ?? [],
        });
      },
    },
    'AWS::DynamoDB::GlobalTable': {
      properties: Object.keys(globalTableSchema.shape),
      async provision(request) {
        const table = parseInput('AWS::DynamoDB::GlobalTable', globalTableSchema, request.properties);
        const [replica, ...others] = table.Replicas;
        if (replica === undefined || others.length > 0 || replica.Region !== request.cloud.region) {
          const regions = table.Replicas.map((each) => each.Region).join(', ');
          throw new UnsupportedError(
            `AWS::DynamoDB::GlobalTable replicas in ${regions}: only ${request.cloud.region}`,
          );
        }
        return provision(request, table.TableName, {
          attributes: table.AttributeDefinitions,
          keys: table.KeySchema,
          globalIndexes: table.GlobalSecondaryIndexes ?? [],
          localIndexes: table.LocalSecondaryIndexes ?? [],
          streamViewType: table.StreamSpecification?.StreamViewType,
          ttl: table.TimeToLiveSpecification,
          recovery: replica.PointInTimeRecoverySpecification,
          deletionProtection: replica.DeletionProtectionEnabled ?? false,
          tags: replica.Tags ?? [],
        });
      },
    },
  };
}

function indexDefinition(index: z.infer<typeof indexSchema>): Record<string, unknown> {
  return { IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection };
}
