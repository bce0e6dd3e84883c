import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import type { SqsService } from './service.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const document = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value)),
]);

const attributes = {
  ContentBasedDeduplication: scalar.optional(),
  DeduplicationScope: scalar.optional(),
  DelaySeconds: scalar.optional(),
  FifoQueue: scalar.optional(),
  FifoThroughputLimit: scalar.optional(),
  KmsDataKeyReusePeriodSeconds: scalar.optional(),
  KmsMasterKeyId: scalar.optional(),
  MaximumMessageSize: scalar.optional(),
  MessageRetentionPeriod: scalar.optional(),
  ReceiveMessageWaitTimeSeconds: scalar.optional(),
  RedriveAllowPolicy: document.optional(),
  RedrivePolicy: document.optional(),
  SqsManagedSseEnabled: scalar.optional(),
  VisibilityTimeout: scalar.optional(),
};
const queue = z.strictObject({
  ...attributes,
  QueueName: z.string().optional(),
  Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
});
const queuePolicy = z.strictObject({ Queues: z.array(z.string()), PolicyDocument: document });

/** AWS::SQS::Queue and AWS::SQS::QueuePolicy. */
export function sqsResources(service: SqsService): ResourceProviders {
  return {
    'AWS::SQS::Queue': {
      properties: [...Object.keys(attributes), 'QueueName', 'Tags'],
      async provision(request) {
        const { QueueName, Tags, ...given } = parseInput(request.type, queue, request.properties);
        const fifo = given.FifoQueue === 'true';
        const name = QueueName ?? (fifo ? `${request.physicalName(75)}.fifo` : request.physicalName(80));
        const set = Object.entries(given).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        );
        const tags = Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]));
        const { arn, url } = service.provisionQueue(name, Object.fromEntries(set), tags);
        return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
      },
    },
    'AWS::SQS::QueuePolicy': {
      properties: ['Queues', 'PolicyDocument'],
      async provision(request) {
        const { Queues, PolicyDocument } = parseInput(request.type, queuePolicy, request.properties);
        for (const QueueUrl of Queues) {
          await service.call(
            'SetQueueAttributes',
            { QueueUrl, Attributes: { Policy: PolicyDocument } },
            { kind: 'root' },
          );
        }
        return { ref: request.physicalName(), attributes: { Id: request.physicalName() } };
      },
    },
  };
}
