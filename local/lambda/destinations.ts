import { UnsupportedError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { FunctionConfiguration } from './model.ts';

/** Who sends to a destination: a function, with the permissions of its role. */
export type Sender = Pick<FunctionConfiguration, 'arn' | 'roleArn'>;

/** Sends a record to a destination or dead-letter queue: an SQS queue, an event bus or another function. */
export async function sendTo(
  cloud: CloudContext,
  sender: Sender,
  destinationArn: string,
  record: Record<string, unknown>,
): Promise<void> {
  const caller = { kind: 'role', roleArn: sender.roleArn } as const;
  const [, , service = '', region = '', account = '', ...rest] = destinationArn.split(':');
  const body = JSON.stringify(record);
  switch (service) {
    case 'sqs':
      await cloud.gateway.call({
        service: 'sqs',
        action: 'SendMessage',
        input: {
          QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/${rest.join(':')}`,
          MessageBody: body,
        },
        caller,
      });
      return;
    case 'events':
      await cloud.gateway.call({
        service: 'events',
        action: 'PutEvents',
        input: {
          Entries: [
            {
              Source: 'lambda',
              DetailType: 'Lambda Function Invocation Result',
              Detail: body,
              EventBusName: destinationArn,
              Resources: [sender.arn],
            },
          ],
        },
        caller,
      });
      return;
    case 'lambda':
      await cloud.gateway.call({
        service: 'lambda',
        action: 'Invoke',
        input: {
          FunctionName: destinationArn,
          InvocationType: 'Event',
          Payload: new TextEncoder().encode(body),
        },
        caller,
      });
      return;
    default:
      throw new UnsupportedError(`a Lambda destination of ${service}: ${destinationArn}`);
  }
}
