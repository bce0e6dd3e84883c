import { join } from 'node:path';
import { UnsupportedError } from '../core/errors.ts';
import type { CloudContext, Service } from '../core/service.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';
import { createBlobStore } from './blobs.ts';
import { configurationOperations } from './configuration.ts';
import { bucketOperations } from './listing.ts';
import type { Bucket, BucketSettings } from './model.ts';
import { multipartOperations } from './multipart.ts';
import { createNotifications, type ObjectCreatedListener } from './notifications.ts';
import type { S3Context } from './objects.ts';
import { objectOperations } from './operations.ts';
import { handleS3Http } from './rest.ts';
import type { AccessKeys } from './signature.ts';
import { S3Store } from './store.ts';

export interface OperationStatistics {
  requests: number;
  errors: number;
  bytesIn: number;
  bytesOut: number;
}

export interface S3Service extends Service {
  handleHttp(request: RestRequest): Promise<RestResponse>;
  /** Calls `listener` once an object is durable, at least once for each; before the clock starts. */
  onObjectCreated(listener: ObjectCreatedListener): void;
  bucket(name: string): Bucket | undefined;
  /** Creates a bucket or brings its settings up to date; its objects stay. */
  configureBucket(name: string, settings: BucketSettings): void;
  /** Sets or (with undefined) removes the bucket's policy, as JSON. */
  setBucketPolicy(name: string, policy: string | undefined): void;
  /** Requests and bytes by operation since the start. */
  statistics(): Record<string, OperationStatistics>;
}

const operations = {
  ...objectOperations,
  ...bucketOperations,
  ...configurationOperations,
  ...multipartOperations,
};

/**
 * S3 on the file system: bytes in files below `dataDir/s3`, everything else in the journal. Objects, versions, tags,
 * multipart uploads, checksums, conditions, presigned requests and CORS as S3 has them; nothing is encrypted, lifecycle
 * rules do not run.
 */
export function createS3Service(cloud: CloudContext, keys: AccessKeys): S3Service {
  const store = new S3Store(cloud.journal);
  const blobs = createBlobStore(cloud.dataDir === undefined ? undefined : join(cloud.dataDir, 's3'));
  blobs.sweep((name) => store.blobInUse(name));
  const context: S3Context = { cloud, store, blobs, notifications: createNotifications(cloud, store) };
  const counts = new Map<string, OperationStatistics>();

  function countOf(action: string): OperationStatistics {
    let count = counts.get(action);
    if (count === undefined) {
      count = { requests: 0, errors: 0, bytesIn: 0, bytesOut: 0 };
      counts.set(action, count);
    }
    return count;
  }

  return {
    name: 's3',
    async call(action, input) {
      const operation = operations[action];
      if (operation === undefined) throw new UnsupportedError(`s3 ${action}`);
      const count = countOf(action);
      count.requests++;
      count.bytesIn += sizeOf(input.Body);
      try {
        const output = await operation(context, input);
        count.bytesOut += sizeOf(output.Body);
        return output;
      } catch (error) {
        count.errors++;
        throw error;
      }
    },
    handleHttp: (request) => handleS3Http(cloud, store, keys, request),
    onObjectCreated: (listener) => context.notifications.onObjectCreated(listener),
    bucket: (name) => store.bucket(name),
    configureBucket: (name, settings) => store.saveBucket(name, cloud.clock.now(), settings),
    setBucketPolicy: (name, policy) => store.savePolicy(name, policy),
    statistics: () => Object.fromEntries([...counts].map(([action, count]) => [action, { ...count }])),
  };
}

function sizeOf(body: unknown): number {
  if (body instanceof Uint8Array) return body.byteLength;
  return typeof body === 'string' ? Buffer.byteLength(body) : 0;
}
