import { ServiceError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import {
  checkAttributes,
  effectiveAttributes,
  invalidParameter,
  isFifo,
  noSuchQueue,
  type Queue,
  type QueueAttributes,
  redriveOf,
} from './model.ts';
import type { SqsStore } from './store.ts';

type Texts = Readonly<Record<string, string>>;

/** The queues themselves: creating, finding, describing them. */
export class Queues {
  readonly #cloud: CloudContext;
  readonly #store: SqsStore;
  readonly #endpoint: () => string;

  /** @param endpoint base of the queue URLs, asked each time */
  constructor(cloud: CloudContext, store: SqsStore, endpoint: () => string) {
    this.#cloud = cloud;
    this.#store = store;
    this.#endpoint = endpoint;
  }

  urlOf(name: string): string {
    return `${this.#endpoint()}/${this.#cloud.account}/${name}`;
  }

  /** The queue of a URL (of any host), an ARN or a name. @throws ServiceError QueueDoesNotExist */
  find(url: string): Queue {
    const queue = this.#store.queue(url.split(/[/:]/).at(-1) ?? '');
    if (queue === undefined) throw noSuchQueue();
    return queue;
  }

  /** CreateQueue: an existing queue with the same attributes is answered as if new. */
  create(name: string, given: Texts, tags: Texts): Queue {
    if (!/^[A-Za-z0-9_-]{1,80}$|^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name)) {
      throw invalidParameter(
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    const attributes = checkAttributes(given);
    if (isFifo({ name }) !== (attributes.FifoQueue === 'true')) {
      throw invalidParameter(
        'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
      );
    }
    const existing = this.#store.queue(name);
    if (existing !== undefined) {
      const inForce = effectiveAttributes(existing);
      const other = keysOf(attributes).find((key) => attributes[key] !== inForce[key]);
      if (other !== undefined) {
        throw new ServiceError(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${other}`,
        );
      }
      return existing;
    }
    const now = this.#cloud.clock.now();
    const queue: Queue = {
      name,
      arn: `arn:aws:sqs:${this.#cloud.region}:${this.#cloud.account}:${name}`,
      attributes,
      tags,
      created: now,
      modified: now,
    };
    this.#store.saveQueue(queue);
    return queue;
  }

  /** Creates a queue or brings its attributes up to date, as a template wants it. */
  provision(name: string, given: Texts, tags: Texts): Queue {
    const existing = this.#store.queue(name);
    if (existing === undefined) return this.create(name, given, tags);
    const attributes = withPolicy(checkAttributes(given), existing);
    const queue = { ...existing, attributes, tags, modified: this.#cloud.clock.now() };
    this.#store.saveQueue(queue);
    return queue;
  }

  /** SetQueueAttributes: an empty value removes the attribute. */
  update(queue: Queue, given: Texts): void {
    const merged: Record<string, string | undefined> = { ...queue.attributes, ...checkAttributes(given) };
    const kept = Object.entries(merged).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    );
    this.#store.saveQueue({
      ...queue,
      attributes: checkAttributes(Object.fromEntries(kept)),
      modified: this.#cloud.clock.now(),
    });
  }

  /** GetQueueAttributes. @param wanted names, or `All` */
  describe(queue: Queue, wanted: readonly string[]): Record<string, string> {
    const counts = this.#store.counts(queue.name, this.#cloud.clock.now());
    const all: Record<string, string | undefined> = {
      ...effectiveAttributes(queue),
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(counts.visible),
      ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
      ApproximateNumberOfMessagesDelayed: String(counts.delayed),
      CreatedTimestamp: String(Math.floor(queue.created / 1000)),
      LastModifiedTimestamp: String(Math.floor(queue.modified / 1000)),
    };
    const result: Record<string, string> = {};
    for (const name of wanted.includes('All') ? Object.keys(all) : wanted) {
      const value = all[name];
      if (value !== undefined) result[name] = value;
    }
    return result;
  }

  /** One page of the queues' URLs; `after` counts those already listed. */
  list(prefix: string, after: number, size: number): { readonly urls: string[]; readonly more: boolean } {
    const matching = this.#store.queues().filter(({ name }) => name.startsWith(prefix));
    return {
      urls: matching.slice(after, after + size).map(({ name }) => this.urlOf(name)),
      more: after + size < matching.length,
    };
  }

  /** URLs of the queues whose undeliverable messages go to `queue`. */
  sourcesOf(queue: Queue): string[] {
    return this.#store
      .queues()
      .filter((one) => redriveOf(one)?.deadLetterTargetArn === queue.arn)
      .map(({ name }) => this.urlOf(name));
  }

  tag(queue: Queue, tags: Texts): void {
    this.#store.saveQueue({ ...queue, tags: { ...queue.tags, ...tags } });
  }

  untag(queue: Queue, keys: readonly string[]): void {
    const tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !keys.includes(key)));
    this.#store.saveQueue({ ...queue, tags });
  }
}

/** A queue's policy is a resource of its own (AWS::SQS::QueuePolicy), so it outlives an update of the queue. */
function withPolicy(attributes: QueueAttributes, existing: Queue): QueueAttributes {
  const { Policy } = existing.attributes;
  return Policy === undefined || attributes.Policy !== undefined ? attributes : { ...attributes, Policy };
}

function keysOf<K extends string>(record: Readonly<Partial<Record<K, string>>>): K[] {
  const keys: K[] = [];
  for (const key in record) keys.push(key);
  return keys;
}
