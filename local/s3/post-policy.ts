import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { Caller } from '../core/service.ts';
import { type AccessKeys, isPolicySigned, readCredential } from './signature.ts';

/** The fields of a posted form that came before the file, by name in lower case, and the file. */
export interface PostedForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

const conditionSchema = z.union([
  z.tuple([z.string(), z.union([z.string(), z.number()]), z.union([z.string(), z.number()])]),
  z.record(z.string(), z.string()),
]);
const policySchema = z.object({ expiration: z.string(), conditions: z.array(conditionSchema) });
type Condition = z.infer<typeof conditionSchema>;

/** Fields that need no condition of their own (S3 API, "POST Policy"). */
const FREE_FIELDS = new Set(['policy', 'x-amz-signature', 'signature', 'awsaccesskeyid', 'file']);

/** Reads `multipart/form-data`; fields after the file are ignored, as S3 does. */
export async function readForm(contentType: string, body: Uint8Array): Promise<PostedForm> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new ServiceError(
      'MalformedPOSTRequest',
      'The body of your POST request is not well-formed multipart/form-data.',
    );
  }
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (name === 'file') {
      const bytes =
        typeof value === 'string'
          ? new TextEncoder().encode(value)
          : new Uint8Array(await value.arrayBuffer());
      return { fields, fileName: typeof value === 'string' ? '' : value.name, bytes };
    }
    if (typeof value === 'string') fields.set(name.toLowerCase(), value);
  }
  throw new ServiceError('InvalidArgument', 'POST requires exactly one file upload per request.');
}

/**
 * Verifies a posted form against its own signed policy at `now` (epoch ms): signature, expiry, every condition, and
 * that no field goes without one. Returns whose access key signed it.
 */
export function verifyPolicy(bucket: string, form: PostedForm, keys: AccessKeys, now: number): Caller {
  const encoded = form.fields.get('policy');
  if (encoded === undefined) throw new ServiceError('AccessDenied', 'Access Denied', 403);
  const credential = readCredential(form.fields.get('x-amz-credential') ?? '');
  if (credential === undefined || form.fields.get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new ServiceError(
      'InvalidArgument',
      "Bucket POST must contain a field named 'X-Amz-Credential' and 'X-Amz-Algorithm'.",
    );
  }
  const known = keys.callerOf(credential.accessKeyId);
  if (known === undefined) {
    throw new ServiceError(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      403,
      { AWSAccessKeyId: credential.accessKeyId },
    );
  }
  const signature = form.fields.get('x-amz-signature') ?? '';
  if (!isPolicySigned(encoded, signature, credential, known.secretAccessKey)) {
    throw new ServiceError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
    );
  }
  const policy = readPolicy(encoded);
  const expiration = Date.parse(policy.expiration);
  if (Number.isNaN(expiration)) {
    throw new ServiceError('InvalidPolicyDocument', 'Invalid Policy: Invalid expiration.');
  }
  if (now > expiration) throw refused('Policy expired.');
  const covered = new Set<string>();
  for (const condition of policy.conditions) checkCondition(condition, bucket, form, covered);
  const extra = [...form.fields.keys()].filter(
    (name) => !FREE_FIELDS.has(name) && !name.startsWith('x-ignore-') && !covered.has(name),
  );
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(', ')}`);
  return known.caller;
}

function readPolicy(encoded: string): z.infer<typeof policySchema> {
  try {
    return policySchema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  } catch {
    throw new ServiceError('InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.');
  }
}

function refused(why: string): ServiceError {
  return new ServiceError('AccessDenied', `Invalid according to Policy: ${why}`, 403);
}

function checkCondition(condition: Condition, bucket: string, form: PostedForm, covered: Set<string>): void {
  const actualOf = (name: string) => (name === 'bucket' ? bucket : (form.fields.get(name) ?? ''));
  if (!Array.isArray(condition)) {
    for (const [field, value] of Object.entries(condition)) {
      const name = field.toLowerCase();
      covered.add(name);
      if (actualOf(name) !== value) {
        throw refused(`Policy Condition failed: ["eq", "$${field}", "${value}"]`);
      }
    }
    return;
  }
  const [operator, operand, value] = condition;
  const shown = `Policy Condition failed: ${JSON.stringify(condition).replaceAll('",', '", ')}`;
  switch (operator.toLowerCase()) {
    case 'content-length-range':
      checkLength(form.bytes.byteLength, Number(operand), Number(value));
      return;
    case 'eq':
    case 'starts-with': {
      const name = String(operand).replace(/^\$/, '').toLowerCase();
      covered.add(name);
      const actual = actualOf(name);
      const holds =
        operator.toLowerCase() === 'eq' ? actual === String(value) : actual.startsWith(String(value));
      if (!holds) throw refused(shown);
      return;
    }
    default:
      throw new ServiceError('InvalidPolicyDocument', `Invalid Policy: Invalid Condition: ${operator}`);
  }
}

function checkLength(size: number, least: number, most: number): void {
  if (size > most) {
    throw new ServiceError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
      ProposedSize: size,
      MaxSizeAllowed: most,
    });
  }
  if (size < least) {
    throw new ServiceError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
      {
        ProposedSize: size,
        MinSizeAllowed: least,
      },
    );
  }
}
