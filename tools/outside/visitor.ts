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

  /**
   * Sends a request as a page would; throws `ApiRefusal` for every answer but a good one. A change that had to be sent
   * again and was refused then is taken for done, as a person takes it who reads that it was done already: the refusal
   * is the answer.
   */
  async #request(method: string, path: string, body: unknown): Promise<unknown> {
    const { refusal: refused, answer, repeated } = await this.#send(method, path, body);
    if (refused !== undefined && !(repeated && method !== 'GET' && refused.status < 500)) throw refused;
    return answer;
  }

  async #send(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ answer: unknown; refusal: ApiRefusal | undefined; repeated: boolean }> {
    const { response, repeated } = await fetchPatiently(`${this.#siteUrl}${path}`, {
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
    const refused = response.ok ? undefined : new ApiRefusal(`${method} ${path}`, response.status, answer);
    return { answer, refusal: refused, repeated };
  }

  /** Signs in by the code that arrives in the inbox of `email`; asks for another one where the line broke meanwhile. */
  async signIn(email: string): Promise<void> {
    for (;;) {
      const { refusal: refused, repeated } = await this.#trySignIn(email);
      if (refused === undefined) return;
      if (!repeated) throw refused;
    }
  }

  async #trySignIn(email: string): Promise<{ refusal: ApiRefusal | undefined; repeated: boolean }> {
    await this.#inbox.fetchNew();
    const before = this.#inbox.of(email).length;
    const asked = await this.#send('POST', '/api/sign-in/code', { email, lang: 'en' });
    if (asked.refusal !== undefined) throw asked.refusal;
    const { attemptId } = attempt.parse(asked.answer);
    for (let look = 0; look < MAX_CODE_LOOKS; look++) {
      await this.#inbox.fetchNew();
      for (const message of this.#inbox.of(email).slice(before)) {
        const code = /\b\d{8}\b/.exec(message.text)?.[0];
        if (code === undefined) continue;
        const verified = await this.#send('POST', '/api/sign-in/verify', { attemptId, code });
        return { refusal: verified.refusal, repeated: asked.repeated || verified.repeated };
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
