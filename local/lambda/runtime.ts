import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { installCloudTime } from './fake-date.ts';
import type {
  FunctionFailure,
  InvokeMessage,
  Outcome,
  ReplyMessage,
  RuntimeData,
  RuntimeMessage,
} from './model.ts';
import { carryCallsByPort } from './port-request.ts';

// The Node.js runtime of a function, in a worker thread: loads the handler once and runs one invocation at a time.

const port = parentPort;
if (port === null) throw new Error('the runtime runs in a worker thread only');
// Only the host starts this file, with data of this type.
const data: RuntimeData = workerData;
const realNow = performance.now.bind(performance);
installCloudTime(data.clock);
enableCompileCache(data.compileCache);

let requestId = '';
patchConsole();
const takeReply = carryCallsByPort(port, process.env.AWS_ENDPOINT_URL ?? '');
port.on('message', (message: InvokeMessage | ReplyMessage) => {
  if (message.type === 'reply') takeReply(message);
  else void invoke(message);
});

const post = (message: RuntimeMessage) => port.postMessage(message);

process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = failureOf(reason);
  const failure: FunctionFailure = {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage,
    ...(trace !== undefined && { trace }),
  };
  post({ type: 'crashed', failure });
});
process.on('uncaughtException', (error) => post({ type: 'crashed', failure: failureOf(error) }));

type Handler = (event: unknown, context: unknown, callback?: unknown) => unknown;

let handler: Handler | undefined;
try {
  handler = await loadHandler();
  post({ type: 'ready' });
  // A sandbox is ended, never left to end by itself, which is when Node would write it.
  flushCompileCache();
} catch (error) {
  post({ type: 'init-failed', failure: failureOf(error) });
}

/** An error that the runtime itself reports, with the name that AWS's runtime uses. */
function runtimeError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

async function loadHandler(): Promise<Handler> {
  const parts = /^([^.]*)\.(.+)$/.exec(basename(data.handler));
  if (parts === null) throw runtimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const [, file = '', exportPath = ''] = parts;
  const stem = join(data.codeDirectory, dirname(data.handler), file);
  const path = [`${stem}.js`, `${stem}.mjs`, `${stem}.cjs`].find((each) => existsSync(each));
  if (path === undefined) {
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  }
  let found: unknown;
  try {
    found = await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw runtimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    }
    throw error;
  }
  const exported = exportPath.split('.').reduce<unknown>(memberOf, found);
  const chosen = exported ?? exportPath.split('.').reduce<unknown>(memberOf, memberOf(found, 'default'));
  if (typeof chosen !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${data.handler} is undefined or not exported`);
  }
  if (chosen.length >= 3 && data.runtime === 'nodejs24.x') {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    );
  }
  return (event, context, callback) => chosen(event, context, callback);
}

function memberOf(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined;
  return Reflect.get(value, name);
}

async function invoke(message: InvokeMessage): Promise<void> {
  requestId = message.requestId;
  process.env._X_AMZN_TRACE_ID = `Root=1-${requestId.slice(0, 8)}-${requestId.replaceAll('-', '').slice(8, 32)};Sampled=0`;
  const outcome = await run(message);
  post({ type: 'done', requestId: message.requestId, outcome });
}

async function run(message: InvokeMessage): Promise<Outcome> {
  if (handler === undefined) throw new Error('no handler');
  const deadline = realNow() + message.timeoutMs;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: message.arn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: message.requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - realNow())),
  };
  try {
    const result = await new Promise<unknown>((resolve, reject) => {
      const callback = (error: unknown, value: unknown) => (error ? reject(error) : resolve(value));
      const returned = handler?.(JSON.parse(message.payload), context, callback);
      if (data.runtime === 'nodejs24.x' || returned instanceof Promise) resolve(returned);
      else if (returned !== undefined) resolve(returned);
    });
    return { kind: 'success', payload: stringify(result) };
  } catch (error) {
    return { kind: 'failure', failure: failureOf(error) };
  }
}

function stringify(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw runtimeError('Runtime.MarshalError', `Unable to stringify response body: ${why}`);
  }
}

/** An error as the runtime answers it: name, message and stack; what is no error by its type and text. */
function failureOf(error: unknown): FunctionFailure {
  if (error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)) {
    const { name, message, stack } = describe(error);
    return { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function describe(error: object): { name: string; message: string; stack: string | undefined } {
  const text = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return value === undefined ? undefined : String(value);
  };
  return { name: text('name') ?? 'Error', message: text('message') ?? '', stack: text('stack') };
}

/** Console lines as the runtime writes them: instant, request id, level and text, or one JSON object a line. */
function patchConsole(): void {
  const levels = {
    debug: 'DEBUG',
    error: 'ERROR',
    info: 'INFO',
    log: 'INFO',
    trace: 'TRACE',
    warn: 'WARN',
  } as const;
  for (const [method, level] of Object.entries(levels)) {
    Reflect.set(console, method, (...values: unknown[]) => {
      const at = new Date().toISOString();
      const message = format(...values);
      const line =
        data.logFormat === 'JSON'
          ? JSON.stringify({ timestamp: at, level, requestId, message })
          : `${at}\t${requestId === '' ? 'undefined' : requestId}\t${level}\t${message.replaceAll('\n', '\r')}`;
      process.stdout.write(`${line}\n`);
    });
  }
}
