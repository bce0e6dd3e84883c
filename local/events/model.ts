import * as z from 'zod';

/** Limits of EventBridge: entries a call, bytes an entry and a call, targets a rule. */
export const MAX_ENTRIES = 10;
export const MAX_CALL_BYTES = 1_048_576;
export const MAX_TARGETS = 5;
export const DEFAULT_BUS = 'default';

const tags = z.array(z.strictObject({ Key: z.string(), Value: z.string() }));
const arn = z.string().min(1).max(1600);

export const targetSchema = z.strictObject({
  Id: z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/),
  Arn: arn,
  RoleArn: arn.optional(),
  Input: z.string().max(8192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string(), z.string()).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.number().int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.number().int().min(60).max(86_400).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: arn.optional() }).optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string().optional() }).optional(),
});
export type Target = z.infer<typeof targetSchema>;

export const ruleSchema = z.object({
  name: z.string(),
  bus: z.string(),
  arn: z.string(),
  description: z.string().optional(),
  roleArn: z.string().optional(),
  eventPattern: z.string().optional(),
  scheduleExpression: z.string().optional(),
  state: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']),
  tags: z.record(z.string(), z.string()),
  targets: z.array(targetSchema),
});
export type Rule = z.infer<typeof ruleSchema>;

export const busSchema = z.object({
  name: z.string(),
  arn: z.string(),
  description: z.string().optional(),
  kmsKeyIdentifier: z.string().optional(),
  deadLetterArn: z.string().optional(),
  logConfig: z.record(z.string(), z.string()).optional(),
  policy: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  created: z.number(),
  modified: z.number(),
});
export type Bus = z.infer<typeof busSchema>;

/** An event as rules see it and targets receive it. */
export interface EventEnvelope extends Readonly<Record<string, unknown>> {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export const envelopeSchema: z.ZodType<EventEnvelope> = z.looseObject({
  version: z.literal('0'),
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  account: z.string(),
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()),
  detail: z.unknown(),
});

export const instant = z.union([
  z.date(),
  z.number().transform((seconds) => new Date(seconds * 1000)),
  z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
]);

export const entrySchema = z.strictObject({
  Time: instant.optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  TraceHeader: z.string().optional(),
});
export type Entry = z.infer<typeof entrySchema>;

const busName = z.string().min(1).optional();
const page = { Limit: z.number().int().min(1).max(100).optional(), NextToken: z.string().optional() };
const deadLetterConfig = z.strictObject({ Arn: z.string().optional() });
const logConfig = z.strictObject({ IncludeDetail: z.string().optional(), Level: z.string().optional() });

/** Inputs of the actions. */
export const inputs = {
  PutEvents: z.strictObject({
    Entries: z.array(entrySchema).min(1).max(MAX_ENTRIES),
  }),
  TestEventPattern: z.strictObject({ EventPattern: z.string(), Event: z.string() }),
  PutRule: z.strictObject({
    Name: z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/),
    ScheduleExpression: z.string().max(256).optional(),
    EventPattern: z.string().optional(),
    State: ruleSchema.shape.state.optional(),
    Description: z.string().max(512).optional(),
    RoleArn: z.string().optional(),
    Tags: tags.optional(),
    EventBusName: busName,
  }),
  PutTargets: z.strictObject({
    Rule: z.string(),
    EventBusName: busName,
    Targets: z
      .array(z.looseObject({ Id: z.string() }))
      .min(1)
      .max(100),
  }),
  RemoveTargets: z.strictObject({
    Rule: z.string(),
    EventBusName: busName,
    Ids: z.array(z.string()).min(1),
    Force: z.boolean().optional(),
  }),
  rule: z.strictObject({ Name: z.string(), EventBusName: busName, Force: z.boolean().optional() }),
  ListRules: z.strictObject({ NamePrefix: z.string().optional(), EventBusName: busName, ...page }),
  ListTargetsByRule: z.strictObject({ Rule: z.string(), EventBusName: busName, ...page }),
  ListRuleNamesByTarget: z.strictObject({ TargetArn: z.string(), EventBusName: busName, ...page }),
  CreateEventBus: z.strictObject({
    Name: z.string().regex(/^[/.\-_A-Za-z0-9]{1,256}$/),
    Description: z.string().max(512).optional(),
    KmsKeyIdentifier: z.string().optional(),
    DeadLetterConfig: deadLetterConfig.optional(),
    LogConfig: logConfig.optional(),
    Tags: tags.optional(),
  }),
  UpdateEventBus: z.strictObject({
    Name: z.string().optional(),
    Description: z.string().max(512).optional(),
    KmsKeyIdentifier: z.string().optional(),
    DeadLetterConfig: deadLetterConfig.optional(),
    LogConfig: logConfig.optional(),
  }),
  bus: z.strictObject({ Name: z.string().optional() }),
  ListEventBuses: z.strictObject({ NamePrefix: z.string().optional(), ...page }),
  PutPermission: z.strictObject({
    EventBusName: busName,
    Policy: z.string().optional(),
    StatementId: z.string().optional(),
    Action: z.string().optional(),
    Principal: z.string().optional(),
    Condition: z.strictObject({ Type: z.string(), Key: z.string(), Value: z.string() }).optional(),
  }),
  RemovePermission: z.strictObject({
    EventBusName: busName,
    StatementId: z.string().optional(),
    RemoveAllPermissions: z.boolean().optional(),
  }),
  TagResource: z.strictObject({ ResourceARN: z.string(), Tags: tags }),
  UntagResource: z.strictObject({ ResourceARN: z.string(), TagKeys: z.array(z.string()) }),
  ListTagsForResource: z.strictObject({ ResourceARN: z.string() }),
};

export function tagMap(
  list: readonly { readonly Key: string; readonly Value: string }[] = [],
): Record<string, string> {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

export function tagList(map: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(map).map(([Key, Value]) => ({ Key, Value }));
}
