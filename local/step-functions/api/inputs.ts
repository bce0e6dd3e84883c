import * as z from 'zod';

const tags = z.array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) })).max(50);

/** Settings of a machine that the local cloud stores and answers, and that change nothing on one machine. */
const settings = {
  loggingConfiguration: z
    .strictObject({
      level: z.enum(['ALL', 'ERROR', 'FATAL', 'OFF']).optional(),
      includeExecutionData: z.boolean().optional(),
      destinations: z.array(z.unknown()).optional(),
    })
    .optional(),
  tracingConfiguration: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  encryptionConfiguration: z
    .strictObject({
      kmsKeyId: z.string().optional(),
      kmsDataKeyReusePeriodSeconds: z.number().optional(),
      type: z.enum(['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY']),
    })
    .optional(),
};

const publish = { publish: z.boolean().optional(), versionDescription: z.string().optional() };
const includedData = { includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional() };
const paging = { maxResults: z.number().int().min(0).optional(), nextToken: z.string().min(1).optional() };

/** Inputs of the API, in the SDK's shapes. */
export const INPUTS = {
  CreateStateMachine: z.strictObject({
    name: z.string(),
    definition: z.string(),
    roleArn: z.string(),
    type: z.string().optional(),
    tags: tags.optional(),
    ...settings,
    ...publish,
  }),
  UpdateStateMachine: z.strictObject({
    stateMachineArn: z.string(),
    definition: z.string().optional(),
    roleArn: z.string().optional(),
    ...settings,
    ...publish,
  }),
  DeleteStateMachine: z.strictObject({ stateMachineArn: z.string() }),
  DescribeStateMachine: z.strictObject({ stateMachineArn: z.string(), ...includedData }),
  DescribeStateMachineForExecution: z.strictObject({ executionArn: z.string(), ...includedData }),
  ListStateMachines: z.strictObject(paging),
  ValidateStateMachineDefinition: z.strictObject({
    definition: z.string(),
    type: z.string().optional(),
    severity: z.enum(['ERROR', 'WARNING']).optional(),
    maxResults: z.number().int().min(0).max(100).optional(),
  }),
  StartExecution: z.strictObject({
    stateMachineArn: z.string(),
    name: z.string().optional(),
    input: z.string().optional(),
    traceHeader: z.string().optional(),
  }),
  DescribeExecution: z.strictObject({ executionArn: z.string(), ...includedData }),
  ListExecutions: z.strictObject({
    stateMachineArn: z.string(),
    statusFilter: z.string().optional(),
    redriveFilter: z.enum(['REDRIVEN', 'NOT_REDRIVEN']).optional(),
    ...paging,
  }),
  StopExecution: z.strictObject({
    executionArn: z.string(),
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  GetExecutionHistory: z.strictObject({
    executionArn: z.string(),
    reverseOrder: z.boolean().optional(),
    includeExecutionData: z.boolean().optional(),
    ...paging,
  }),
  RedriveExecution: z.strictObject({ executionArn: z.string(), clientToken: z.string().optional() }),
  SendTaskSuccess: z.strictObject({ taskToken: z.string(), output: z.string() }),
  SendTaskFailure: z.strictObject({
    taskToken: z.string(),
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  SendTaskHeartbeat: z.strictObject({ taskToken: z.string() }),
  TagResource: z.strictObject({ resourceArn: z.string(), tags }),
  UntagResource: z.strictObject({ resourceArn: z.string(), tagKeys: z.array(z.string()) }),
  ListTagsForResource: z.strictObject({ resourceArn: z.string() }),
  TestState: z.strictObject({
    definition: z.string(),
    roleArn: z.string().optional(),
    input: z.string().optional(),
    inspectionLevel: z.enum(['INFO', 'DEBUG', 'TRACE']).optional(),
    revealSecrets: z.boolean().optional(),
    stateName: z.string().optional(),
    variables: z.string().optional(),
    mock: z
      .strictObject({
        result: z.string().optional(),
        errorOutput: z
          .strictObject({ error: z.string().optional(), cause: z.string().optional() })
          .optional(),
        fieldValidationMode: z.enum(['STRICT', 'PRESENT', 'NONE']).optional(),
      })
      .optional(),
  }),
} as const;

export type ActionName = keyof typeof INPUTS;
export type Input<A extends ActionName> = z.output<(typeof INPUTS)[A]>;
