import * as z from 'zod';
import type { Inbox } from './inbox.ts';
import { fetchPatiently } from './patience.ts';

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }).loose() });

/** What the API answered instead of a result. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: unknown;

  constructor(request: string, status: number, body: unknown) {
    const parsed = refusal.safeParse(body);
    const words = parsed.success
      ? `${parsed.data.error.code}: ${parsed.data.error.message}`
      : JSON.stringify(body);
    super(`${request}: ${status} ${words}`);
    this.name = 'ApiRefusal';
    this.status = status;
    this.code = parsed.success ? parsed.data.error.code : 'unknown';
    this.body = body;
  }
}

const attempt = z.object({ attemptId: z.string() });

const MAX_CODE_LOOKS = 100;

/**
 * Somebody outside: knows the site's address, its API and their own inbox, and nothing else. The tools that
 * act as people (round, tour, seed) get in only through this.
 */
export class Visitor {
  readonly #siteUrl: string;
  readonly #inbox: Inbox;
  #cookie = '';

  constructor(siteUrl: string, inbox: Inbox) {
    this.#siteUrl = siteUrl;
    this.#inbox = inbox;
  }

  get(path: string, query: Readonly<Record<string, string | number | undefined>> = {}): Promise<unknown> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) search.set(name, String(value));
    return this.#request('GET', search.size === 0 ? path : `${path}?${search}`, undefined);
  }

  post(path: string, body: unknown = {}): Promise<unknown> {
    return this.#request('POST', path, body);
  }

  put(path: string, body: unknown = {}): Promise<unknown> {
    return this.#request('PUT', path, body);
  }

  delete(path: string, body: unknown = {}): Promise<unknown> {
    return this.#request('DELETE', path, body);
  }

  /** Sends a request as a page would; throws `ApiRefusal` for every answer but a good one. */
  async #request(method: string, path: string, body: unknown): Promise<unknown> {
    const { response } = await fetchPatiently(`${this.#siteUrl}${path}`, {
      method,
      headers: {
        ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
        ...(method === 'GET'
          ? {}
          : { origin: new URL(this.#siteUrl).origin, 'content-type': 'application/json' }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#cookie = cookie.split(';')[0] ?? '';
    const text = await response.text();
    const answer: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
    if (!response.ok) throw new ApiRefusal(`${method} ${path}`, response.status, answer);
    return answer;
  }

  /** Signs in by the code that arrives in the inbox of `email`. */
  async signIn(email: string): Promise<void> {
    await this.#inbox.fetchNew();
    const before = this.#inbox.of(email).length;
    const { attemptId } = attempt.parse(await this.post('/api/sign-in/code', { email, lang: 'en' }));
    for (let look = 0; look < MAX_CODE_LOOKS; look++) {
      await this.#inbox.fetchNew();
      for (const message of this.#inbox.of(email).slice(before)) {
        const code = /\b\d{8}\b/.exec(message.text)?.[0];
        if (code !== undefined) {
          await this.post('/api/sign-in/verify', { attemptId, code });
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no sign-in code reached ${email}`);
  }

  /** Sends a file by a presigned POST, as a browser's form does; resolves to S3's status and error code, if any. */
  async upload(
    post: { url: string; fields: Readonly<Record<string, string>> },
    file: { name: string; type: string; bytes: Uint8Array },
  ): Promise<{ status: number; code: string | undefined }> {
    const form = new FormData();
    for (const [name, value] of Object.entries(post.fields)) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.name);
    const { response } = await fetchPatiently(post.url, { method: 'POST', body: form });
    const answer = await response.text();
    return { status: response.status, code: /<Code>(\w+)<\/Code>/.exec(answer)?.[1] };
  }

  /** Fetches a page or file by its address with this visitor's session, or sends just what `init` says. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookie !== '') headers.set('cookie', this.#cookie);
    const address = url.startsWith('/') ? `${this.#siteUrl}${url}` : url;
    return (await fetchPatiently(address, { ...init, headers })).response;
  }
}
