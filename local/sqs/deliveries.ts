import { randomUUID } from 'node:crypto';
import { ServiceError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';
import { receivedMessage, type SendInput, storeMessage } from './messages.ts';
import {
  invalidParameter,
  isFifo,
  MAX_VISIBILITY_SECONDS,
  numericAttribute,
  type Queue,
  redriveOf,
} from './model.ts';
import type { SqsStore, StoredMessage } from './store.ts';
import type { WakeUps } from './wake-ups.ts';

const OWNER = 'sqs';

export interface ReceiveOptions {
  readonly limit: number;
  /** Seconds; the queue's own where undefined. */
  readonly visibility: number | undefined;
  readonly wait: number | undefined;
  readonly systemNames: readonly string[];
  readonly attributeNames: readonly string[];
}

/** Sending, receiving and deleting messages; each change is one transaction. */
export class Messages {
  readonly #cloud: CloudContext;
  readonly #store: SqsStore;
  readonly #wakeUps: WakeUps;
  readonly #polls = new Map<string, () => void>();

  constructor(cloud: CloudContext, store: SqsStore, wakeUps: WakeUps) {
    this.#cloud = cloud;
    this.#store = store;
    this.#wakeUps = wakeUps;
    cloud.clock.on(OWNER, ({ key }) => {
      const [kind, id = ''] = key.split(':');
      if (kind === 'poll') {
        this.#polls.get(id)?.();
      } else {
        wakeUps.wake(id);
        this.#arm(id);
      }
    });
  }

  /** @returns the output of SendMessage */
  send(queue: Queue, message: SendInput, caller: Caller): Record<string, unknown> {
    const output = this.#change(queue, (now) => storeMessage(this.#store, queue, message, caller, now));
    this.#wakeUps.wake(queue.name);
    return output;
  }

  /** Waits for messages up to `wait` seconds; under a simulated clock it does not wait. @returns those received, at most `limit` */
  async receive(queue: Queue, options: ReceiveOptions): Promise<Record<string, unknown>[]> {
    if (options.limit < 1 || options.limit > 10) {
      throw invalidParameter(
        `Value ${options.limit} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
      );
    }
    const visibility = checkVisibility(options.visibility ?? numericAttribute(queue, 'VisibilityTimeout'));
    const wait = options.wait ?? numericAttribute(queue, 'ReceiveMessageWaitTimeSeconds');
    if (wait < 0 || wait > 20) {
      throw invalidParameter(
        `Value ${wait} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.`,
      );
    }
    let messages = this.#take(queue, options, visibility);
    // A request over HTTP counts as activity and would stop a simulated clock at the poll's beginning for ever.
    const until = this.#cloud.clock.simulated ? 0 : this.#cloud.clock.now() + wait * 1000;
    while (messages.length === 0 && this.#cloud.clock.now() < until) {
      await this.#waitForMessages(queue.name, until);
      messages = this.#take(queue, options, visibility);
    }
    return messages;
  }

  delete(queue: Queue, receipt: string): void {
    this.#change(queue, () => {
      const message = this.#received(queue, receipt);
      if (message !== undefined) this.#store.delete(message.id);
    });
    // In a FIFO queue the next message of the group was waiting for this one.
    if (isFifo(queue)) this.#wakeUps.wake(queue.name);
  }

  purge(queue: Queue): void {
    this.#change(queue, () => this.#store.purge(queue.name));
  }

  changeVisibility(queue: Queue, receipt: string, seconds: number): void {
    checkVisibility(seconds);
    this.#change(queue, (now) => {
      const message = this.#received(queue, receipt);
      if (message === undefined || message.visibleAt <= now) {
        throw new ServiceError(
          'MessageNotInflight',
          `Value ${receipt} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
        );
      }
      this.#store.setVisibleAt(message.id, now + seconds * 1000);
    });
    if (seconds === 0) this.#wakeUps.wake(queue.name);
  }

  #take(queue: Queue, options: ReceiveOptions, visibility: number): Record<string, unknown>[] {
    return this.#cloud.journal.transaction(() => {
      const now = this.#cloud.clock.now();
      this.#store.deleteSentBefore(
        queue.name,
        now - numericAttribute(queue, 'MessageRetentionPeriod') * 1000,
      );
      const messages: Record<string, unknown>[] = [];
      const redrive = redriveOf(queue);
      const deadLetters =
        redrive === undefined
          ? undefined
          : this.#store.queue(redrive.deadLetterTargetArn.split(':').at(-1) ?? '');
      while (messages.length < options.limit) {
        const [message] = this.#store.receivable(queue, now, 1);
        if (message === undefined) break;
        if (
          redrive !== undefined &&
          deadLetters !== undefined &&
          message.receiveCount >= redrive.maxReceiveCount
        ) {
          this.#store.moveTo(message, deadLetters, queue.arn, now);
          this.#wakeUps.wake(deadLetters.name);
          continue;
        }
        const receipt = Buffer.from(`${message.id} ${randomUUID()}`).toString('base64');
        // A message that stays visible would be taken again by this very call.
        this.#store.markReceived(message, receipt, Math.max(now + visibility * 1000, now + 1), now);
        const received: StoredMessage = {
          ...message,
          receiveCount: message.receiveCount + 1,
          firstReceived: message.firstReceived ?? now,
        };
        messages.push(receivedMessage(received, receipt, options.systemNames, options.attributeNames));
      }
      this.#arm(queue.name);
      return messages;
    });
  }

  async #waitForMessages(name: string, until: number): Promise<void> {
    const id = randomUUID();
    const waiting = this.#wakeUps.wait(name);
    this.#polls.set(id, () => waiting.cancel());
    this.#cloud.clock.set(OWNER, `poll:${id}`, until, null);
    await waiting.woken;
    this.#polls.delete(id);
    this.#cloud.clock.cancel(OWNER, `poll:${id}`);
  }

  /** The message of a receipt, or undefined where it is gone or was received again since. */
  #received(queue: Queue, receipt: string): StoredMessage | undefined {
    const id = Number(Buffer.from(receipt, 'base64').toString().split(' ')[0]);
    if (!Number.isInteger(id) || id <= 0) {
      throw new ServiceError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receipt}" is not a valid receipt handle.`,
      );
    }
    const message = this.#store.message(id);
    return message?.queue === queue.name && message.receipt === receipt ? message : undefined;
  }

  /** Sets the timer for the next message that becomes visible: nobody looks at the queue of their own accord. */
  #arm(name: string): void {
    const due = this.#store.nextVisible(name, this.#cloud.clock.now());
    if (due === undefined) this.#cloud.clock.cancel(OWNER, `visible:${name}`);
    else this.#cloud.clock.set(OWNER, `visible:${name}`, due, null);
  }

  #change<T>(queue: Queue, work: (now: number) => T): T {
    return this.#cloud.journal.transaction(() => {
      const result = work(this.#cloud.clock.now());
      this.#arm(queue.name);
      return result;
    });
  }
}

function checkVisibility(seconds: number): number {
  if (seconds < 0 || seconds > MAX_VISIBILITY_SECONDS) {
    throw invalidParameter(
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and ${MAX_VISIBILITY_SECONDS}.`,
    );
  }
  return seconds;
}
