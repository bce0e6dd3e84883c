import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { Caller, CloudContext } from '../core/service.ts';
import type { DynamoDbService } from '../dynamodb/service.ts';
import type { IamService } from '../iam/service.ts';
import type { ControlEndpoint } from './control.ts';
import {
  readInput,
  readWireCall,
  type WireCall,
  type WireReply,
  writeError,
  writeOutput,
} from './protocols.ts';
import type { GatewayRegistry } from './registry.ts';
import { isRestService, type RestRequest, type RestResponse } from './rest.ts';
import { type RequestSignature, readSignature, verifySignature } from './sigv4.ts';

export interface GatewayServerOptions {
  readonly cloud: CloudContext;
  readonly registry: GatewayRegistry;
  readonly iam: IamService;
  readonly dynamodb: DynamoDbService;
  readonly control: ControlEndpoint;
  /** Resolves when everything is there that a request may need; until then only functions are answered. */
  readonly opened: Promise<void>;
}

export interface GatewayServer {
  readonly port: number;
  stop(): Promise<void>;
  /** Answers a request that came otherwise than over a socket, as one that did; never throws. */
  handle(request: GatewayRequest): Promise<Reply>;
  /** Bytes and requests of S3 over HTTP since the start. */
  traffic(): { readonly requests: number; readonly bytesIn: number; readonly bytesOut: number };
}

/** The largest request taken: S3's single put is far larger on AWS, the programme's far smaller. */
const MAX_BODY = 256 * 1024 * 1024;

/** A request as far as it is looked at; header names in lower case. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Read only where somebody will answer. */
  body(): Promise<Buffer>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | string;
}

/**
 * The one HTTP endpoint of every service, on 127.0.0.1. A request's service is told by the scope of its signature, its
 * target header or its path; its caller by the access key, whose signature is checked.
 *
 * @param port 0 takes a free one. @throws where the port is in use (EADDRINUSE)
 */
export async function startGatewayServer(
  options: GatewayServerOptions,
  port: number,
): Promise<GatewayServer> {
  const { cloud, registry, iam, dynamodb, control } = options;
  const s3 = { requests: 0, bytesIn: 0, bytesOut: 0 };

  async function answer(given: GatewayRequest): Promise<Reply> {
    const { method, url: rawUrl, headers } = given;
    const [path = '/', rawQuery = ''] = splitOnce(rawUrl, '?');
    if (path.startsWith('/_local/'))
      return control.handle(method, path, rawQuery, headers, await given.body());

    const query = new URLSearchParams(rawQuery);
    const signature = readSignature(headers, query);
    // What a person does sets off functions and rules, which a start has yet to provide.
    if (!isOfFunction(headers, signature)) await options.opened;
    const end = cloud.activity.begin(`http ${method} ${path}`);
    try {
      const body = await given.body();
      const wire = readWireCall(method, path, headers);
      const requestId = randomUUID();
      if (wire !== undefined) {
        // A long poll ends by the clock, which must not wait for it.
        if (wire.service === 'sqs' && wire.action === 'ReceiveMessage') end();
        return await answerWire(wire, { method, path, rawQuery, headers, body }, signature, requestId);
      }
      const request = { method, path, query, rawUrl, headers, body };
      return await answerRest(request, rawQuery, signature, requestId);
    } finally {
      end();
    }
  }

  /** Made by code that runs here, as custom resources do during a start; a presigned request is made by others. */
  function isOfFunction(headers: Record<string, string>, signature: RequestSignature | undefined): boolean {
    const caller =
      headers.authorization === undefined || signature === undefined
        ? undefined
        : iam.callerOf(signature.accessKeyId)?.caller;
    return caller?.kind === 'role';
  }

  /** @throws ServiceError as AWS refuses unknown keys and wrong signatures */
  function identify(
    request: {
      method: string;
      path: string;
      rawQuery: string;
      headers: Record<string, string>;
      body: Uint8Array;
    },
    signature: RequestSignature,
  ): Caller {
    const isS3 = signature.service === 's3';
    const known = iam.callerOf(signature.accessKeyId);
    if (known === undefined) {
      throw isS3
        ? new ServiceError(
            'InvalidAccessKeyId',
            'The AWS Access Key Id you provided does not exist in our records.',
            403,
          )
        : new ServiceError(
            'UnrecognizedClientException',
            'The security token included in the request is invalid.',
            403,
          );
    }
    if (!verifySignature(request, signature, known.secretAccessKey)) {
      const message =
        'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
      throw isS3
        ? new ServiceError('SignatureDoesNotMatch', message, 403)
        : new ServiceError('InvalidSignatureException', message, 403);
    }
    return known.caller;
  }

  async function answerWire(
    wire: WireCall,
    request: {
      method: string;
      path: string;
      rawQuery: string;
      headers: Record<string, string>;
      body: Uint8Array;
    },
    signature: RequestSignature | undefined,
    requestId: string,
  ): Promise<WireReply> {
    try {
      const caller = callerOfWire(wire, request, signature);
      if (wire.service === 'dynamodb' && wire.protocol !== 'cbor') {
        const text = new TextDecoder().decode(request.body);
        registry.authorize({ service: 'dynamodb', action: wire.action, input: readObject(text), caller });
        const reply = await dynamodb.forward(wire.action, text);
        registry.count('dynamodb', wire.action, caller, reply.status >= 300);
        return {
          status: reply.status,
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amzn-requestid': reply.requestId ?? requestId,
          },
          body: reply.body,
        };
      }
      const input = readInput(wire, request.body);
      const output = await registry.call({ service: wire.service, action: wire.action, input, caller });
      return writeOutput(wire, output, requestId);
    } catch (error) {
      return writeError(wire, asServiceError(error, `${wire.service} ${wire.action}`), requestId);
    }
  }

  function callerOfWire(
    wire: WireCall,
    request: {
      method: string;
      path: string;
      rawQuery: string;
      headers: Record<string, string>;
      body: Uint8Array;
    },
    signature: RequestSignature | undefined,
  ): Caller {
    if (signature !== undefined) return identify(request, signature);
    // Cognito's public operations (sign-in) are made without credentials.
    if (wire.service === 'cognito-idp') {
      return { kind: 'anonymous' };
    }
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }

  async function answerRest(
    request: Omit<RestRequest, 'caller'>,
    rawQuery: string,
    signature: RequestSignature | undefined,
    requestId: string,
  ): Promise<Reply> {
    const name = restServiceOf(request.path, signature);
    try {
      const service = registry.service(name);
      if (service === undefined || !isRestService(service)) {
        throw new ServiceError('UnknownServiceException', `No local service answers ${name}.`, 404);
      }
      const caller =
        // A preflight repeats the address of a presigned request, signed for another method.
        signature === undefined || request.method === 'OPTIONS'
          ? undefined
          : identify({ ...request, headers: { ...request.headers }, rawQuery }, signature);
      const reply = await service.handleHttp({ ...request, caller });
      if (name === 's3') {
        s3.requests++;
        s3.bytesIn += request.body.length;
        s3.bytesOut += reply.body?.length ?? 0;
      }
      return withRequestId(reply, requestId);
    } catch (error) {
      return restError(name, asServiceError(error, `${name} ${request.method} ${request.path}`), requestId);
    }
  }

  function asServiceError(error: unknown, what: string): ServiceError {
    if (error instanceof ServiceError) return error;
    if (error instanceof UnsupportedError) {
      cloud.log('gateway', `${what}: ${error.message}`);
      return new ServiceError('UnsupportedOperationException', error.message, 501);
    }
    cloud.log(
      'gateway',
      `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return new ServiceError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
  }

  async function handle(request: GatewayRequest): Promise<Reply> {
    // Clients correct their clocks by this header, so that it must be the cloud's time.
    const date = new Date(cloud.clock.now()).toUTCString();
    try {
      const reply = await answer(request);
      return { ...reply, headers: { date, ...reply.headers } };
    } catch (error) {
      const failure = asServiceError(error, 'request');
      return {
        status: failure.status,
        headers: { date, 'content-type': 'text/plain' },
        body: failure.message,
      };
    }
  }

  const server = createServer({ keepAliveTimeout: 600_000 }, (message, response) => {
    response.sendDate = false;
    const request: GatewayRequest = {
      method: message.method ?? 'GET',
      url: message.url ?? '/',
      headers: flatHeaders(message),
      body: () => readBody(message),
    };
    void handle(request).then((reply) => respond(message, response, reply));
  });
  server.requestTimeout = 0;
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
    handle,
    traffic: () => ({ ...s3 }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

/** The REST service of a request: by its signature's scope, else by its path; what is unsigned is S3's. */
function restServiceOf(path: string, signature: RequestSignature | undefined): string {
  if (path.startsWith('/2015-03-31/functions')) return 'lambda';
  if (path.startsWith('/v2/email/')) return 'ses';
  const name = signature?.service;
  return name === undefined ? 's3' : name;
}

function withRequestId(reply: RestResponse, requestId: string): Reply {
  return {
    status: reply.status,
    headers: { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId, ...reply.headers },
    body: reply.body ?? '',
  };
}

function restError(service: string, error: ServiceError, requestId: string): Reply {
  if (service === 's3') {
    const text = (value: string) =>
      value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return {
      status: error.status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${text(error.code)}</Code><Message>${text(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`,
    };
  }
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': error.code,
    },
    body: JSON.stringify({ message: error.message, Message: error.message, ...error.fields }),
  };
}

function respond(message: IncomingMessage, response: ServerResponse, reply: Reply): void {
  for (const [name, value] of Object.entries(reply.headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  response.statusCode = reply.status;
  if (message.method === 'HEAD') {
    response.end();
    return;
  }
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  if (reply.status !== 204 && reply.status !== 304) response.setHeader('content-length', body.length);
  response.end(body);
}

function flatHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY) throw new ServiceError('EntityTooLarge', 'The request is too large.', 413);
    chunks.push(bytes);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** The input of a call as far as it can be read; the engine refuses what is no JSON. */
function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
