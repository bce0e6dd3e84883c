import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Readable, Writable } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import type { CallMessage, ReplyMessage } from './model.ts';

/**
 * Lets a function's calls to the cloud travel to it as messages instead of over a socket: the cloud lives in the same
 * process, and a connection would cost both sides more than the call itself. Whatever uses `node:http` for the cloud's
 * endpoint, the AWS SDK above all, sees an ordinary request and response; every other address is reached as ever.
 * Returns what takes the cloud's replies.
 */
export function carryCallsByPort(port: MessagePort, endpoint: string): (reply: ReplyMessage) => void {
  const { hostname, port: number } = new URL(endpoint);
  const waiting = new Map<number, PortRequest>();
  let last = 0;
  const direct = http.request;
  const isCall = (options: unknown): options is http.RequestOptions =>
    typeof options === 'object' &&
    options !== null &&
    !(options instanceof URL) &&
    'host' in options &&
    options.host === hostname &&
    'port' in options &&
    String(options.port) === number;
  const request = (...given: unknown[]): unknown => {
    const [options, respond] = given;
    if (!isCall(options)) return Reflect.apply(direct, http, given);
    const id = ++last;
    const made = new PortRequest(options, (body) => {
      waiting.set(id, made);
      const message: CallMessage = {
        type: 'call',
        id,
        method: options.method ?? 'GET',
        url: options.path ?? '/',
        headers: headersOf(options.headers, options.host ?? ''),
        body,
      };
      port.postMessage(message);
    });
    if (typeof respond === 'function') made.once('response', (response) => respond(response));
    return made;
  };
  Reflect.set(http, 'request', request);
  // Modules that imported the function by its name have the new one from here on.
  syncBuiltinESMExports();
  return (reply) => {
    const of = waiting.get(reply.id);
    waiting.delete(reply.id);
    of?.answer(reply);
  };
}

function headersOf(given: http.RequestOptions['headers'], host: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given ?? {}))
    if (value !== undefined)
      headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  headers.host ??= host;
  return headers;
}

/** A request as far as clients use one: written to, ended, given up. */
class PortRequest extends Writable {
  readonly #send: (body: string | Uint8Array) => void;
  #chunks: (string | Buffer)[] = [];

  constructor(options: http.RequestOptions, send: (body: string | Uint8Array) => void) {
    super({ decodeStrings: false, autoDestroy: false });
    this.#send = send;
    const expects = headersOf(options.headers, '').expect;
    // Large uploads wait for leave to go on, which a server nearby always gives.
    if (expects === '100-continue') setImmediate(() => this.emit('continue'));
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    const [only] = this.#chunks;
    if (this.#chunks.length <= 1 && (only === undefined || typeof only === 'string')) this.#send(only ?? '');
    else {
      // Of its own memory: what a pool lends would be copied to the other side whole.
      const bytes = Buffer.concat(this.#chunks.map((each) => Buffer.from(each)));
      this.#send(new Uint8Array(bytes));
    }
    this.#chunks = [];
    done();
  }

  answer(reply: ReplyMessage): void {
    if (!this.destroyed) this.emit('response', new PortResponse(reply));
    this.destroy();
  }

  setTimeout(): this {
    return this;
  }
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}
  abort(): void {
    this.destroy();
  }
}

/** A response: its head at once, its body as a stream. */
class PortResponse extends Readable {
  readonly statusCode: number;
  readonly statusMessage = '';
  readonly headers: Readonly<Record<string, string>>;
  readonly httpVersion = '1.1';
  #body: string | Uint8Array | undefined;

  constructor({ status, headers, body }: ReplyMessage) {
    super();
    this.statusCode = status;
    this.headers = headers;
    this.#body = body;
  }

  override _read(): void {
    const body = this.#body;
    this.#body = undefined;
    if (body !== undefined && body.length > 0)
      this.push(
        typeof body === 'string'
          ? Buffer.from(body)
          : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      );
    this.push(null);
  }
}
