import { randomBytes } from 'node:crypto';
import type { Outcome } from '../engine/frames.ts';
import { isObject } from '../json.ts';
import { sdkMetadata } from './shapes.ts';

/** What Lambda's Invoke answers, as far as an integration reads it. */
interface Invocation {
  readonly status: number;
  readonly failed: boolean;
  readonly payload: string;
  readonly version: string;
  readonly logResult: string | undefined;
}

function readInvocation(answer: Record<string, unknown>): Invocation {
  const { StatusCode, FunctionError, Payload, ExecutedVersion, LogResult } = answer;
  return {
    status: typeof StatusCode === 'number' ? StatusCode : 200,
    failed: typeof FunctionError === 'string',
    payload: Payload instanceof Uint8Array ? new TextDecoder().decode(Payload) : '',
    version: typeof ExecutedVersion === 'string' ? ExecutedVersion : '$LATEST',
    logResult: typeof LogResult === 'string' ? LogResult : undefined,
  };
}

function parsePayload(payload: string): unknown {
  if (payload === '') return null;
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

/** A function's own error: its type is the error, the whole payload the cause. */
function functionFailure(payload: string): Outcome {
  const parsed = parsePayload(payload);
  if (isObject(parsed) && typeof parsed.errorType === 'string') {
    return { ok: false, error: parsed.errorType, cause: payload };
  }
  return {
    ok: false,
    error: 'Lambda.Unknown',
    cause: `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`,
  };
}

/** Input of Lambda's Invoke from the arguments of `lambda:invoke`: the payload is JSON of whatever is given. */
export function invokeInput(args: Record<string, unknown>): Record<string, unknown> {
  const { Payload, ...rest } = args;
  return { ...rest, Payload: new TextEncoder().encode(JSON.stringify(Payload === undefined ? {} : Payload)) };
}

/** The outcome of a Task whose resource is the function itself: its payload. */
export function functionOutcome(answer: Record<string, unknown>): Outcome {
  const { failed, payload } = readInvocation(answer);
  return failed ? functionFailure(payload) : { ok: true, result: parsePayload(payload) };
}

/** The outcome of `lambda:invoke`: the whole response. */
export function invokeOutcome(answer: Record<string, unknown>, requestId: string, time: number): Outcome {
  const { failed, payload, status, version, logResult } = readInvocation(answer);
  if (failed) return functionFailure(payload);
  const root = `${Math.floor(time / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  return {
    ok: true,
    result: {
      ExecutedVersion: version,
      ...(logResult === undefined ? {} : { LogResult: logResult }),
      Payload: parsePayload(payload),
      ...sdkMetadata({
        requestId,
        length: Buffer.byteLength(payload),
        time,
        contentType: 'application/json',
        more: {
          'X-Amz-Executed-Version': version,
          'x-amzn-Remapped-Content-Length': '0',
          'X-Amzn-Trace-Id': `root=1-${root};sampled=0`,
        },
      }),
      StatusCode: status,
    },
  };
}
