import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { ServiceError } from './errors.ts';
import type { Caller } from './service.ts';

/** One HTTP request as a service's REST adapter takes it. Node's `IncomingMessage` headers and stream fit as they are. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query exactly as received: signatures cover them undecoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable | Uint8Array;
  /** Who signed the request; absent where nobody did. */
  readonly caller?: Caller | undefined;
  readonly sourceIp?: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | Readable | undefined;
}

/** The value of a header, repeated ones joined with a comma; undefined where absent. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(',') : value;
}

/** Reads a request body whole; a body above `limit` bytes is refused with `tooLarge`. */
export async function readBody(
  body: Readable | Uint8Array,
  limit: number,
  tooLarge: () => Error = () => new ServiceError('RequestEntityTooLarge', 'Request Entity Too Large', 413),
): Promise<Buffer> {
  if (body instanceof Uint8Array) {
    if (body.byteLength > limit) throw tooLarge();
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = toBuffer(chunk);
    size += bytes.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A stream's chunk as bytes. */
export function toBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw new TypeError('a body is a stream of bytes');
}
