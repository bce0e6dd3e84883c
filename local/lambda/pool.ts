import type { InvokeMessage, Outcome } from './model.ts';
import type { Sandbox } from './worker.ts';

export interface PoolOptions {
  /** Sandboxes of all functions together, idle ones included; some 30 MB each. */
  readonly maxSandboxes: number;
  /** Sandboxes of one function; further invocations wait for one. */
  readonly maxPerFunction: number;
  /** Sandboxes that load their code at once: loading is all processor time. */
  readonly maxStarting: number;
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
  readonly since: number;
  resolve(result: PoolResult): void;
}

interface Counted {
  running: number;
  readonly idle: Sandbox[];
}

/**
 * A warm sandbox mostly comes free within a few milliseconds, and loading another costs far more: only an invocation
 * that has waited this long starts one beside those that its function has.
 */
const PATIENCE_MS = 250;
/**
 * Where every sandbox is busy, a function that has none starts one beyond the room after this time: what runs may be
 * waiting for it.
 */
const OVERFLOW_AFTER_MS = 1_000;
/**
 * Where there is no room, a further sandbox of a function takes another function's only one no sooner than this: that
 * one would be loaded again a moment later, and take the next one's.
 */
const LAST_RESORT_MS = 5_000;

/**
 * Sandboxes of every function. A warm one is used again; where the room is full, the one idle the longest makes place.
 */
export class SandboxPool {
  readonly #options: PoolOptions;
  readonly #functions = new Map<string, Counted>();
  readonly #ending = new Set<Promise<void>>();
  readonly #busy = new Set<Sandbox>();
  #waiting: Waiting[] = [];
  #count = 0;
  #starting = 0;
  #later: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Invocations of a function that run or wait. */
  inFlight(functionName: string): number {
    const waiting = this.#waiting.filter((each) => each.functionName === functionName).length;
    return waiting + this.#of(functionName).running;
  }

  get size(): number {
    return this.#count;
  }

  invoke(functionName: string, message: InvokeMessage): Promise<PoolResult> {
    return new Promise((resolve) => {
      this.#waiting.push({ functionName, message, since: performance.now(), resolve });
      this.#pump();
    });
  }

  /** Drops the idle sandboxes of a function whose code or settings changed. */
  retire(functionName: string): void {
    for (const sandbox of this.#of(functionName).idle.splice(0)) this.#end(sandbox);
  }

  /** Ends every sandbox. What runs or waits is never answered: durable work of it runs again at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#later);
    for (const sandbox of this.#busy) this.#end(sandbox);
    for (const name of this.#functions.keys()) this.retire(name);
    await Promise.all(this.#ending);
  }

  #of(functionName: string): Counted {
    let counted = this.#functions.get(functionName);
    if (counted === undefined) {
      counted = { running: 0, idle: [] };
      this.#functions.set(functionName, counted);
    }
    return counted;
  }

  /** Begins what waits, in order, as far as there is room. */
  #pump(): void {
    if (this.#waiting.length === 0 || this.#stopped) return;
    const still: Waiting[] = [];
    const blocked = new Set<string>();
    for (const request of this.#waiting) {
      if (blocked.has(request.functionName) || !this.#begin(request)) {
        blocked.add(request.functionName);
        still.push(request);
      }
    }
    this.#waiting = still;
    if (still.length > 0) this.#later ??= setTimeout(() => this.#lookAgain(), PATIENCE_MS / 2);
  }

  #lookAgain(): void {
    this.#later = undefined;
    this.#pump();
  }

  #begin(request: Waiting): boolean {
    const counted = this.#of(request.functionName);
    const warm = counted.idle.pop();
    if (warm !== undefined) {
      void this.#run(request, warm, false);
      return true;
    }
    const waited = performance.now() - request.since;
    if (counted.running > 0 && waited < PATIENCE_MS) return false;
    if (counted.running >= this.#options.maxPerFunction) return false;
    if (this.#starting >= this.#options.maxStarting) return false;
    if (this.#count >= this.#options.maxSandboxes) {
      const extra = counted.running > 0;
      const evicted = this.#evict(extra && waited < LAST_RESORT_MS);
      if (!evicted && (extra || waited < OVERFLOW_AFTER_MS)) return false;
    }
    this.#count++;
    this.#starting++;
    const sandbox = this.#options.start(request.functionName);
    void sandbox.ready.then(() => {
      this.#starting--;
      this.#pump();
    });
    void this.#run(request, sandbox, true);
    return true;
  }

  async #run(request: Waiting, sandbox: Sandbox, cold: boolean): Promise<void> {
    const counted = this.#of(request.functionName);
    counted.running++;
    this.#busy.add(sandbox);
    const began = performance.now();
    const outcome = await sandbox.invoke(request.message);
    this.#busy.delete(sandbox);
    counted.running--;
    if (this.#stopped) return;
    const coldMs = cold ? sandbox.initMs : undefined;
    const durationMs = Math.max(0, performance.now() - began - (coldMs ?? 0));
    // One started beyond the room goes as soon as nobody waits for it.
    const surplus =
      this.#count > this.#options.maxSandboxes &&
      !this.#waiting.some((each) => each.functionName === request.functionName);
    if (sandbox.usable && !surplus) {
      sandbox.idleSince = performance.now();
      counted.idle.push(sandbox);
    } else this.#end(sandbox);
    request.resolve({ outcome, durationMs, coldMs });
    this.#pump();
  }

  /**
   * Ends an idle sandbox, the one idle the longest of those that are not their function's last; where there is none and
   * not `spareOnly`, of all. False where none could be ended.
   */
  #evict(spareOnly: boolean): boolean {
    let victim: { counted: Counted; sandbox: Sandbox; spare: boolean } | undefined;
    for (const counted of this.#functions.values()) {
      const sandbox = counted.idle[0];
      if (sandbox === undefined) continue;
      const spare = counted.idle.length + counted.running > 1;
      if (spareOnly && !spare) continue;
      const better =
        victim === undefined ||
        (spare !== victim.spare ? spare : sandbox.idleSince < victim.sandbox.idleSince);
      if (better) victim = { counted, sandbox, spare };
    }
    if (victim === undefined) return false;
    victim.counted.idle.shift();
    this.#end(victim.sandbox);
    return true;
  }

  #end(sandbox: Sandbox): void {
    this.#count--;
    const ended = sandbox.end();
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }
}
