import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { DynamoDbService } from '../dynamodb/service.ts';
import { forgetStreamPlace } from '../dynamodb/streams.ts';
import { compileFilters, type EventSourceMapping } from '../lambda/event-source.ts';
import { QueueSource } from '../lambda/queue-source.ts';
import { StreamSource } from '../lambda/stream-source.ts';
import type { SqsService } from '../sqs/service.ts';
import { deliver } from './delivery.ts';
import type { StoredPipe } from './model.ts';

const OWNER = 'pipes';
const batchSchema = z.object({ Records: z.array(z.unknown()) });

export interface PipeSourcesOptions {
  readonly cloud: CloudContext;
  readonly dynamodb: DynamoDbService;
  readonly sqs: SqsService;
}

/** Name under which a pipe's place in a stream and its timers are kept. */
const placeOf = (pipe: StoredPipe): string => `pipe/${pipe.definition.Name}`;

const tableOf = (sourceArn: string): string | undefined => /:table\/([^/]+)\/stream\//.exec(sourceArn)?.[1];

/** Reads the sources of the pipes that run. */
export class PipeSources {
  readonly #options: PipeSourcesOptions;
  readonly #streams = new Map<string, StreamSource>();
  readonly #endings = new Map<string, () => void>();

  constructor(options: PipeSourcesOptions) {
    this.#options = options;
    options.cloud.clock.on(OWNER, ({ key }) => this.#streams.get(key)?.timerDue());
  }

  /** Begins to read; from then on nothing is missed. @throws ServiceError where the source cannot be read */
  async open(pipe: StoredPipe): Promise<void> {
    this.close(pipe);
    const { cloud, dynamodb, sqs } = this.#options;
    const mapping = mappingOf(pipe);
    const { RoleArn: roleArn, Source, Name } = pipe.definition;
    const run = (_name: string, _requestId: string, payload: string) =>
      deliver(cloud, pipe, batchSchema.parse(JSON.parse(payload)).Records);
    const table = tableOf(Source);
    if (table === undefined) {
      const source = new QueueSource({ cloud, mapping, roleArn, run });
      this.#endings.set(
        Name,
        sqs.onMessage(Source, () => source.wake()),
      );
      return;
    }
    const failureRecord = (condition: string) => ({ context: { partnerResourceArn: pipe.arn, condition } });
    const source = new StreamSource({
      cloud,
      mapping,
      ownArn: pipe.arn,
      roleArn,
      timerOwner: OWNER,
      run,
      failureRecord,
    });
    await source.open();
    this.#streams.set(mapping.id, source);
    const unlisten = dynamodb.onWrite(table, (write) => source.wrote(write));
    this.#endings.set(Name, () => {
      unlisten();
      source.close();
      this.#streams.delete(mapping.id);
    });
    source.wake();
  }

  /** Reads no more; the place in a stream is kept. */
  close(pipe: StoredPipe): void {
    this.#endings.get(pipe.definition.Name)?.();
    this.#endings.delete(pipe.definition.Name);
  }

  /** Ends a pipe for good. */
  forget(pipe: StoredPipe): void {
    this.close(pipe);
    forgetStreamPlace(this.#options.cloud, placeOf(pipe));
  }

  stop(): void {
    for (const end of this.#endings.values()) end();
    this.#endings.clear();
  }
}

/** Why a pipe's source is refused, or undefined. @throws UnsupportedError for a kind that is not read here */
export function checkSource(definition: StoredPipe['definition']): string | undefined {
  const { Source, SourceParameters } = definition;
  if (tableOf(Source) !== undefined) {
    return SourceParameters?.DynamoDBStreamParameters === undefined
      ? 'DynamoDBStreamParameters are required for a source that is a DynamoDB stream.'
      : undefined;
  }
  if (Source.split(':')[2] !== 'sqs') throw new UnsupportedError(`the source ${Source}`);
  return undefined;
}

/** Compiled as events are matched. @throws ServiceError ValidationException for a pattern that is none */
export function filtersOf(definition: StoredPipe['definition']): EventSourceMapping['filters'] {
  const patterns = definition.SourceParameters?.FilterCriteria?.Filters ?? [];
  try {
    return compileFilters(patterns.map(({ Pattern }) => Pattern));
  } catch (error) {
    throw new ServiceError(
      'ValidationException',
      `Filter pattern is not valid: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function mappingOf(pipe: StoredPipe): EventSourceMapping {
  const { definition } = pipe;
  const { DynamoDBStreamParameters: stream, SqsQueueParameters: queue } = definition.SourceParameters ?? {};
  return {
    id: placeOf(pipe),
    sourceArn: definition.Source,
    functionName: `pipe ${definition.Name}`,
    batchSize: stream?.BatchSize ?? queue?.BatchSize ?? 1,
    filters: filtersOf(definition),
    startingPosition: stream?.StartingPosition ?? 'TRIM_HORIZON',
    bisect: stream?.OnPartialBatchItemFailure === 'AUTOMATIC_BISECT',
    maximumRetryAttempts: stream?.MaximumRetryAttempts ?? -1,
    maximumRecordAgeSeconds: stream?.MaximumRecordAgeInSeconds ?? -1,
    reportsItemFailures: definition.Target.split(':')[2] === 'lambda',
    onFailure: stream?.DeadLetterConfig?.Arn,
  };
}
