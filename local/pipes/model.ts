import * as z from 'zod';

const filters = z.strictObject({
  Filters: z
    .array(z.strictObject({ Pattern: z.string().max(4096) }))
    .max(5)
    .optional(),
});

const streamParameters = z.strictObject({
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  BatchSize: z.int().min(1).max(10_000).default(1),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).optional(),
  MaximumRecordAgeInSeconds: z
    .int()
    .min(-1)
    .max(604_800)
    .refine((age) => age === -1 || age >= 60, 'Member must be -1 or at least 60')
    .default(-1),
  MaximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
  OnPartialBatchItemFailure: z.literal('AUTOMATIC_BISECT').optional(),
  ParallelizationFactor: z.int().min(1).max(10).optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
});

const queueParameters = z.strictObject({
  BatchSize: z.int().min(1).max(10_000).default(1),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).optional(),
});

const sourceParameters = z.strictObject({
  FilterCriteria: filters.optional(),
  DynamoDBStreamParameters: streamParameters.optional(),
  SqsQueueParameters: queueParameters.optional(),
});

const targetParameters = z.strictObject({
  InputTemplate: z.string().max(8192).optional(),
  LambdaFunctionParameters: z
    .strictObject({ InvocationType: z.enum(['REQUEST_RESPONSE', 'FIRE_AND_FORGET']).optional() })
    .optional(),
  StepFunctionStateMachineParameters: z
    .strictObject({ InvocationType: z.enum(['REQUEST_RESPONSE', 'FIRE_AND_FORGET']).optional() })
    .optional(),
  SqsQueueParameters: z
    .strictObject({
      MessageGroupId: z.string().optional(),
      MessageDeduplicationId: z.string().optional(),
    })
    .optional(),
  EventBridgeEventBusParameters: z
    .strictObject({
      DetailType: z.string().max(128).optional(),
      Source: z.string().max(256).optional(),
      Resources: z.array(z.string()).max(10).optional(),
    })
    .optional(),
});

const enrichmentParameters = z.strictObject({ InputTemplate: z.string().max(8192).optional() });
const state = z.enum(['RUNNING', 'STOPPED']);
const name = z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/, 'Member must match [.\\-_A-Za-z0-9]{1,64}');
const tags = z.record(z.string(), z.string());

/** A pipe as CreatePipe takes it and as it is kept. */
export const definitionSchema = z.strictObject({
  Name: name,
  Description: z.string().max(512).optional(),
  DesiredState: state.default('RUNNING'),
  RoleArn: z.string(),
  Source: z.string(),
  SourceParameters: sourceParameters.optional(),
  Enrichment: z.string().optional(),
  EnrichmentParameters: enrichmentParameters.optional(),
  Target: z.string(),
  TargetParameters: targetParameters.optional(),
  Tags: tags.optional(),
});
export type Definition = z.output<typeof definitionSchema>;

export const inputs = {
  create: definitionSchema,
  /** The source stays; of a stream's parameters its starting position, too. */
  update: z.strictObject({
    Name: name,
    Description: z.string().max(512).optional(),
    DesiredState: state.optional(),
    RoleArn: z.string(),
    SourceParameters: z
      .strictObject({
        FilterCriteria: filters.optional(),
        DynamoDBStreamParameters: streamParameters.omit({ StartingPosition: true }).partial().optional(),
        SqsQueueParameters: queueParameters.partial().optional(),
      })
      .optional(),
    Enrichment: z.string().optional(),
    EnrichmentParameters: enrichmentParameters.optional(),
    Target: z.string().optional(),
    TargetParameters: targetParameters.optional(),
  }),
  pipe: z.strictObject({ Name: name }),
  list: z.strictObject({
    NamePrefix: z.string().optional(),
    DesiredState: state.optional(),
    CurrentState: z.string().optional(),
    SourcePrefix: z.string().optional(),
    TargetPrefix: z.string().optional(),
    Limit: z.coerce.number().int().min(1).max(100).default(50),
    NextToken: z.string().optional(),
  }),
  tag: z.strictObject({ ResourceArn: z.string(), Tags: tags }),
  untag: z.strictObject({ ResourceArn: z.string(), TagKeys: z.array(z.string()) }),
  tags: z.strictObject({ ResourceArn: z.string() }),
} as const;

/** What a stored pipe does now. */
export const storedSchema = z.object({
  definition: definitionSchema,
  arn: z.string(),
  created: z.number(),
  modified: z.number(),
  /** Set where it could not be started. */
  failure: z.string().optional(),
});
export type StoredPipe = z.output<typeof storedSchema>;
