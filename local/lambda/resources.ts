import { createHash } from 'node:crypto';
import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { ProvisionedResource, ResourceProviders, ResourceRequest } from '../core/resources.ts';
import { prepareAsset, prepareInline } from './code.ts';
import { compileFilters } from './event-source.ts';
import type { EventSources } from './event-sources.ts';
import { functionNameOf, type LambdaService } from './service.ts';

const booleanSchema = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const codeSchema = z.strictObject({
  S3Bucket: z.string().optional(),
  S3Key: z.string().optional(),
  S3ObjectVersion: z.string().optional(),
  ZipFile: z.string().optional(),
  SourceKMSKeyArn: z.unknown().optional(),
});
const functionSchema = z.strictObject({
  FunctionName: z.string().optional(),
  Description: z.string().optional(),
  Code: codeSchema,
  Handler: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'only Node.js runtimes run here'),
  Timeout: z.coerce.number().int().min(1).max(900).default(3),
  MemorySize: z.coerce.number().int().min(128).max(10_240).default(128),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).optional() }).optional(),
  Role: z.string(),
  ReservedConcurrentExecutions: z.coerce.number().int().min(0).optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string().optional() }).optional(),
  LoggingConfig: z
    .strictObject({
      LogFormat: z.enum(['Text', 'JSON']).optional(),
      LogGroup: z.string().optional(),
      ApplicationLogLevel: z.unknown().optional(),
      SystemLogLevel: z.unknown().optional(),
    })
    .optional(),
  PackageType: z.literal('Zip').optional(),
  // The machine's processor runs the code; no traces are kept; nothing is encrypted at rest.
  Architectures: z.unknown().optional(),
  TracingConfig: z.unknown().optional(),
  KmsKeyArn: z.unknown().optional(),
  RuntimeManagementConfig: z.unknown().optional(),
  RecursiveLoop: z.unknown().optional(),
  EphemeralStorage: z.unknown().optional(),
  Tags: z.unknown().optional(),
});
const permissionSchema = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
  PrincipalOrgID: z.string().optional(),
  EventSourceToken: z.string().optional(),
  FunctionUrlAuthType: z.string().optional(),
  InvokedViaFunctionUrl: z.unknown().optional(),
});
const mappingSchema = z.strictObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: z.coerce.number().int().min(1).max(10_000).optional(),
  Enabled: booleanSchema.optional(),
  FilterCriteria: z
    .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })).optional() })
    .optional(),
  StartingPosition: z.enum(['LATEST', 'TRIM_HORIZON']).optional(),
  BisectBatchOnFunctionError: booleanSchema.optional(),
  MaximumRetryAttempts: z.coerce.number().int().min(-1).max(10_000).optional(),
  MaximumRecordAgeInSeconds: z.coerce.number().int().min(-1).max(604_800).optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).optional(),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().optional() }).optional() })
    .optional(),
  // A batch goes as soon as there is something to send; a stream here has one line of shards.
  MaximumBatchingWindowInSeconds: z.coerce.number().optional(),
  ParallelizationFactor: z.coerce.number().optional(),
  ScalingConfig: z.unknown().optional(),
  MetricsConfig: z.unknown().optional(),
  KmsKeyArn: z.unknown().optional(),
  Tags: z.unknown().optional(),
});
const destinationSchema = z.strictObject({ Destination: z.string() }).optional();
const invokeConfigSchema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(2).optional(),
  MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(21_600).optional(),
  DestinationConfig: z
    .strictObject({ OnSuccess: destinationSchema, OnFailure: destinationSchema })
    .optional(),
});
const versionSchema = z.strictObject({
  FunctionName: z.string(),
  CodeSha256: z.string().optional(),
  Description: z.string().optional(),
  ProvisionedConcurrencyConfig: z.unknown().optional(),
  RuntimePolicy: z.unknown().optional(),
});
const aliasSchema = z.strictObject({
  FunctionName: z.string(),
  FunctionVersion: z.string(),
  Name: z.string(),
  Description: z.string().optional(),
  ProvisionedConcurrencyConfig: z.unknown().optional(),
  RoutingConfig: z.unknown().optional(),
});

/** AWS::Lambda::Function, ::Permission, ::EventSourceMapping, ::EventInvokeConfig, ::Version and ::Alias. */
export function lambdaResources(service: LambdaService, sources: EventSources): ResourceProviders {
  function provisionFunction(request: ResourceRequest): ProvisionedResource {
    const wanted = parseInput(request.type, functionSchema, request.properties);
    const { region, account } = request.cloud;
    const name = wanted.FunctionName ?? request.physicalName(64);
    const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
    service.putFunction({
      name,
      arn,
      handler: wanted.Handler,
      runtime: wanted.Runtime,
      codeDirectory: codeOf(request, wanted.Code, wanted.Handler),
      timeoutSeconds: wanted.Timeout,
      memoryMb: wanted.MemorySize,
      environment: wanted.Environment?.Variables ?? {},
      roleArn: wanted.Role,
      reservedConcurrency: wanted.ReservedConcurrentExecutions,
      logGroup: wanted.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      logFormat: wanted.LoggingConfig?.LogFormat ?? 'Text',
      deadLetterArn: wanted.DeadLetterConfig?.TargetArn,
      description: wanted.Description ?? '',
    });
    return { ref: name, attributes: { Arn: arn } };
  }

  function codeOf(request: ResourceRequest, code: z.infer<typeof codeSchema>, handler: string): string {
    if (code.ZipFile !== undefined) return prepareInline(code.ZipFile, service.codeStore);
    if (code.S3Bucket === undefined || code.S3Key === undefined) {
      throw new UnsupportedError('a function whose Code is neither an asset nor inline');
    }
    return prepareAsset(request.assetPath(code.S3Bucket, code.S3Key), handler, service.codeStore);
  }

  return {
    'AWS::Lambda::Function': {
      properties: Object.keys(functionSchema.shape),
      provision: async (request) => provisionFunction(request),
    },
    'AWS::Lambda::Permission': {
      properties: Object.keys(permissionSchema.shape),
      async provision(request) {
        const permission = parseInput(request.type, permissionSchema, request.properties);
        service.addPermission(functionNameOf(permission.FunctionName), permission);
        return { ref: request.physicalName(), attributes: { Id: request.physicalName() } };
      },
    },
    'AWS::Lambda::EventSourceMapping': {
      properties: Object.keys(mappingSchema.shape),
      async provision(request) {
        const mapping = parseInput(request.type, mappingSchema, request.properties);
        const id = mappingId(request);
        const functionName = functionNameOf(mapping.FunctionName);
        if (mapping.Enabled !== false) {
          sources.add({
            id,
            sourceArn: mapping.EventSourceArn,
            functionName,
            batchSize: mapping.BatchSize ?? (mapping.EventSourceArn.includes(':sqs:') ? 10 : 100),
            filters: compileFilters((mapping.FilterCriteria?.Filters ?? []).map((each) => each.Pattern)),
            startingPosition: mapping.StartingPosition ?? 'TRIM_HORIZON',
            bisect: mapping.BisectBatchOnFunctionError ?? false,
            maximumRetryAttempts: mapping.MaximumRetryAttempts ?? -1,
            maximumRecordAgeSeconds: mapping.MaximumRecordAgeInSeconds ?? -1,
            reportsItemFailures: (mapping.FunctionResponseTypes ?? []).length > 0,
            onFailure: mapping.DestinationConfig?.OnFailure?.Destination,
          });
        }
        const { region, account } = request.cloud;
        return {
          ref: id,
          attributes: {
            Id: id,
            EventSourceMappingArn: `arn:aws:lambda:${region}:${account}:event-source-mapping:${id}`,
          },
        };
      },
    },
    'AWS::Lambda::EventInvokeConfig': {
      properties: Object.keys(invokeConfigSchema.shape),
      async provision(request) {
        const wanted = parseInput(request.type, invokeConfigSchema, request.properties);
        service.configureAsync(functionNameOf(wanted.FunctionName), {
          maximumRetryAttempts: wanted.MaximumRetryAttempts ?? 2,
          maximumEventAgeSeconds: wanted.MaximumEventAgeInSeconds ?? 21_600,
          onSuccess: wanted.DestinationConfig?.OnSuccess?.Destination,
          onFailure: wanted.DestinationConfig?.OnFailure?.Destination,
        });
        return { ref: request.physicalName() };
      },
    },
    // There is one version here, the one in the template: every qualifier runs it.
    'AWS::Lambda::Version': {
      properties: Object.keys(versionSchema.shape),
      async provision(request) {
        const version = parseInput(request.type, versionSchema, request.properties);
        const arn = `${functionArn(request, version.FunctionName)}:1`;
        return { ref: arn, attributes: { Version: '1', FunctionArn: arn } };
      },
    },
    'AWS::Lambda::Alias': {
      properties: Object.keys(aliasSchema.shape),
      async provision(request) {
        const alias = parseInput(request.type, aliasSchema, request.properties);
        const arn = `${functionArn(request, alias.FunctionName)}:${alias.Name}`;
        return { ref: arn, attributes: { AliasArn: arn } };
      },
    },
  };
}

function functionArn(request: ResourceRequest, nameOrArn: string): string {
  const { region, account } = request.cloud;
  return `arn:aws:lambda:${region}:${account}:function:${functionNameOf(nameOrArn)}`;
}

/** A mapping's id is a UUID on AWS; here one that stays the same over starts. */
function mappingId(request: ResourceRequest): string {
  const hash = createHash('sha256').update(`${request.stack}/${request.logicalId}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join('-');
}
