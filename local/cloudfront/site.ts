import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';
import type { ViewerRequest, ViewerResponse } from './model.ts';

/** A distribution served on this machine. */
export interface Site {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

interface SiteParts {
  readonly port: number;
  /** Epoch ms. */
  now(): number;
  handle(request: ViewerRequest): Promise<ViewerResponse>;
  handleInbox(request: Pick<RestRequest, 'method' | 'path' | 'query'>): RestResponse;
  log(message: string): void;
}

/** More than an HTTP API takes, so that its own refusal is seen. */
const MAX_BODY = 16 * 1024 * 1024;

/** Starts the site's HTTP server on 127.0.0.1. `/inbox/` shows the local inbox and exists on this machine only. */
export async function startSite(parts: SiteParts): Promise<Site> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    response.sendDate = false;
    response.setHeader('date', new Date(parts.now()).toUTCString());
    answer(parts, message)
      .then((reply) => respond(message, response, reply))
      .catch((error: unknown) => {
        parts.log(
          `${message.method} ${message.url}: ${error instanceof Error ? error.stack : String(error)}`,
        );
        if (response.headersSent) response.destroy();
        else respond(message, response, plain(500, 'Internal Server Error'));
      });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : parts.port;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(parts: SiteParts, message: IncomingMessage): Promise<ViewerResponse> {
  // Another name that resolves here (DNS rebinding) must not open the inbox to a page from elsewhere.
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(message.headers.host ?? '')) {
    return plain(421, 'Misdirected Request');
  }
  const rawUrl = message.url ?? '/';
  const [path = '/'] = rawUrl.split('?', 1);
  const method = message.method ?? 'GET';
  if (path === '/inbox') return { ...plain(301, ''), headers: { location: '/inbox/' } };
  if (path.startsWith('/inbox/')) {
    const query = new URLSearchParams(rawUrl.slice(path.length));
    const reply = parts.handleInbox({ method, path, query });
    return { status: reply.status, headers: reply.headers ?? {}, body: reply.body ?? '' };
  }
  const body = await readBody(message);
  if (body === undefined) return plain(413, 'Request Entity Too Large');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return parts.handle({ method, path, rawUrl, headers, body, sourceIp: message.socket.remoteAddress });
}

function plain(status: number, text: string): ViewerResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
}

async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > MAX_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function respond(message: IncomingMessage, response: ServerResponse, reply: ViewerResponse): void {
  for (const [name, value] of Object.entries(reply.headers)) {
    response.setHeader(name, typeof value === 'string' ? headerText(value) : value.map(headerText));
  }
  response.statusCode = reply.status;
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  if (reply.status !== 204 && reply.status !== 304) response.setHeader('content-length', body.byteLength);
  if (message.method === 'HEAD') response.end();
  else response.end(body);
}

/** Beyond Latin-1 a header's characters travel as the bytes of their UTF-8. */
function headerText(value: string): string {
  return /^[\x20-\xff]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}
