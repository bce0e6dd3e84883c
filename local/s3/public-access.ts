import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { Bucket, BucketSettings } from './model.ts';

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const policySchema = z.object({
  Statement: z.union([
    z.array(z.record(z.string(), z.unknown())),
    z.record(z.string(), z.unknown()).transform((one) => [one]),
  ]),
});
const conditionSchema = z.record(z.string(), z.record(z.string(), list.catch([])));

/** Keys that, held to fixed values by a positive operator, keep a policy from being public. */
const FIXING_KEYS = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
]);
const FIXING_OPERATORS = /^(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like)|IpAddress)$/;

/**
 * Whether S3 takes a bucket policy for public: some Allow is for everybody and not held to fixed values (S3 User Guide,
 * "The meaning of public").
 *
 * @param policy JSON
 */
export function isPublicPolicy(policy: string): boolean {
  return policySchema
    .parse(JSON.parse(policy))
    .Statement.some(
      (statement) =>
        statement.Effect === 'Allow' && namesEverybody(statement) && !holdsToFixedValues(statement.Condition),
    );
}

/** Refuses a policy that the bucket's BlockPublicPolicy forbids. */
export function assertPolicyNotBlocked(settings: BucketSettings, policy: string): void {
  if (settings.publicAccessBlock.BlockPublicPolicy && isPublicPolicy(policy)) {
    throw new ServiceError(
      'AccessDenied',
      'User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
      403,
    );
  }
}

/** Refuses a request without a signature where RestrictPublicBuckets keeps a public policy to the account itself. */
export function assertNotRestricted(bucket: Bucket): void {
  if (
    bucket.policy !== undefined &&
    bucket.settings.publicAccessBlock.RestrictPublicBuckets &&
    isPublicPolicy(bucket.policy)
  ) {
    throw new ServiceError('AccessDenied', 'Access Denied', 403);
  }
}

/** Refuses a canned ACL that grants anything: buckets have ACLs disabled, as new ones on AWS do. */
export function assertNoGrant(settings: BucketSettings, acl: unknown): void {
  if (acl === undefined || acl === 'private' || acl === 'bucket-owner-full-control') return;
  if (settings.publicAccessBlock.BlockPublicAcls && String(acl).startsWith('public-')) {
    throw new ServiceError('AccessDenied', 'Access Denied', 403);
  }
  throw new ServiceError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

function namesEverybody(statement: Readonly<Record<string, unknown>>): boolean {
  if (statement.NotPrincipal !== undefined) return true;
  const principal = statement.Principal;
  if (typeof principal === 'string') return principal === '*';
  const named = z.record(z.string(), list).safeParse(principal);
  return named.success && Object.values(named.data).some((names) => names.includes('*'));
}

function holdsToFixedValues(condition: unknown): boolean {
  const parsed = conditionSchema.safeParse(condition);
  if (!parsed.success) return false;
  return Object.entries(parsed.data).some(
    ([operator, keys]) =>
      FIXING_OPERATORS.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) =>
          FIXING_KEYS.has(key.toLowerCase()) &&
          values.length > 0 &&
          values.every((value) => isFixed(key, value)),
      ),
  );
}

/** No wildcard and no variable; of an address, no range that is as good as all (S3 takes /8 and narrower). */
function isFixed(key: string, value: string): boolean {
  if (key.toLowerCase() === 'aws:sourceip') return Number(value.split('/')[1] ?? 32) >= 8;
  return !/[*?]|\$\{/.test(value);
}
