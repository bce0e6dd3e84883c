import { ServiceError } from '../core/errors.ts';
import type { ServiceCall } from '../core/service.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { bucketArn } from '../iam/requirements/s3.ts';

const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchVersion']);

/**
 * S3 says that an object is missing only to who may list its bucket; to anybody else it is forbidden, so that a function
 * without s3:ListBucket never learns of a 404 (S3 API, GetObject, "Permissions").
 */
export function hideMissing(guard: Pick<Authorizer, 'mayDo'>, call: ServiceCall, error: unknown): unknown {
  const { service, input, caller } = call;
  if (service !== 's3' || (caller.kind !== 'role' && caller.kind !== 'anonymous')) return error;
  if (!(error instanceof ServiceError) || !MISSING.has(error.code) || typeof input.Bucket !== 'string')
    return error;
  const list = { action: 's3:ListBucket', resource: bucketArn(input.Bucket) };
  return guard.mayDo(caller, list) ? error : new ServiceError('AccessDenied', 'Access Denied', 403);
}
