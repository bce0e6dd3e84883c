import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSqsService } from '../../../local/sqs/service.ts';
import { call, type TestCloud, testCloud } from './support.ts';

const START = Date.parse('2026-09-01T08:00:00.000Z');

async function queue(attributes: Record<string, string> = {}, QueueName = 'q') {
  const cloud = testCloud(new Date(START).toISOString());
  const sqs = createSqsService(cloud);
  cloud.gateway.register(sqs);
  await call(cloud, 'sqs', 'CreateQueue', { QueueName, Attributes: attributes });
  return { cloud, sqs };
}
const sqs = (cloud: TestCloud, action: string, input: Record<string, unknown> = {}, QueueUrl = 'q') =>
  call(cloud, 'sqs', action, { QueueUrl, ...input });
type Message = { Body: string; ReceiptHandle: string; MessageId: string; Attributes: Record<string, string> };
async function receive(cloud: TestCloud, input: Record<string, unknown> = {}, QueueUrl = 'q') {
  const { Messages = [] } = await sqs(
    cloud,
    'ReceiveMessage',
    { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...input },
    QueueUrl,
  );
  return Messages as Message[];
}
const bodies = (messages: Message[]) => messages.map(({ Body }) => Body);

describe('a standard queue', () => {
  it('hides a message while it is received, and shows it again by the clock', async () => {
    const { cloud } = await queue();
    await sqs(cloud, 'SendMessage', { MessageBody: 'a' });
    expect(bodies(await receive(cloud))).toEqual(['a']);
    expect(bodies(await receive(cloud))).toEqual([]);
    await cloud.clock.advanceTo(START + 29_999);
    expect(bodies(await receive(cloud))).toEqual([]);
    await cloud.clock.advanceTo(START + 30_000);
    const [again] = await receive(cloud);
    expect(again!.Attributes.ApproximateReceiveCount).toBe('2');
    await sqs(cloud, 'DeleteMessage', { ReceiptHandle: again!.ReceiptHandle });
    await cloud.clock.advanceTo(START + 100_000);
    expect(bodies(await receive(cloud))).toEqual([]);
  });

  it('does not delete by the receipt of an earlier reception', async () => {
    const { cloud } = await queue({ VisibilityTimeout: '1' });
    await sqs(cloud, 'SendMessage', { MessageBody: 'a' });
    const [first] = await receive(cloud);
    await cloud.clock.advanceTo(START + 1000);
    await receive(cloud);
    await sqs(cloud, 'DeleteMessage', { ReceiptHandle: first!.ReceiptHandle });
    await cloud.clock.advanceTo(START + 2000);
    expect(bodies(await receive(cloud))).toEqual(['a']);
  });

  it('delays, extends and ends visibility', async () => {
    const { cloud } = await queue({ DelaySeconds: '5' });
    await sqs(cloud, 'SendMessage', { MessageBody: 'a' });
    expect(await receive(cloud)).toEqual([]);
    await cloud.clock.advanceTo(START + 5000);
    const [message] = await receive(cloud, { VisibilityTimeout: 10 });
    await sqs(cloud, 'ChangeMessageVisibility', {
      ReceiptHandle: message!.ReceiptHandle,
      VisibilityTimeout: 60,
    });
    await cloud.clock.advanceTo(START + 20_000);
    expect(await receive(cloud)).toEqual([]);
    await sqs(cloud, 'ChangeMessageVisibility', {
      ReceiptHandle: message!.ReceiptHandle,
      VisibilityTimeout: 0,
    });
    expect(bodies(await receive(cloud))).toEqual(['a']);
  });

  it('moves what was received too often to its dead-letter queue', async () => {
    const { cloud } = await queue({
      VisibilityTimeout: '1',
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: 'arn:aws:sqs:eu-west-2:000000000000:dead',
        maxReceiveCount: 2,
      }),
    });
    await call(cloud, 'sqs', 'CreateQueue', { QueueName: 'dead' });
    await sqs(cloud, 'SendMessage', { MessageBody: 'a' });
    for (let second = 0; second < 2; second++) {
      expect(bodies(await receive(cloud))).toEqual(['a']);
      await cloud.clock.advanceTo(START + (second + 1) * 1000);
    }
    expect(await receive(cloud)).toEqual([]);
    const [dead] = await receive(cloud, {}, 'dead');
    expect(dead).toMatchObject({
      Body: 'a',
      Attributes: { ApproximateReceiveCount: '1', DeadLetterQueueSourceArn: expect.stringMatching(/:q$/) },
    });
  });

  it('forgets messages after their retention', async () => {
    const { cloud } = await queue({ MessageRetentionPeriod: '60' });
    await sqs(cloud, 'SendMessage', { MessageBody: 'a' });
    await cloud.clock.advanceTo(START + 60_000);
    expect(await receive(cloud)).toEqual([]);
  });

  it('answers the digests that SDKs verify', async () => {
    const { cloud } = await queue();
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const sent = await sqs(cloud, 'SendMessage', {
      MessageBody: 'ŵ',
      MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } },
    });
    expect(sent.MD5OfMessageBody).toBe(md5('ŵ'));
    expect(sent.MD5OfMessageAttributes).toBe(md5('\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01x'));
  });

  it('tells its listeners, whose work is activity, also when a message comes back', async () => {
    const { cloud, sqs: service } = await queue({ VisibilityTimeout: '7' });
    const seen: string[] = [];
    service.onMessage('arn:aws:sqs:eu-west-2:000000000000:q', async () => {
      for (const { Body } of await receive(cloud)) {
        seen.push(`${Body} at ${cloud.clock.now() - START}`);
      }
    });
    await sqs(cloud, 'SendMessage', { MessageBody: 'a' });
    expect(cloud.activity.busy).toBe(1);
    await cloud.clock.advanceTo(START + 8000);
    expect(seen).toEqual(['a at 0', 'a at 7000']);
  });

  it('answers each entry of a batch by itself', async () => {
    const { cloud } = await queue({ MaximumMessageSize: '1024' });
    const answer = await sqs(cloud, 'SendMessageBatch', {
      Entries: [
        { Id: '1', MessageBody: 'a' },
        { Id: '2', MessageBody: 'x'.repeat(1025) },
      ],
    });
    expect(answer).toMatchObject({
      Successful: [{ Id: '1' }],
      Failed: [{ Id: '2', Code: 'InvalidParameterValue', SenderFault: true }],
    });
    const [message] = await receive(cloud);
    const deleted = await sqs(cloud, 'DeleteMessageBatch', {
      Entries: [
        { Id: '1', ReceiptHandle: message!.ReceiptHandle },
        { Id: '2', ReceiptHandle: 'nonsense' },
      ],
    });
    expect(deleted).toMatchObject({
      Successful: [{ Id: '1' }],
      Failed: [{ Id: '2', Code: 'ReceiptHandleIsInvalid' }],
    });
  });

  it('refuses as SQS does', async () => {
    const { cloud } = await queue();
    await expect(sqs(cloud, 'SendMessage', { MessageBody: 'a' }, 'none')).rejects.toMatchObject({
      code: 'QueueDoesNotExist',
    });
    await expect(sqs(cloud, 'ReceiveMessage', { MaxNumberOfMessages: 11 })).rejects.toMatchObject({
      code: 'InvalidParameterValue',
    });
    await expect(sqs(cloud, 'SendMessageBatch', { Entries: [] })).rejects.toMatchObject({
      code: 'EmptyBatchRequest',
    });
    await expect(sqs(cloud, 'SendMessage', { MessageBody: 'a\u0000' })).rejects.toMatchObject({
      code: 'InvalidMessageContents',
    });
    await expect(
      call(cloud, 'sqs', 'CreateQueue', { QueueName: 'q', Attributes: { VisibilityTimeout: '1' } }),
    ).rejects.toMatchObject({ code: 'QueueNameExists' });
    await expect(
      call(cloud, 'sqs', 'CreateQueue', { QueueName: 'p', Attributes: { DelaySeconds: '901' } }),
    ).rejects.toMatchObject({ code: 'InvalidAttributeValue' });
    await expect(sqs(cloud, 'AddPermission')).rejects.toThrow('sqs AddPermission');
  });
});

describe('a FIFO queue', () => {
  const send = (cloud: TestCloud, MessageBody: string, MessageGroupId: string) =>
    sqs(cloud, 'SendMessage', { MessageBody, MessageGroupId }, 'q.fifo');

  it('keeps the order of a group and deduplicates for five minutes', async () => {
    const { cloud } = await queue({ FifoQueue: 'true', ContentBasedDeduplication: 'true' }, 'q.fifo');
    const first = await send(cloud, 'a', '1');
    const again = await send(cloud, 'a', '1');
    expect(again.MessageId).toBe(first.MessageId);
    await send(cloud, 'b', '1');
    await send(cloud, 'c', '2');
    const [one] = await receive(cloud, { MaxNumberOfMessages: 1 }, 'q.fifo');
    expect(one!.Body).toBe('a');
    expect(bodies(await receive(cloud, {}, 'q.fifo'))).toEqual(['c']);
    await sqs(cloud, 'DeleteMessage', { ReceiptHandle: one!.ReceiptHandle }, 'q.fifo');
    expect(bodies(await receive(cloud, {}, 'q.fifo'))).toEqual(['b']);
    await cloud.clock.advanceTo(START + 5 * 60_000);
    expect((await send(cloud, 'a', '1')).MessageId).not.toBe(first.MessageId);
  });
});

describe('long polling on a real clock', () => {
  it('waits for a message, or for the end of the wait', async () => {
    const cloud = testCloud('real');
    cloud.gateway.register(createSqsService(cloud));
    cloud.clock.start();
    await call(cloud, 'sqs', 'CreateQueue', { QueueName: 'q' });
    const waiting = receive(cloud, { WaitTimeSeconds: 20 });
    const other = receive(cloud, { WaitTimeSeconds: 1 });
    expect(cloud.activity.busy).toBe(0);
    expect(await other).toEqual([]);
    await sqs(cloud, 'SendMessage', { MessageBody: 'a' });
    expect(bodies(await waiting)).toEqual(['a']);
    cloud.clock.stop();
  });
});
