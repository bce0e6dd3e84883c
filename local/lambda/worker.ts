import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type {
  CallMessage,
  FunctionConfiguration,
  InvokeMessage,
  Outcome,
  ReplyMessage,
  RuntimeData,
  RuntimeMessage,
} from './model.ts';

/** One sandbox of a function: a worker thread that has loaded its code and runs one invocation at a time. */
export interface Sandbox {
  readonly functionName: string;
  /** Milliseconds that loading took; undefined until then. */
  readonly initMs: number | undefined;
  /** Resolves when loading has ended, well or badly. */
  readonly ready: Promise<void>;
  /** False once the thread has ended or must not be used again. */
  readonly usable: boolean;
  /** When it became idle last; for eviction of the one unused the longest. */
  idleSince: number;
  /** Runs one invocation; never throws. Ends the thread at the time-out and where the code crashes. */
  invoke(message: InvokeMessage): Promise<Outcome>;
  end(): Promise<void>;
}

export interface SandboxOptions {
  readonly configuration: FunctionConfiguration;
  readonly clock: SharedArrayBuffer;
  readonly environment: Readonly<Record<string, string>>;
  /** The runtime's script, of `writeRuntime`. */
  readonly runtimeFile: string;
  /** Directory where compiled code is kept for the next sandbox. */
  readonly compileCache: string;
  onLine(line: string): void;
  /** Answers a request of the function to the cloud's endpoint; never throws. */
  answer(call: CallMessage): Promise<ReplyMessage>;
}

/** Lambda gives initialisation ten seconds before it counts against the function. */
const INIT_TIMEOUT_MS = 10_000;

/** Starts a sandbox; the first `invoke` waits until its code is loaded. */
export function startSandbox(options: SandboxOptions): Sandbox {
  const { configuration } = options;
  const workerData: RuntimeData = {
    clock: options.clock,
    codeDirectory: configuration.codeDirectory,
    handler: configuration.handler,
    runtime: configuration.runtime,
    logFormat: configuration.logFormat,
    compileCache: options.compileCache,
  };
  const started = performance.now();
  const worker = new Worker(options.runtimeFile, {
    workerData,
    env: { ...options.environment },
    name: configuration.name.replace(/^Psqm-local-[A-Za-z]+-/, '').slice(0, 15),
    execArgv: [],
    stdout: true,
    stderr: true,
    // A small young generation costs a little speed and saves some 10 MB a sandbox.
    resourceLimits: { maxOldGenerationSizeMb: configuration.memoryMb, maxYoungGenerationSizeMb: 8 },
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    createInterface({ input: stream }).on('line', (line) => options.onLine(line));
  }
  let usable = true;
  let initMs: number | undefined;
  let finish: ((outcome: Outcome) => void) | undefined;
  let current: string | undefined;
  let initFailure: Outcome | undefined;
  let whenReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    whenReady = resolve;
  });

  const settle = (outcome: Outcome) => {
    const done = finish;
    finish = undefined;
    current = undefined;
    done?.(outcome);
  };
  const crash = (errorType: string, errorMessage: string, trace?: readonly string[]) => {
    usable = false;
    const outcome: Outcome = {
      kind: 'failure',
      failure: { errorType, errorMessage, ...(trace !== undefined && { trace }) },
    };
    if (initMs === undefined) initFailure ??= outcome;
    whenReady();
    settle(outcome);
    void worker.terminate();
  };
  worker.on('message', (message: RuntimeMessage) => {
    switch (message.type) {
      case 'ready':
        initMs = performance.now() - started;
        whenReady();
        break;
      case 'init-failed':
        crash(message.failure.errorType, message.failure.errorMessage, message.failure.trace);
        break;
      case 'crashed':
        crash(message.failure.errorType, message.failure.errorMessage, message.failure.trace);
        break;
      case 'call':
        void options.answer(message).then((reply) => worker.postMessage(reply));
        break;
      case 'done':
        if (message.requestId === current) settle(message.outcome);
        break;
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    crash(
      outOfMemory ? 'Runtime.OutOfMemory' : error.name,
      `RequestId: ${current} Error: ${outOfMemory ? 'Runtime exited with error: signal: killed' : error.message}`,
    );
  });
  worker.on('exit', (code) => {
    crash('Runtime.ExitError', `RequestId: ${current} Error: Runtime exited with error: exit status ${code}`);
  });

  return {
    functionName: configuration.name,
    ready,
    get initMs() {
      return initMs;
    },
    get usable() {
      return usable;
    },
    idleSince: 0,
    async invoke(message) {
      if (initMs === undefined) {
        const late = setTimeout(
          () =>
            crash(
              'Sandbox.Timedout',
              `RequestId: ${message.requestId} Error: Task timed out after 10.00 seconds`,
            ),
          INIT_TIMEOUT_MS + message.timeoutMs,
        );
        await ready;
        clearTimeout(late);
      }
      if (initFailure !== undefined) return initFailure;
      if (!usable) {
        return {
          kind: 'failure',
          failure: {
            errorType: 'Runtime.ExitError',
            errorMessage: `RequestId: ${message.requestId} Error: Runtime exited`,
          },
        };
      }
      return new Promise<Outcome>((resolve) => {
        const seconds = (message.timeoutMs / 1000).toFixed(2);
        const timer = setTimeout(
          () =>
            crash(
              'Sandbox.Timedout',
              `RequestId: ${message.requestId} Error: Task timed out after ${seconds} seconds`,
            ),
          message.timeoutMs,
        );
        current = message.requestId;
        finish = (outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        };
        worker.postMessage(message);
      });
    },
    async end() {
      usable = false;
      await worker.terminate();
    },
  };
}
