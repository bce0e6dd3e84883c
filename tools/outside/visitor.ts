import * as z from 'zod';
import { signInContract } from '../../functions/http/sign-in/contract.ts';
import type { RouteContract, RouteRequest, RouteResponse } from '../../functions/shared/http/contract.ts';
import type { Inbox } from './inbox.ts';

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }).loose() });

/** What the API answered instead of a result. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: unknown;

  constructor(route: RouteContract, status: number, body: unknown) {
    const parsed = refusal.safeParse(body);
    super(
      `${route.method} ${route.path}: ${status} ${parsed.success ? `${parsed.data.error.code}: ${parsed.data.error.message}` : JSON.stringify(body)}`,
    );
    this.name = 'ApiRefusal';
    this.status = status;
    this.code = parsed.success ? parsed.data.error.code : 'unknown';
    this.body = body;
  }
}

const MAX_CODE_LOOKS = 100;

/**
 * Somebody outside: knows the site's address, the API's contracts and their own inbox, and nothing else. The tools that
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

  /** Calls a route as a page would; throws `ApiRefusal`. */
  async call<R extends RouteContract>(route: R, request: RouteRequest<R> = {}): Promise<RouteResponse<R>> {
    const params: Record<string, unknown> = { ...request.params };
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(params[name] ?? '')),
    );
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries<unknown>({ ...request.query }))
      if (value !== undefined) query.set(name, String(value));
    const search = query.size === 0 ? '' : `?${query}`;
    const response = await fetch(`${this.#siteUrl}${path}${search}`, {
      method: route.method,
      headers: {
        ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
        ...(route.method === 'GET'
          ? {}
          : { origin: new URL(this.#siteUrl).origin, 'content-type': 'application/json' }),
      },
      ...(route.method === 'GET' ? {} : { body: JSON.stringify(request.body ?? {}) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#cookie = cookie.split(';')[0] ?? '';
    const text = await response.text();
    const body: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
    if (!response.ok) throw new ApiRefusal(route, response.status, body);
    if (!isResponseOf(route, body))
      throw new Error(
        `${route.path} answered another shape: ${route.response.safeParse(body).error?.message}`,
      );
    return body;
  }

  /** Signs in by the code that arrives in the inbox of `email`; `pause` lets time pass while it is awaited (real clock). */
  async signIn(email: string): Promise<void> {
    await this.#inbox.fetchNew();
    const before = this.#inbox.of(email).length;
    const { attemptId } = await this.call(signInContract.requestCode, { body: { email, lang: 'en' } });
    for (let look = 0; look < MAX_CODE_LOOKS; look++) {
      await this.#inbox.fetchNew();
      for (const message of this.#inbox.of(email).slice(before)) {
        const code = /\b\d{8}\b/.exec(message.text)?.[0];
        if (code !== undefined) {
          await this.call(signInContract.verifyCode, { body: { attemptId, code } });
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
    const response = await fetch(post.url, { method: 'POST', body: form });
    const answer = await response.text();
    return { status: response.status, code: /<Code>(\w+)<\/Code>/.exec(answer)?.[1] };
  }

  /** Fetches a page or file by its address with this visitor's session. */
  fetch(url: string): Promise<Response> {
    return fetch(
      url.startsWith('/') ? `${this.#siteUrl}${url}` : url,
      this.#cookie === '' ? {} : { headers: { cookie: this.#cookie } },
    );
  }
}

function isResponseOf<R extends RouteContract>(route: R, value: unknown): value is RouteResponse<R> {
  return route.response.safeParse(value).success;
}
