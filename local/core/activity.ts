/**
 * Counts the work under way (requests, invocations, state transitions, undelivered events). The simulated clock moves
 * only when it is zero, so whatever starts work calls `begin` before it yields and the returned function when done.
 */
export class Activity {
  #open = new Map<number, string>();
  #next = 1;
  #waiting: (() => void)[] = [];

  /** Marks work named `label` as begun; the function returned ends it, and may be called more than once. */
  begin(label: string): () => void {
    const id = this.#next++;
    this.#open.set(id, label);
    return () => {
      if (this.#open.delete(id) && this.#open.size === 0) this.#wake();
    };
  }

  /** Runs `work` as counted work. */
  async during<T>(label: string, work: () => Promise<T>): Promise<T> {
    const end = this.begin(label);
    try {
      return await work();
    } finally {
      end();
    }
  }

  get busy(): number {
    return this.#open.size;
  }

  /** Labels of what is open, for diagnosis of a clock that does not move. */
  describe(): string[] {
    return [...this.#open.values()];
  }

  /** Resolves when nothing is open, and nothing has opened one turn of the event loop later. */
  async idle(): Promise<void> {
    for (;;) {
      if (this.#open.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#open.size === 0) return;
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
