import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { Caller, CloudContext, Service } from '../core/service.ts';
import { Messages } from './deliveries.ts';
import { parseSend, sendFields } from './messages.ts';
import { MAX_MESSAGE_BYTES, type Queue } from './model.ts';
import { Queues } from './queues.ts';
import { SqsStore } from './store.ts';
import { type MessageListener, WakeUps } from './wake-ups.ts';

export interface SqsOptions {
  /** Base of the queue URLs; SDKs send their requests to it. Asked each time, since the port is known late. */
  readonly endpoint?: () => string;
}

export interface SqsService extends Service {
  /**
   * Calls `listener` whenever the queue may hold receivable messages, beginning with those it holds already; for event
   * source mappings. The listener's work counts as activity. @returns a function that ends it
   */
  onMessage(queueArn: string, listener: MessageListener): () => void;
  /** Creates a queue or brings its attributes up to date, as a template wants it. */
  provisionQueue(
    name: string,
    attributes: Readonly<Record<string, string>>,
    tags: Readonly<Record<string, string>>,
  ): {
    readonly arn: string;
    readonly url: string;
  };
  /** The policy of a queue by its ARN; undefined where it has none. */
  policyOf(queueArn: string): unknown;
  statistics(): Record<string, unknown>;
}

const queueUrl = z.string().min(1);
const texts = z.record(z.string(), z.string());
const names = z.array(z.string()).optional();

/**
 * SQS on the journal: standard and FIFO queues, visibility by the cloud's clock, redrive, long polling. In call inputs
 * `QueueUrl` may be a URL of any host, since its last part is the queue's name.
 */
export function createSqsService(cloud: CloudContext, options: SqsOptions = {}): SqsService {
  const store = new SqsStore(cloud.journal);
  const wakeUps = new WakeUps(cloud);
  const messages = new Messages(cloud, store, wakeUps);
  const endpoint = options.endpoint ?? (() => `https://sqs.${cloud.region}.amazonaws.com`);
  const queues = new Queues(cloud, store, endpoint);
  const sent = new Map<string, number>();

  function send(queue: Queue, input: Record<string, unknown>, caller: Caller): Record<string, unknown> {
    const output = messages.send(queue, parseSend(input), caller);
    sent.set(queue.name, (sent.get(queue.name) ?? 0) + 1);
    return output;
  }

  async function receive(input: Record<string, unknown>): Promise<Record<string, unknown>> {
    const call = parseInput('ReceiveMessage', receiveInput, input, 'InvalidParameterValue');
    const received = await messages.receive(queues.find(call.QueueUrl), {
      limit: call.MaxNumberOfMessages ?? 1,
      visibility: call.VisibilityTimeout,
      wait: call.WaitTimeSeconds,
      systemNames: [...(call.AttributeNames ?? []), ...(call.MessageSystemAttributeNames ?? [])],
      attributeNames: call.MessageAttributeNames ?? [],
    });
    return received.length > 0 ? { Messages: received } : {};
  }

  async function call(
    action: string,
    input: Record<string, unknown>,
    caller: Caller,
  ): Promise<Record<string, unknown>> {
    const parse = <T>(schema: z.ZodType<T>): T => parseInput(action, schema, input, 'InvalidParameterValue');
    const onQueue = () => queues.find(parse(z.strictObject({ QueueUrl: queueUrl })).QueueUrl);
    switch (action) {
      case 'SendMessage': {
        const { QueueUrl, ...message } = parse(z.strictObject({ QueueUrl: queueUrl, ...sendFields }));
        return send(queues.find(QueueUrl), message, caller);
      }
      case 'SendMessageBatch':
        checkBatchSize(input);
        return batch(queues, action, input, (queue, entry) =>
          send(queue, parseEntry('SendMessageBatch', z.strictObject(sendFields), entry), caller),
        );
      case 'ReceiveMessage':
        return receive(input);
      case 'DeleteMessage': {
        const { QueueUrl, ReceiptHandle } = parse(
          z.strictObject({ QueueUrl: queueUrl, ReceiptHandle: z.string() }),
        );
        messages.delete(queues.find(QueueUrl), ReceiptHandle);
        return {};
      }
      case 'DeleteMessageBatch':
        return batch(queues, action, input, (queue, entry) => {
          messages.delete(
            queue,
            parseEntry(action, z.strictObject({ ReceiptHandle: z.string() }), entry).ReceiptHandle,
          );
          return {};
        });
      case 'ChangeMessageVisibility': {
        const { QueueUrl, ReceiptHandle, VisibilityTimeout } = parse(
          z.strictObject({ QueueUrl: queueUrl, ReceiptHandle: z.string(), VisibilityTimeout: z.number() }),
        );
        messages.changeVisibility(queues.find(QueueUrl), ReceiptHandle, VisibilityTimeout);
        return {};
      }
      case 'ChangeMessageVisibilityBatch':
        return batch(queues, action, input, (queue, entry) => {
          const { ReceiptHandle, VisibilityTimeout } = parseEntry(
            action,
            z.strictObject({ ReceiptHandle: z.string(), VisibilityTimeout: z.number() }),
            entry,
          );
          messages.changeVisibility(queue, ReceiptHandle, VisibilityTimeout);
          return {};
        });
      case 'CreateQueue': {
        const { QueueName, Attributes, tags } = parse(createInput);
        return { QueueUrl: queues.urlOf(queues.create(QueueName, Attributes ?? {}, tags ?? {}).name) };
      }
      case 'DeleteQueue':
        store.deleteQueue(onQueue().name);
        return {};
      case 'PurgeQueue':
        messages.purge(onQueue());
        return {};
      case 'GetQueueUrl': {
        const { QueueName } = parse(
          z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
        );
        return { QueueUrl: queues.urlOf(queues.find(QueueName).name) };
      }
      case 'GetQueueAttributes': {
        const { QueueUrl, AttributeNames } = parse(
          z.strictObject({ QueueUrl: queueUrl, AttributeNames: names }),
        );
        return { Attributes: queues.describe(queues.find(QueueUrl), AttributeNames ?? []) };
      }
      case 'SetQueueAttributes': {
        const { QueueUrl, Attributes } = parse(z.strictObject({ QueueUrl: queueUrl, Attributes: texts }));
        queues.update(queues.find(QueueUrl), Attributes);
        return {};
      }
      case 'ListQueues':
        return listQueues(parse(listInput));
      case 'ListDeadLetterSourceQueues':
        return { queueUrls: queues.sourcesOf(queues.find(parse(sourcesInput).QueueUrl)) };
      case 'TagQueue': {
        const { QueueUrl, Tags } = parse(z.strictObject({ QueueUrl: queueUrl, Tags: texts }));
        queues.tag(queues.find(QueueUrl), Tags);
        return {};
      }
      case 'UntagQueue': {
        const { QueueUrl, TagKeys } = parse(
          z.strictObject({ QueueUrl: queueUrl, TagKeys: z.array(z.string()) }),
        );
        queues.untag(queues.find(QueueUrl), TagKeys);
        return {};
      }
      case 'ListQueueTags': {
        const { tags } = onQueue();
        return Object.keys(tags).length > 0 ? { Tags: tags } : {};
      }
      default:
        throw new UnsupportedError(`sqs ${action}`);
    }
  }

  function listQueues(call: z.infer<typeof listInput>): Record<string, unknown> {
    const after = call.NextToken === undefined ? 0 : Number(Buffer.from(call.NextToken, 'base64').toString());
    const size = call.MaxResults ?? 1000;
    const { urls, more } = queues.list(call.QueueNamePrefix ?? '', after, size);
    return {
      ...(urls.length > 0 ? { QueueUrls: urls } : {}),
      ...(more && call.MaxResults !== undefined
        ? { NextToken: Buffer.from(String(after + size)).toString('base64') }
        : {}),
    };
  }

  return {
    name: 'sqs',
    call,
    onMessage(queueArn, listener) {
      const name = queueArn.split(':').at(-1) ?? '';
      const stop = wakeUps.listen(name, listener);
      wakeUps.wake(name);
      return stop;
    },
    provisionQueue(name, attributes, tags) {
      const { arn } = queues.provision(name, attributes, tags);
      return { arn, url: queues.urlOf(name) };
    },
    policyOf: (queueArn) => store.queue(queueArn.split(':').at(-1) ?? '')?.attributes.Policy || undefined,
    statistics: () => ({
      queues: store.queues().map(({ name }) => ({
        name,
        sent: sent.get(name) ?? 0,
        ...store.counts(name, cloud.clock.now()),
      })),
    }),
  };
}

/** Runs each entry of a batch by itself, so that one may fail and the others not. */
function batch(
  queues: Queues,
  action: string,
  input: Record<string, unknown>,
  run: (queue: Queue, entry: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> {
  const call = parseInput(action, batchInput, input, 'InvalidParameterValue');
  const queue = queues.find(call.QueueUrl);
  const ids = call.Entries.map(({ Id }) => Id);
  if (ids.length === 0) {
    throw new ServiceError(
      'EmptyBatchRequest',
      `There should be at least one ${action}RequestEntry in the request.`,
    );
  }
  if (ids.length > 10) {
    throw new ServiceError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${ids.length}.`,
    );
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new ServiceError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  if (ids.some((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id))) {
    throw new ServiceError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  const successful: Record<string, unknown>[] = [];
  const failed: Record<string, unknown>[] = [];
  for (const { Id, ...entry } of call.Entries) {
    try {
      successful.push({ Id, ...run(queue, entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failed.push({ Id, Code: error.code, Message: error.message, SenderFault: error.status < 500 });
    }
  }
  return { Successful: successful, ...(failed.length > 0 ? { Failed: failed } : {}) };
}

function parseEntry<T>(what: string, schema: z.ZodType<T>, input: unknown): T {
  return parseInput(what, schema, input, 'InvalidParameterValue');
}

function checkBatchSize(input: Record<string, unknown>): void {
  const entries = z.array(z.object({ MessageBody: z.string() })).safeParse(input.Entries);
  const size = entries.data?.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0) ?? 0;
  if (size > MAX_MESSAGE_BYTES) {
    throw new ServiceError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${size} bytes.`,
    );
  }
}

const batchInput = z.strictObject({
  QueueUrl: queueUrl,
  Entries: z.array(z.looseObject({ Id: z.string() })),
});
const receiveInput = z.strictObject({
  QueueUrl: queueUrl,
  AttributeNames: names,
  MessageSystemAttributeNames: names,
  MessageAttributeNames: names,
  MaxNumberOfMessages: z.number().int().optional(),
  VisibilityTimeout: z.number().int().optional(),
  WaitTimeSeconds: z.number().int().optional(),
  ReceiveRequestAttemptId: z.string().optional(),
});
const createInput = z.strictObject({
  QueueName: z.string(),
  Attributes: z.record(z.string(), z.string()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});
const listInput = z.strictObject({
  QueueNamePrefix: z.string().optional(),
  MaxResults: z.number().int().min(1).max(1000).optional(),
  NextToken: z.string().optional(),
});
const sourcesInput = z.strictObject({
  QueueUrl: queueUrl,
  MaxResults: z.number().optional(),
  NextToken: z.string().optional(),
});
