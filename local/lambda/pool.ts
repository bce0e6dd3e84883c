import type { InvokeMessage, Outcome } from './model.ts';
import type { Sandbox } from './worker.ts';

export interface PoolOptions {
  /** Sandboxes of all functions together, idle ones included; some 25 MB each. */
  readonly maxSandboxes: number;
  /** Sandboxes of one function that run at once; further invocations wait for one. */
  readonly maxPerFunction: number;
  start(functionName: string): Sandbox;
}

/** How an invocation went in its sandbox. Times are real milliseconds. */
export interface PoolResult {
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Time that loading took, where this invocation started the sandbox. */
  readonly coldMs: number | undefined;
}

interface Waiting {
  readonly functionName: string;
  readonly message: InvokeMessage;
  resolve(result: PoolResult): void;
}

/**
 * Sandboxes of every function. A warm one is used again; where the room is full, the one idle the longest makes place.
 * A function that has none may start one beyond the room, so that a function that calls another never waits for itself.
 */
export class SandboxPool {
  readonly #options: PoolOptions;
  readonly #idle = new Map<string, Sandbox[]>();
  readonly #running = new Map<string, number>();
  readonly #ending = new Set<Promise<void>>();
  readonly #busy = new Set<Sandbox>();
  #stopped = false;
  #waiting: Waiting[] = [];
  #count = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Invocations of a function that run or wait. */
  inFlight(functionName: string): number {
    const waiting = this.#waiting.filter((each) => each.functionName === functionName).length;
    return waiting + (this.#running.get(functionName) ?? 0);
  }

  get size(): number {
    return this.#count;
  }

  invoke(functionName: string, message: InvokeMessage): Promise<PoolResult> {
    return new Promise((resolve) => {
      const request: Waiting = { functionName, message, resolve };
      if (!this.#begin(request)) this.#waiting.push(request);
    });
  }

  /** Drops the idle sandboxes of a function whose code or settings changed. */
  retire(functionName: string): void {
    for (const sandbox of this.#idle.get(functionName) ?? []) this.#end(sandbox);
    this.#idle.delete(functionName);
  }

  /** Ends every sandbox. What runs or waits is never answered: durable work of it runs again at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const sandbox of this.#busy) this.#end(sandbox);
    for (const name of [...this.#idle.keys()]) this.retire(name);
    await Promise.all(this.#ending);
  }

  #begin(request: Waiting): boolean {
    const { functionName } = request;
    const running = this.#running.get(functionName) ?? 0;
    const warm = this.#idle.get(functionName)?.pop();
    if (warm !== undefined) {
      void this.#run(request, warm, false);
      return true;
    }
    if (running >= this.#options.maxPerFunction) return false;
    if (this.#count >= this.#options.maxSandboxes && !this.#evict() && running > 0) return false;
    this.#count++;
    void this.#run(request, this.#options.start(functionName), true);
    return true;
  }

  async #run(request: Waiting, sandbox: Sandbox, cold: boolean): Promise<void> {
    const { functionName } = request;
    this.#running.set(functionName, (this.#running.get(functionName) ?? 0) + 1);
    const began = performance.now();
    this.#busy.add(sandbox);
    const outcome = await sandbox.invoke(request.message);
    this.#busy.delete(sandbox);
    if (this.#stopped) return;
    const coldMs = cold ? sandbox.initMs : undefined;
    const durationMs = performance.now() - began - (coldMs ?? 0);
    this.#running.set(functionName, (this.#running.get(functionName) ?? 1) - 1);
    if (sandbox.usable) {
      sandbox.idleSince = performance.now();
      const idle = this.#idle.get(functionName);
      if (idle === undefined) this.#idle.set(functionName, [sandbox]);
      else idle.push(sandbox);
    } else this.#end(sandbox);
    request.resolve({ outcome, durationMs: Math.max(0, durationMs), coldMs });
    this.#pump();
  }

  /** Begins what waits, in order, as far as there is room. */
  #pump(): void {
    if (this.#waiting.length === 0) return;
    const still: Waiting[] = [];
    const blocked = new Set<string>();
    for (const request of this.#waiting) {
      if (blocked.has(request.functionName) || !this.#begin(request)) {
        blocked.add(request.functionName);
        still.push(request);
      }
    }
    this.#waiting = still;
  }

  #evict(): boolean {
    let oldest: Sandbox | undefined;
    for (const sandboxes of this.#idle.values()) {
      for (const sandbox of sandboxes) {
        if (oldest === undefined || sandbox.idleSince < oldest.idleSince) oldest = sandbox;
      }
    }
    if (oldest === undefined) return false;
    const idle = this.#idle.get(oldest.functionName) ?? [];
    this.#idle.set(
      oldest.functionName,
      idle.filter((each) => each !== oldest),
    );
    this.#end(oldest);
    return true;
  }

  #end(sandbox: Sandbox): void {
    this.#count--;
    const ended = sandbox.end();
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }
}
