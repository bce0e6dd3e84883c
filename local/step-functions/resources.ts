import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import { booleanProperty, parseInput } from '../core/input.ts';
import type { ProvisionedResource, ResourceProviders, ResourceRequest } from '../core/resources.ts';
import type { StepFunctionsService } from './service.ts';

const propertiesSchema = z.strictObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.string().optional(),
  RoleArn: z.string(),
  DefinitionString: z.string().optional(),
  DefinitionS3Location: z.strictObject({ Bucket: z.string(), Key: z.string() }).optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  LoggingConfiguration: z
    .strictObject({
      Level: z.enum(['ALL', 'ERROR', 'FATAL', 'OFF']).optional(),
      IncludeExecutionData: booleanProperty.optional(),
      Destinations: z.array(z.unknown()).optional(),
    })
    .optional(),
  TracingConfiguration: z.strictObject({ Enabled: booleanProperty.optional() }).optional(),
  EncryptionConfiguration: z
    .strictObject({
      Type: z.enum(['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY']),
      KmsKeyId: z.string().optional(),
      KmsDataKeyReusePeriodSeconds: z.coerce.number().optional(),
    })
    .optional(),
  Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
});

type Properties = z.output<typeof propertiesSchema>;

/**
 * CloudFormation's state machines. A definition is an asset or a string, in which `${Name}` stands for its
 * substitution; one that has none stays as it is, as on AWS.
 */
export function stepFunctionsResources(service: StepFunctionsService): ResourceProviders {
  return {
    'AWS::StepFunctions::StateMachine': {
      properties: Object.keys(propertiesSchema.shape),
      provision: (request) => provisionMachine(service, request),
    },
  };
}

async function provisionMachine(
  service: StepFunctionsService,
  request: ResourceRequest,
): Promise<ProvisionedResource> {
  const properties = parseInput(`${request.type} ${request.logicalId}`, propertiesSchema, request.properties);
  const name = properties.StateMachineName ?? request.physicalName(80);
  const arn = service.machines.arnOf(name);
  const call = {
    definition: await readDefinition(properties, request),
    roleArn: properties.RoleArn,
    ...settingsOf(properties),
  };
  const caller = { kind: 'root' } as const;
  const exists = await machineExists(service, arn);
  if (exists) await service.call('UpdateStateMachine', { stateMachineArn: arn, ...call }, caller);
  else {
    const type = properties.StateMachineType;
    await service.call(
      'CreateStateMachine',
      { name, ...call, ...(type === undefined ? {} : { type }) },
      caller,
    );
  }
  const tags = (properties.Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }));
  if (tags.length > 0) await service.call('TagResource', { resourceArn: arn, tags }, caller);
  return { ref: arn, attributes: { Arn: arn, Name: name } };
}

async function machineExists(service: StepFunctionsService, stateMachineArn: string): Promise<boolean> {
  try {
    await service.call('DescribeStateMachine', { stateMachineArn }, { kind: 'root' });
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'StateMachineDoesNotExist') return false;
    throw error;
  }
}

async function readDefinition(properties: Properties, request: ResourceRequest): Promise<string> {
  const { DefinitionString, DefinitionS3Location, DefinitionSubstitutions } = properties;
  if ((DefinitionString === undefined) === (DefinitionS3Location === undefined)) {
    throw new ServiceError(
      'ValidationError',
      `${request.logicalId}: exactly one of DefinitionString and DefinitionS3Location is required`,
    );
  }
  const text =
    DefinitionS3Location === undefined
      ? (DefinitionString ?? '')
      : await readFile(request.assetPath(DefinitionS3Location.Bucket, DefinitionS3Location.Key), 'utf8');
  const substitutions = new Map(Object.entries(DefinitionSubstitutions ?? {}));
  // Each name is replaced once; a value may itself hold what looks like a name.
  return text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, key: string) => {
    const value = substitutions.get(key);
    return value === undefined ? whole : String(value);
  });
}

function settingsOf(properties: Properties): Record<string, unknown> {
  const {
    LoggingConfiguration: logging,
    TracingConfiguration: tracing,
    EncryptionConfiguration: encryption,
  } = properties;
  return {
    ...(logging === undefined
      ? {}
      : {
          loggingConfiguration: {
            ...(logging.Level === undefined ? {} : { level: logging.Level }),
            ...(logging.IncludeExecutionData === undefined
              ? {}
              : { includeExecutionData: logging.IncludeExecutionData }),
            ...(logging.Destinations === undefined ? {} : { destinations: logging.Destinations }),
          },
        }),
    ...(tracing?.Enabled === undefined ? {} : { tracingConfiguration: { enabled: tracing.Enabled } }),
    ...(encryption === undefined
      ? {}
      : {
          encryptionConfiguration: {
            type: encryption.Type,
            ...(encryption.KmsKeyId === undefined ? {} : { kmsKeyId: encryption.KmsKeyId }),
            ...(encryption.KmsDataKeyReusePeriodSeconds === undefined
              ? {}
              : { kmsDataKeyReusePeriodSeconds: encryption.KmsDataKeyReusePeriodSeconds }),
          },
        }),
  };
}
