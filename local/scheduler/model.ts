import * as z from 'zod';

export const DEFAULT_GROUP = 'default';

const name = z.string().regex(/^[0-9a-zA-Z\-_.]{1,64}$/);
const arn = z.string().min(1).max(1600);

/** Instants come as Date, as epoch seconds (JSON over HTTP) or as text (templates); they are kept as text. */
const instant = z
  .union([
    z.date(),
    z.number().transform((seconds) => new Date(seconds * 1000)),
    z.iso
      .datetime({ offset: true, local: true })
      .transform((text) => new Date(/Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`)),
  ])
  .transform((date) => date.toISOString());

export const targetSchema = z.strictObject({
  Arn: arn,
  RoleArn: arn,
  Input: z.string().min(1).optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.number().int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.number().int().min(60).max(86_400).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: arn.optional() }).optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string().optional() }).optional(),
  EventBridgeParameters: z
    .strictObject({ DetailType: z.string().min(1), Source: z.string().min(1) })
    .optional(),
});

/** What defines a schedule, as the API and templates give it. */
export const definitionSchema = z.strictObject({
  Name: name,
  GroupName: name.default(DEFAULT_GROUP),
  Description: z.string().max(512).optional(),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  StartDate: instant.optional(),
  EndDate: instant.optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  KmsKeyArn: z.string().optional(),
  Target: targetSchema,
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.number().int().min(1).max(1440).optional(),
  }),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
});
export type Definition = z.infer<typeof definitionSchema>;

export const scheduleSchema = z.object({
  definition: definitionSchema,
  arn: z.string(),
  created: z.number(),
  modified: z.number(),
});
export type StoredSchedule = z.infer<typeof scheduleSchema>;

export const groupSchema = z.object({
  name: z.string(),
  arn: z.string(),
  created: z.number(),
  modified: z.number(),
  tags: z.record(z.string(), z.string()),
});
export type Group = z.infer<typeof groupSchema>;

const token = z.string().optional();
const page = { MaxResults: z.coerce.number().int().min(1).max(100).optional(), NextToken: token };
const tags = z.array(z.strictObject({ Key: z.string(), Value: z.string() }));

/** Inputs of the actions; CreateSchedule and UpdateSchedule have `definitionSchema` and a client token. */
export const inputs = {
  definition: definitionSchema.extend({ ClientToken: token }),
  schedule: z.strictObject({ Name: name, GroupName: name.default(DEFAULT_GROUP), ClientToken: token }),
  ListSchedules: z.strictObject({
    GroupName: name.optional(),
    NamePrefix: z.string().optional(),
    State: definitionSchema.shape.State.unwrap().optional(),
    ...page,
  }),
  CreateScheduleGroup: z.strictObject({ Name: name, Tags: tags.optional(), ClientToken: token }),
  group: z.strictObject({ Name: name, ClientToken: token }),
  ListScheduleGroups: z.strictObject({ NamePrefix: z.string().optional(), ...page }),
  TagResource: z.strictObject({ ResourceArn: z.string(), Tags: tags }),
  UntagResource: z.strictObject({ ResourceArn: z.string(), TagKeys: z.array(z.string()) }),
  ListTagsForResource: z.strictObject({ ResourceArn: z.string() }),
};
