import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';

/** Seconds, bytes and names as in the SQS quotas. */
export const MAX_MESSAGE_BYTES = 1_048_576;
export const MAX_VISIBILITY_SECONDS = 43_200;
export const DEDUPLICATION_MS = 5 * 60_000;

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const bytes = z.union([
  z.instanceof(Uint8Array),
  z.string().transform((text) => Uint8Array.from(Buffer.from(text, 'base64'))),
]);

export const messageAttributes = z.record(
  z.string(),
  z.strictObject({
    DataType: z.string().regex(/^(String|Number|Binary)(\..+)?$/),
    StringValue: z.string().optional(),
    BinaryValue: bytes.optional(),
    StringListValues: z.array(z.string()).max(0).optional(),
    BinaryListValues: z.array(bytes).max(0).optional(),
  }),
);

/** What a queue may be given, beside what SQS computes. Values are text, as on the wire. */
export const settableAttributes = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'Policy',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
] as const;
type SettableAttribute = (typeof settableAttributes)[number];

export type QueueAttributes = Readonly<Partial<Record<SettableAttribute, string>>>;

/** A queue as it is stored; times in epoch milliseconds. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: QueueAttributes;
  readonly tags: Readonly<Record<string, string>>;
  readonly created: number;
  readonly modified: number;
}

const DEFAULTS: QueueAttributes = {
  DelaySeconds: '0',
  MaximumMessageSize: String(MAX_MESSAGE_BYTES),
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

const RANGES: Partial<Record<SettableAttribute, readonly [number, number]>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, MAX_MESSAGE_BYTES],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, MAX_VISIBILITY_SECONDS],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int() });

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export function isFifo(queue: { readonly name: string }): boolean {
  return queue.name.endsWith('.fifo');
}

/** The attributes in force: what was set, over the defaults. */
export function effectiveAttributes(queue: Queue): QueueAttributes {
  const encryption = queue.attributes.KmsMasterKeyId === undefined ? {} : { SqsManagedSseEnabled: 'false' };
  const fifo = isFifo(queue) ? { FifoQueue: 'true', ContentBasedDeduplication: 'false' } : {};
  return { ...DEFAULTS, ...encryption, ...fifo, ...queue.attributes };
}

/** An attribute in force as a number: seconds or bytes. */
export function numericAttribute(queue: Queue, name: SettableAttribute): number {
  return Number(effectiveAttributes(queue)[name] ?? '0');
}

export function redriveOf(queue: Queue): RedrivePolicy | undefined {
  const text = queue.attributes.RedrivePolicy;
  return text === undefined || text === '' ? undefined : redrivePolicy.parse(JSON.parse(text));
}

/**
 * Checks attributes as CreateQueue and SetQueueAttributes do.
 * @throws ServiceError InvalidAttributeName, InvalidAttributeValue
 */
export function checkAttributes(given: Readonly<Record<string, string>>): QueueAttributes {
  const attributes: Partial<Record<SettableAttribute, string>> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = settableAttributes.find((one) => one === name);
    if (known === undefined) throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    checkAttribute(known, value);
    attributes[known] = value;
  }
  return attributes;
}

function checkAttribute(name: SettableAttribute, value: string): void {
  const range = RANGES[name];
  if (range !== undefined) {
    const number = Number(value);
    if (!Number.isInteger(number) || number < range[0] || number > range[1]) throw invalidValue(name);
  }
  if (name === 'RedrivePolicy' && value !== '') {
    const parsed = redrivePolicy.safeParse(tryJson(value));
    if (!parsed.success || parsed.data.maxReceiveCount < 1 || parsed.data.maxReceiveCount > 1000) {
      throw invalidValue(name);
    }
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalidValue(name: string): ServiceError {
  return new ServiceError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}

export const noSuchQueue = (): ServiceError =>
  new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValue', message);
