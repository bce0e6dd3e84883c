import type { CloudContext } from '../core/service.ts';

/** Called when messages may be receivable; until what it returns is done, it is not called again. */
export type MessageListener = () => void | Promise<void>;

interface Listening {
  readonly listener: MessageListener;
  running: boolean;
  again: boolean;
}

/**
 * Who waits for a queue's messages: listeners (event source mappings), whose work counts as activity, and long polls,
 * which do not, so that a simulated clock can reach their end.
 */
export class WakeUps {
  readonly #cloud: CloudContext;
  readonly #listeners = new Map<string, Set<Listening>>();
  readonly #polls = new Map<string, Set<() => void>>();

  constructor(cloud: CloudContext) {
    this.#cloud = cloud;
  }

  /** @returns a function that ends the listening */
  listen(queue: string, listener: MessageListener): () => void {
    const listening: Listening = { listener, running: false, again: false };
    const listeners = this.#listeners.get(queue) ?? new Set();
    this.#listeners.set(queue, listeners.add(listening));
    return () => listeners.delete(listening);
  }

  /** Tells everyone who waits for `queue`; safe within a transaction, since it acts only afterwards. */
  wake(queue: string): void {
    for (const listening of this.#listeners.get(queue) ?? []) {
      listening.again = true;
      if (!listening.running) void this.#run(queue, listening);
    }
    const polls = this.#polls.get(queue);
    if (polls === undefined) return;
    this.#polls.delete(queue);
    for (const resolve of polls) resolve();
  }

  /** Resolves when the queue is woken or `cancel`led. */
  wait(queue: string): { readonly woken: Promise<void>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const polls = this.#polls.get(queue) ?? new Set();
    this.#polls.set(queue, polls.add(resolve));
    return {
      woken: promise,
      cancel: () => {
        polls.delete(resolve);
        resolve();
      },
    };
  }

  async #run(queue: string, listening: Listening): Promise<void> {
    listening.running = true;
    const end = this.#cloud.activity.begin(`sqs listener of ${queue}`);
    try {
      while (listening.again) {
        listening.again = false;
        await new Promise<void>((resolve) => setImmediate(resolve));
        await listening.listener();
      }
    } catch (error) {
      // The messages stay in the queue and come back when their visibility timeout ends.
      this.#cloud.log('sqs', `a listener of ${queue} failed: ${String(error)}`);
    } finally {
      listening.running = false;
      end();
    }
  }
}
