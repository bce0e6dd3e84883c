import { useCallback, useEffect, useState } from 'preact/hooks';
import * as z from 'zod';
import type { RouteContract, RouteRequest, RouteResponse } from '../../functions/shared/http/contract.ts';
import { currentLanguage, sharedText, useLanguage } from './language.ts';
import { wrongInput } from './wrong-input.ts';

// The pages' security policy allows no code made of strings, which zod would try for its speed.
z.config({ jitless: true });

const problem = z.object({ code: z.string(), field: z.string(), message: z.string().optional() });
const refusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    field: z.string().optional(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    problems: z.array(problem).optional(),
  }),
});

/** What the API refused, in words for the person; `fields` lead from the field at fault to its message. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, fields: Record<string, string>) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/**
 * Calls a route by its contract; throws `ApiError` (status 0 where the network failed: nothing typed is lost, try again).
 * A body that the route's schema refuses is not sent: the fields at fault are told in the person's words.
 */
export async function call<R extends RouteContract>(
  route: R,
  request: RouteRequest<R> = {},
): Promise<RouteResponse<R>> {
  checkBody(route, request.body);
  const params: Record<string, unknown> = { ...request.params };
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name] ?? '')),
  );
  const query = new URLSearchParams({ lang: currentLanguage() });
  for (const [name, value] of Object.entries<unknown>({ ...request.query }))
    if (value !== undefined && value !== '') query.set(name, String(value));
  let response: Response;
  try {
    response = await fetch(`${path}?${query}`, {
      method: route.method,
      credentials: 'same-origin',
      ...(route.method === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(request.body ?? {}) }),
    });
  } catch {
    throw new ApiError(
      0,
      'network',
      currentLanguage() === 'cy'
        ? 'Ni allem gyrraedd y gwasanaeth. Ni chollwyd dim; rhowch gynnig arall arni.'
        : 'We could not reach the service. Nothing is lost; try again.',
      {},
    );
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOf(response.status, body);
  if (!isResponseOf(route, body)) throw new ApiError(response.status, 'failed', route.path, {});
  return body;
}

function checkBody(route: RouteContract, body: unknown): void {
  const checked = route.body?.safeParse(body ?? {});
  if (checked === undefined || checked.success) return;
  const fields: Record<string, string> = {};
  for (const issue of checked.error.issues) {
    const { key, values } = wrongInput(issue);
    fields[issue.path.map(String).join('.')] ??= sharedText(key, values);
  }
  delete fields[''];
  const [first] = Object.values(fields);
  throw new ApiError(400, 'invalid-input', first ?? sharedText('input.general'), fields);
}

/** The contract's schema has parsed it: that is what makes it the route's response. */
function isResponseOf<R extends RouteContract>(route: R, value: unknown): value is RouteResponse<R> {
  return route.response.safeParse(value).success;
}

function errorOf(status: number, body: unknown): ApiError {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) return new ApiError(status, 'failed', `(${status})`, {});
  const { code, message, field, issues, problems } = parsed.data.error;
  const fields: Record<string, string> = {};
  for (const issue of issues ?? []) if (issue.path !== '') fields[issue.path] ??= issue.message;
  for (const each of problems ?? []) fields[each.field] ??= each.message ?? message;
  if (field !== undefined) fields[field] ??= message;
  return new ApiError(status, code, message, fields);
}

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  readonly reload: () => Promise<void>;
}

/** Loads a GET route and again whenever the request or the language changes; a `request` of undefined: not yet. */
export function useApi<R extends RouteContract>(
  route: R,
  ...given: [request?: RouteRequest<R> | undefined]
): Loaded<RouteResponse<R>> {
  // No request at all is one without parameters, unlike one that is undefined so far.
  const request = given.length === 0 ? {} : given[0];
  const language = useLanguage();
  const key = request === undefined ? undefined : JSON.stringify([route.path, request, language]);
  const [state, set] = useState<{
    data: RouteResponse<R> | undefined;
    error: ApiError | undefined;
    loading: boolean;
  }>({ data: undefined, error: undefined, loading: true });
  // `key` is the request by value, so that a literal in a component does not load for ever
  const reload = useCallback(async () => {
    if (request === undefined) return;
    set((before) => ({ ...before, loading: true }));
    try {
      set({ data: await call(route, request), error: undefined, loading: false });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      set((before) => ({ data: before.data, error, loading: false }));
    }
  }, [key]);
  useEffect(() => {
    void reload();
  }, [reload]);
  return { ...state, reload };
}
