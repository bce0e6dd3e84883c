/** A function as its template describes it. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  readonly runtime: string;
  /** Directory that stands for /var/task. */
  readonly codeDirectory: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  readonly reservedConcurrency: number | undefined;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly deadLetterArn: string | undefined;
  readonly description: string;
}

/** How asynchronous invocations of a function are retried and where they end. */
export interface AsyncConfiguration {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
}

export const DEFAULT_ASYNC: AsyncConfiguration = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onSuccess: undefined,
  onFailure: undefined,
};

/** The error that a function, or its sandbox, answers. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How one invocation ended. `payload` is JSON text. */
export type Outcome =
  | { readonly kind: 'success'; readonly payload: string }
  | { readonly kind: 'failure'; readonly failure: FunctionFailure };

/** From the host to the worker: an invocation. */
export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  readonly payload: string;
  readonly arn: string;
  readonly timeoutMs: number;
}

/** From the worker to the host: a request to the cloud's endpoint. */
export interface CallMessage {
  readonly type: 'call';
  readonly id: number;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** From the host to the worker: the endpoint's answer to the call of the same id. */
export interface ReplyMessage {
  readonly type: 'reply';
  readonly id: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a worker is started with. */
export interface RuntimeData {
  readonly clock: SharedArrayBuffer;
  readonly codeDirectory: string;
  readonly handler: string;
  readonly runtime: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly compileCache: string;
}

/** From the worker to the host. */
export type RuntimeMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed'; readonly failure: FunctionFailure }
  | CallMessage
  | { readonly type: 'done'; readonly requestId: string; readonly outcome: Outcome }
  | { readonly type: 'crashed'; readonly failure: FunctionFailure };

/** Payload limits in bytes: 6 MB synchronous in and out, 1 MB asynchronous (Lambda quotas, November 2025). */
export const SYNC_LIMIT = 6_291_456;
export const SYNC_RESPONSE_LIMIT = 6_291_556;
export const ASYNC_LIMIT = 1_048_576;
