import { randomUUID } from 'node:crypto';
import { UnsupportedError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { DynamoDbService } from '../dynamodb/service.ts';
import type { SqsService } from '../sqs/service.ts';
import type { Attempt } from './async-queue.ts';
import type { EventSourceMapping } from './event-source.ts';
import { QueueSource } from './queue-source.ts';
import { StreamSource } from './stream-source.ts';

const STREAM_OWNER = 'lambda-streams';

/** The event source mappings of every function. */
export interface EventSources {
  /** Registers a mapping; it begins with `resume`. */
  add(mapping: EventSourceMapping): void;
  /** Begins to feed the functions: with what came since the last stop first. */
  resume(): Promise<void>;
  stop(): void;
}

export interface EventSourcesOptions {
  readonly cloud: CloudContext;
  readonly dynamodb: DynamoDbService;
  readonly sqs: SqsService;
  /** ARN of a function's role. */
  roleOf(functionName: string): string;
  run(functionName: string, requestId: string, payload: string): Promise<Attempt>;
}

/** Mappings from DynamoDB streams and SQS queues to functions. */
export function createEventSources(options: EventSourcesOptions): EventSources {
  const { cloud, dynamodb, sqs, run, roleOf } = options;
  const mappings: EventSourceMapping[] = [];
  const streams = new Map<string, StreamSource>();
  const endings: (() => void)[] = [];

  // A timer of a mapping that is no longer in the templates has nobody to wake.
  cloud.clock.on(STREAM_OWNER, ({ key }) => streams.get(key)?.timerDue());

  return {
    add(mapping) {
      const service = mapping.sourceArn.split(':')[2];
      const known = service === 'sqs' || (service === 'dynamodb' && mapping.sourceArn.includes('/stream/'));
      if (!known) throw new UnsupportedError(`an event source mapping from ${mapping.sourceArn}`);
      mappings.push(mapping);
    },
    async resume() {
      for (const mapping of mappings) {
        const roleArn = roleOf(mapping.functionName);
        const table = /:table\/([^/]+)\/stream\//.exec(mapping.sourceArn)?.[1];
        if (table !== undefined) {
          const functionArn = `arn:aws:lambda:${cloud.region}:${cloud.account}:function:${mapping.functionName}`;
          const source = new StreamSource({
            cloud,
            mapping,
            ownArn: functionArn,
            roleArn,
            timerOwner: STREAM_OWNER,
            run,
            failureRecord: (condition, attempts) => ({
              requestContext: {
                requestId: randomUUID(),
                functionArn,
                condition,
                approximateInvokeCount: attempts,
              },
              responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
            }),
          });
          await source.open();
          streams.set(mapping.id, source);
          dynamodb.onWrite(table, (write) => source.wrote(write));
          source.wake();
        } else {
          const source = new QueueSource({ cloud, mapping, roleArn, run });
          endings.push(sqs.onMessage(mapping.sourceArn, () => source.wake()));
        }
      }
    },
    stop() {
      for (const end of endings) end();
    },
  };
}
