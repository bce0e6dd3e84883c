import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { CloudContext } from '../core/service.ts';
import type { Attempt } from './async-queue.ts';
import { batchResult, type EventSourceMapping, passesFilters } from './event-source.ts';

export interface QueueSourceOptions {
  readonly cloud: CloudContext;
  readonly mapping: EventSourceMapping;
  /** The function's role, whose permissions receiving and deleting need. */
  readonly roleArn: string;
  run(functionName: string, requestId: string, payload: string): Promise<Attempt>;
}

const messageSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string().optional(),
  Attributes: z.record(z.string(), z.string()).optional(),
  MessageAttributes: z
    .record(
      z.string(),
      z.object({
        StringValue: z.string().optional(),
        BinaryValue: z.unknown().optional(),
        DataType: z.string(),
      }),
    )
    .optional(),
});
const receivedSchema = z.object({ Messages: z.array(messageSchema).optional() });
type Message = z.infer<typeof messageSchema>;

/**
 * Feeds a function from an SQS queue: batches of at most ten at a time, deleted when done. A message whose batch failed
 * stays and shows itself again after its visibility time-out, as the queue's own redrive policy counts it.
 */
export class QueueSource {
  readonly #options: QueueSourceOptions;
  readonly #queueUrl: string;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: QueueSourceOptions) {
    this.#options = options;
    const [, , , region = '', account = '', name = ''] = options.mapping.sourceArn.split(':');
    this.#queueUrl = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  }

  /** Takes what the queue holds; resolves when it holds nothing more that can be received. */
  wake(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    const { cloud, mapping } = this.#options;
    this.#running = cloud.activity
      .during(`queue to ${mapping.functionName}`, () => this.#drain())
      .catch((error: unknown) => cloud.log('lambda', `queue to ${mapping.functionName}: ${String(error)}`))
      .finally(() => {
        this.#running = undefined;
        if (this.#again) {
          this.#again = false;
          void this.wake();
        }
      });
    return this.#running;
  }

  #call(action: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { cloud, roleArn } = this.#options;
    return cloud.gateway.call({
      service: 'sqs',
      action,
      input: { QueueUrl: this.#queueUrl, ...input },
      caller: { kind: 'role', roleArn },
    });
  }

  async #drain(): Promise<void> {
    const { mapping } = this.#options;
    for (;;) {
      const messages: Message[] = [];
      while (messages.length < mapping.batchSize) {
        const page = receivedSchema.parse(
          await this.#call('ReceiveMessage', {
            MaxNumberOfMessages: Math.min(10, mapping.batchSize - messages.length),
            MessageSystemAttributeNames: ['All'],
            MessageAttributeNames: ['All'],
          }),
        );
        if (page.Messages === undefined || page.Messages.length === 0) break;
        messages.push(...page.Messages);
      }
      if (messages.length === 0) return;
      await this.#process(messages);
    }
  }

  async #process(messages: readonly Message[]): Promise<void> {
    const { cloud, mapping, run } = this.#options;
    const records = messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
          name,
          { stringValue: value.StringValue, binaryValue: value.BinaryValue, dataType: value.DataType },
        ]),
      ),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: mapping.sourceArn,
      awsRegion: cloud.region,
    }));
    const wanted = records.filter((record) =>
      passesFilters(mapping.filters, { ...record, body: bodyForFilter(record.body) }),
    );
    const done = new Set(
      records.filter((record) => !wanted.includes(record)).map((record) => record.messageId),
    );
    if (wanted.length > 0) {
      const attempt = await run(mapping.functionName, randomUUID(), JSON.stringify({ Records: wanted }));
      if (attempt.kind === 'ran') {
        const ids = new Set(wanted.map((record) => record.messageId));
        const result = batchResult(attempt.outcome, ids, mapping.reportsItemFailures);
        if (result.kind !== 'failed') {
          for (const id of ids) if (result.kind === 'done' || !result.failed.has(id)) done.add(id);
        }
      }
    }
    const entries = records
      .filter((record) => done.has(record.messageId))
      .map((record, index) => ({ Id: String(index), ReceiptHandle: record.receiptHandle }));
    for (let at = 0; at < entries.length; at += 10) {
      await this.#call('DeleteMessageBatch', { Entries: entries.slice(at, at + 10) });
    }
  }
}

/** A filter on `body` sees its JSON where it is JSON. */
function bodyForFilter(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
