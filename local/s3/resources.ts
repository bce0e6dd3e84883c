import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import { booleanProperty, parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import { bucketSettingsSchema, corsRuleSchema, publicAccessBlockSchema } from './model.ts';
import { assertPolicyNotBlocked } from './public-access.ts';
import type { S3Service } from './service.ts';

const bucketProperties = z.strictObject({
  BucketName: z.string().optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(corsRuleSchema) }).optional(),
  NotificationConfiguration: z
    .strictObject({
      EventBridgeConfiguration: z
        .strictObject({ EventBridgeEnabled: booleanProperty.default(true) })
        .optional(),
    })
    .optional(),
  BucketEncryption: z
    .strictObject({
      ServerSideEncryptionConfiguration: z
        .array(
          z.strictObject({
            BucketKeyEnabled: booleanProperty.optional(),
            BlockedEncryptionTypes: z.unknown().optional(),
            ServerSideEncryptionByDefault: z
              .strictObject({
                SSEAlgorithm: z.enum(['AES256', 'aws:kms']),
                KMSMasterKeyID: z.string().optional(),
              })
              .optional(),
          }),
        )
        .min(1),
    })
    .optional(),
  PublicAccessBlockConfiguration: publicAccessBlockSchema.optional(),
  // Kept as declared: on one machine they have no effect.
  LifecycleConfiguration: z.record(z.string(), z.unknown()).optional(),
  LoggingConfiguration: z.record(z.string(), z.unknown()).optional(),
  OwnershipControls: z.record(z.string(), z.unknown()).optional(),
  IntelligentTieringConfigurations: z.array(z.unknown()).optional(),
  MetricsConfigurations: z.array(z.unknown()).optional(),
  InventoryConfigurations: z.array(z.unknown()).optional(),
  AccessControl: z.enum(['Private', 'LogDeliveryWrite']).optional(),
  Tags: z.array(z.unknown()).optional(),
});

const policyProperties = z.strictObject({
  Bucket: z.string(),
  PolicyDocument: z.union([z.string(), z.record(z.string(), z.unknown())]),
});

/** AWS::S3::Bucket and AWS::S3::BucketPolicy. */
export function s3Resources(service: S3Service): ResourceProviders {
  return {
    'AWS::S3::Bucket': {
      properties: Object.keys(bucketProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::S3::Bucket', bucketProperties, request.properties);
        const name =
          given.BucketName ??
          request
            .physicalName(63)
            .toLowerCase()
            .replaceAll(/[^a-z0-9.-]/g, '-');
        const encryption = given.BucketEncryption?.ServerSideEncryptionConfiguration[0];
        const byDefault = encryption?.ServerSideEncryptionByDefault;
        const {
          BucketName: _name,
          VersioningConfiguration: versioning,
          CorsConfiguration: cors,
          NotificationConfiguration: notification,
          BucketEncryption: _encryption,
          PublicAccessBlockConfiguration: publicAccessBlock,
          ...declared
        } = given;
        service.configureBucket(
          name,
          bucketSettingsSchema.parse({
            versioning: versioning?.Status ?? 'Off',
            cors: cors?.CorsRules ?? [],
            eventBridge: notification?.EventBridgeConfiguration?.EventBridgeEnabled ?? false,
            encryption: byDefault?.SSEAlgorithm ?? 'AES256',
            kmsKeyId: byDefault?.KMSMasterKeyID,
            bucketKey: encryption?.BucketKeyEnabled ?? false,
            publicAccessBlock,
            declared,
          }),
        );
        const { region } = request.cloud;
        return {
          ref: name,
          attributes: {
            Arn: `arn:aws:s3:::${name}`,
            DomainName: `${name}.s3.amazonaws.com`,
            DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
            RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
            WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
          },
        };
      },
    },
    'AWS::S3::BucketPolicy': {
      properties: Object.keys(policyProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::S3::BucketPolicy', policyProperties, request.properties);
        const bucket = service.bucket(given.Bucket);
        if (bucket === undefined) {
          throw new ServiceError('NoSuchBucket', `The specified bucket does not exist: ${given.Bucket}`, 404);
        }
        const { PolicyDocument: document } = given;
        const policy = typeof document === 'string' ? document : JSON.stringify(document);
        assertPolicyNotBlocked(bucket.settings, policy);
        service.setBucketPolicy(given.Bucket, policy);
        return { ref: given.Bucket };
      },
    },
  };
}
