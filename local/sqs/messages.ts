import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { Caller } from '../core/service.ts';
import { md5, md5OfAttributes } from './checksums.ts';
import {
  effectiveAttributes,
  invalidParameter,
  isFifo,
  type MessageAttributes,
  messageAttributes,
  numericAttribute,
  type Queue,
} from './model.ts';
import type { SqsStore, StoredMessage } from './store.ts';

/** What XML 1.0, and so SQS, does not allow in a text. */
const INVALID_CHARACTERS = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export const sendFields = {
  MessageBody: z.string().min(1),
  DelaySeconds: z.number().int().optional(),
  MessageAttributes: messageAttributes.optional(),
  MessageSystemAttributes: messageAttributes.optional(),
  MessageGroupId: z.string().min(1).max(128).optional(),
  MessageDeduplicationId: z.string().min(1).max(128).optional(),
};
const sendInput = z.object(sendFields);
export type SendInput = z.infer<typeof sendInput>;

/** Stores a message. What SQS refuses in it is thrown. @returns the output of SendMessage */
export function storeMessage(
  store: SqsStore,
  queue: Queue,
  input: SendInput,
  caller: Caller,
  now: number,
): Record<string, unknown> {
  const attributes = input.MessageAttributes ?? {};
  checkContent(queue, input.MessageBody, attributes);
  const digests = {
    MD5OfMessageBody: md5(input.MessageBody),
    ...optional('MD5OfMessageAttributes', md5OfAttributes(attributes)),
    ...optional('MD5OfMessageSystemAttributes', md5OfAttributes(input.MessageSystemAttributes ?? {})),
  };
  const deduplicationId = deduplicationOf(queue, input);
  if (deduplicationId !== undefined) {
    const earlier = store.duplicate(queue.name, deduplicationId, now);
    if (earlier !== undefined) {
      return { MessageId: earlier.messageId, SequenceNumber: sequenceNumber(earlier.sequence), ...digests };
    }
  }
  const messageId = randomUUID();
  const id = store.insert({
    queue: queue.name,
    messageId,
    body: input.MessageBody,
    attributes,
    traceHeader: input.MessageSystemAttributes?.AWSTraceHeader?.StringValue,
    sender: senderOf(caller),
    sent: now,
    visibleAt: now + delaySeconds(queue, input) * 1000,
    groupId: input.MessageGroupId,
    deduplicationId,
  });
  if (deduplicationId !== undefined) store.remember(queue.name, deduplicationId, messageId, id, now);
  return {
    MessageId: messageId,
    ...digests,
    ...(isFifo(queue) ? { SequenceNumber: sequenceNumber(id) } : {}),
  };
}

/** Reads the fields of SendMessage from one entry of a batch or from a whole call. */
export function parseSend(input: Record<string, unknown>): SendInput {
  return parseInput('SendMessage', sendInput, input, 'InvalidParameterValue');
}

/** A message as ReceiveMessage answers it, with the attributes that were asked for. */
export function receivedMessage(
  message: StoredMessage,
  receipt: string,
  systemNames: readonly string[],
  attributeNames: readonly string[],
): Record<string, unknown> {
  const system: Record<string, string | undefined> = {
    SenderId: message.sender,
    SentTimestamp: String(message.sent),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceived),
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: message.queue.endsWith('.fifo') ? sequenceNumber(message.id) : undefined,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.sourceArn,
  };
  const wanted = Object.entries(system).filter(
    ([name, value]) => value !== undefined && (systemNames.includes('All') || systemNames.includes(name)),
  );
  const attributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => isWanted(name, attributeNames)),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(wanted.length > 0 ? { Attributes: Object.fromEntries(wanted) } : {}),
    ...optional('MD5OfMessageAttributes', md5OfAttributes(attributes)),
    ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
  };
}

function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (one) =>
      one === 'All' ||
      one === '.*' ||
      one === name ||
      (one.endsWith('.*') && name.startsWith(one.slice(0, -2))),
  );
}

function checkContent(queue: Queue, body: string, attributes: MessageAttributes): void {
  if (INVALID_CHARACTERS.test(body)) {
    throw new ServiceError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | [#x20 to #xD7FF] | [#xE000 to #xFFFD] | [#x10000 to #x10FFFF]',
    );
  }
  const limit = numericAttribute(queue, 'MaximumMessageSize');
  let size = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    if (StringValue === undefined && BinaryValue === undefined) {
      throw invalidParameter(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
      );
    }
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    size += BinaryValue?.byteLength ?? Buffer.byteLength(StringValue ?? '');
  }
  if (size > limit) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  }
}

function delaySeconds(queue: Queue, input: SendInput): number {
  if (input.DelaySeconds === undefined) return numericAttribute(queue, 'DelaySeconds');
  if (input.DelaySeconds < 0 || input.DelaySeconds > 900 || (isFifo(queue) && input.DelaySeconds > 0)) {
    const reason = isFifo(queue)
      ? 'The request include parameter that is not valid for this queue type.'
      : 'DelaySeconds must be >= 0 and <= 900.';
    throw invalidParameter(
      `Value ${input.DelaySeconds} for parameter DelaySeconds is invalid. Reason: ${reason}`,
    );
  }
  return input.DelaySeconds;
}

function deduplicationOf(queue: Queue, input: SendInput): string | undefined {
  if (!isFifo(queue)) {
    if (input.MessageDeduplicationId !== undefined) {
      throw invalidParameter(
        `Value ${input.MessageDeduplicationId} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
      );
    }
    return undefined;
  }
  if (input.MessageGroupId === undefined) {
    throw new ServiceError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  }
  if (input.MessageDeduplicationId !== undefined) return input.MessageDeduplicationId;
  if (effectiveAttributes(queue).ContentBasedDeduplication !== 'true') {
    throw invalidParameter(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return createHash('sha256').update(input.MessageBody).digest('hex');
}

function sequenceNumber(id: number): string {
  return String(id).padStart(20, '0');
}

function senderOf(caller: Caller): string {
  switch (caller.kind) {
    case 'role':
      return caller.roleArn;
    case 'service':
      return caller.service;
    case 'root':
    case 'anonymous':
      return caller.kind;
  }
}

function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
