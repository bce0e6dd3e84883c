import { cbor, tag } from '@smithy/core/cbor';
import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';

/** A call read from the wire by a protocol that all its services share. */
export interface WireCall {
  /** SigV4 service name. */
  readonly service: string;
  readonly action: string;
  readonly protocol: 'json-1.0' | 'json-1.1' | 'cbor';
}

export interface WireReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string;
}

/** Prefix of `X-Amz-Target` (or the service's name in an RPC v2 path) -> SigV4 service name. */
const SERVICES: Readonly<Record<string, string>> = {
  AWSStepFunctions: 'states',
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
  secretsmanager: 'secretsmanager',
  AWSCognitoIdentityProviderService: 'cognito-idp',
  AmazonSSM: 'ssm',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'monitoring',
};

const inputSchema = z.record(z.string(), z.unknown());

/** Reads which call a request makes: AWS JSON 1.0 and 1.1 by target, smithy RPC v2 CBOR by path; else undefined. */
export function readWireCall(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): WireCall | undefined {
  if (method !== 'POST') return undefined;
  const rpc = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(path);
  if (rpc !== null && headers['smithy-protocol'] === 'rpc-v2-cbor') {
    const [, service = '', action = ''] = rpc;
    return { service: SERVICES[service] ?? service, action, protocol: 'cbor' };
  }
  const target = headers['x-amz-target'];
  if (target === undefined) return undefined;
  const [prefix = '', action = ''] = target.split('.');
  return {
    service: SERVICES[prefix] ?? prefix,
    action,
    protocol: (headers['content-type'] ?? '').startsWith('application/x-amz-json-1.1')
      ? 'json-1.1'
      : 'json-1.0',
  };
}

/** The input of a call. @throws ServiceError SerializationException where the body is not of the protocol */
export function readInput(call: WireCall, body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    if (call.protocol === 'cbor') return inputSchema.parse(cbor.deserialize(body));
    return inputSchema.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServiceError('SerializationException', `Could not read the request: ${why}`);
  }
}

/** The answer to a call, in its protocol: instants as epoch seconds, bytes as base64 (in CBOR as they are). */
export function writeOutput(call: WireCall, output: Record<string, unknown>, requestId: string): WireReply {
  return write(call, 200, output, requestId);
}

export function writeError(call: WireCall, error: ServiceError, requestId: string): WireReply {
  const reply = write(
    call,
    error.status,
    { __type: error.code, message: error.message, ...error.fields },
    requestId,
  );
  reply.headers['x-amzn-errortype'] = error.code;
  return reply;
}

function write(call: WireCall, status: number, value: Record<string, unknown>, requestId: string): WireReply {
  if (call.protocol === 'cbor') {
    return {
      status,
      headers: {
        'content-type': 'application/cbor',
        'smithy-protocol': 'rpc-v2-cbor',
        'x-amzn-requestid': requestId,
      },
      body: cbor.serialize(forCbor(value)),
    };
  }
  return {
    status,
    headers: {
      'content-type': `application/x-amz-${call.protocol}`,
      'x-amzn-requestid': requestId,
    },
    body: JSON.stringify(forJson(value)),
  };
}

function forJson(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(forJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, forJson(member)]));
  }
  return value;
}

function forCbor(value: unknown): unknown {
  if (value instanceof Date) return tag({ tag: 1, value: value.getTime() / 1000 });
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(forCbor);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, forCbor(member)]),
    );
  }
  return value;
}
