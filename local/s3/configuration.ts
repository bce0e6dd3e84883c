import { ServiceError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import { compilePolicy } from '../iam/evaluate/policy.ts';
import {
  bucketSchema,
  putBucketCorsSchema,
  putBucketNotificationSchema,
  putBucketPolicySchema,
  putBucketVersioningSchema,
  putPublicAccessBlockSchema,
} from './inputs.ts';
import { type Bucket, type BucketSettings, PUBLIC_ACCESS_ALLOWED } from './model.ts';
import { requireBucket, type S3Context } from './objects.ts';
import { defined, type Operation } from './operations.ts';
import { assertPolicyNotBlocked, isPublicPolicy } from './public-access.ts';

/** The operations on what a bucket is set to. The templates' settings win again at the next start. */
export const configurationOperations: Readonly<Record<string, Operation>> = {
  async GetBucketVersioning(context, input) {
    const { versioning } = named(context, 'GetBucketVersioning', input).settings;
    return versioning === 'Off' ? {} : { Status: versioning };
  },

  async PutBucketVersioning(context, input) {
    const request = parseInput('s3 PutBucketVersioning', putBucketVersioningSchema, input, 'MalformedXML');
    const versioning = request.VersioningConfiguration.Status;
    return change(context, requireBucket(context, request.Bucket), { versioning });
  },

  async GetBucketNotificationConfiguration(context, input) {
    const { eventBridge } = named(context, 'GetBucketNotificationConfiguration', input).settings;
    return eventBridge ? { EventBridgeConfiguration: {} } : {};
  },

  async PutBucketNotificationConfiguration(context, input) {
    const request = parseInput(
      's3 PutBucketNotificationConfiguration',
      putBucketNotificationSchema,
      input,
      'MalformedXML',
    );
    const eventBridge = request.NotificationConfiguration.EventBridgeConfiguration !== undefined;
    return change(context, requireBucket(context, request.Bucket), { eventBridge });
  },

  async GetBucketCors(context, input) {
    const { cors } = named(context, 'GetBucketCors', input).settings;
    if (cors.length === 0) {
      throw new ServiceError('NoSuchCORSConfiguration', 'The CORS configuration does not exist', 404);
    }
    return {
      CORSRules: cors.map((rule) =>
        defined({
          ID: rule.Id,
          AllowedHeaders: rule.AllowedHeaders,
          AllowedMethods: rule.AllowedMethods,
          AllowedOrigins: rule.AllowedOrigins,
          ExposeHeaders: rule.ExposedHeaders,
          MaxAgeSeconds: rule.MaxAge,
        }),
      ),
    };
  },

  async PutBucketCors(context, input) {
    const request = parseInput('s3 PutBucketCors', putBucketCorsSchema, input, 'MalformedXML');
    const cors = request.CORSConfiguration.CORSRules.map((rule) => {
      const unknown = rule.AllowedMethods.find((method) => !CORS_METHODS.has(method));
      if (unknown !== undefined) {
        throw new ServiceError(
          'InvalidRequest',
          `Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`,
        );
      }
      return {
        Id: rule.ID,
        AllowedHeaders: rule.AllowedHeaders,
        AllowedMethods: rule.AllowedMethods,
        AllowedOrigins: rule.AllowedOrigins,
        ExposedHeaders: rule.ExposeHeaders,
        MaxAge: rule.MaxAgeSeconds,
      };
    });
    return change(context, requireBucket(context, request.Bucket), { cors });
  },

  DeleteBucketCors: async (context, input) =>
    change(context, named(context, 'DeleteBucketCors', input), { cors: [] }),

  async GetBucketPolicy(context, input) {
    const { policy } = named(context, 'GetBucketPolicy', input);
    if (policy === undefined) throw noPolicy();
    return { Policy: policy };
  },

  async GetBucketPolicyStatus(context, input) {
    const { policy } = named(context, 'GetBucketPolicyStatus', input);
    if (policy === undefined) throw noPolicy();
    return { PolicyStatus: { IsPublic: isPublicPolicy(policy) } };
  },

  async PutBucketPolicy(context, input) {
    const request = parseInput('s3 PutBucketPolicy', putBucketPolicySchema, input, 'MalformedPolicy');
    const { name, settings } = requireBucket(context, request.Bucket);
    try {
      compilePolicy(request.Policy, 'the bucket policy');
    } catch (error) {
      throw new ServiceError('MalformedPolicy', error instanceof Error ? error.message : String(error));
    }
    assertPolicyNotBlocked(settings, request.Policy);
    context.store.savePolicy(name, request.Policy);
    return {};
  },

  async DeleteBucketPolicy(context, input) {
    context.store.savePolicy(named(context, 'DeleteBucketPolicy', input).name, undefined);
    return {};
  },

  GetPublicAccessBlock: async (context, input) => ({
    PublicAccessBlockConfiguration: named(context, 'GetPublicAccessBlock', input).settings.publicAccessBlock,
  }),

  async PutPublicAccessBlock(context, input) {
    const request = parseInput('s3 PutPublicAccessBlock', putPublicAccessBlockSchema, input, 'MalformedXML');
    return change(context, requireBucket(context, request.Bucket), {
      publicAccessBlock: request.PublicAccessBlockConfiguration,
    });
  },

  DeletePublicAccessBlock: async (context, input) =>
    change(context, named(context, 'DeletePublicAccessBlock', input), {
      publicAccessBlock: PUBLIC_ACCESS_ALLOWED,
    }),
};

const CORS_METHODS = new Set(['GET', 'PUT', 'HEAD', 'POST', 'DELETE']);

function named(context: S3Context, action: string, input: Record<string, unknown>): Bucket {
  return requireBucket(context, parseInput(`s3 ${action}`, bucketSchema, input, 'InvalidArgument').Bucket);
}

function change(
  context: S3Context,
  bucket: Bucket,
  settings: Partial<BucketSettings>,
): Record<string, unknown> {
  context.store.saveBucket(bucket.name, bucket.created, { ...bucket.settings, ...settings });
  return {};
}

function noPolicy(): ServiceError {
  return new ServiceError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
}
