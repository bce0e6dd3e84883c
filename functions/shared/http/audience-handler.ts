import middy from '@middy/core';
import httpRouter, { type Method } from '@middy/http-router';
import type {
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import * as z from 'zod';
import { type Identity, language, role } from '../access/identity.ts';
import { requireEnv } from '../runtime/env.ts';
import {
  ConcurrentChangeError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RefusedError,
  WrongStateError,
} from '../runtime/errors.ts';
import { logger } from '../runtime/logger.ts';
import { parse } from '../runtime/parse.ts';
import type { Texts } from '../texts/texts.ts';
import type { Contract, RouteContract, RouteInput } from './contract.ts';

/** What every implementation knows beside its parsed input. */
export interface RequestContext {
  readonly now: Date;
  /** Language of the page that asks: the person's own, else the request's. */
  readonly language: 'en' | 'cy';
  /** Address of the viewer, for throttling of public routes. */
  readonly sourceIp: string;
  /** Cookie lines of the request; what they mean is for sign-in alone. */
  readonly cookies: readonly string[];
}
export interface AnonymousContext extends RequestContext {
  readonly identity: Identity | undefined;
}
export interface SignedInContext extends RequestContext {
  readonly identity: Identity;
}

type ContextOf<R extends RouteContract> = R['roles'] extends 'anyone' ? AnonymousContext : SignedInContext;

/** A response with cookies; other implementations return the body alone. */
export class WithCookies<T> {
  readonly body: T;
  readonly cookies: readonly string[];
  constructor(body: T, cookies: readonly string[]) {
    this.body = body;
    this.cookies = cookies;
  }
}

export type Implementation<C extends Contract> = {
  readonly [N in keyof C]: (
    input: RouteInput<C[N]>,
    context: ContextOf<C[N]>,
  ) => Promise<z.input<C[N]['response']> | WithCookies<z.input<C[N]['response']>>>;
};

type HttpEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<Record<string, unknown>>;

const identitySchema = z.object({
  personId: z.string(),
  email: z.string(),
  name: z.string(),
  roles: z.array(role),
  language,
  hubIds: z.array(z.string()),
  funderIds: z.array(z.string()),
});

/**
 * The HTTP function of one audience: routes by the contract, input parsed, role checked, errors answered as
 * `{ error: { code, message, field?, values?, issues? } }`. `texts` hold `refusals.<code>` of the stages served.
 */
export function audienceHandler<C extends Contract>(
  contract: C,
  implementation: Implementation<C>,
  texts: readonly Texts[],
): middy.MiddyfiedHandler<HttpEvent, APIGatewayProxyStructuredResultV2, Error, Context> {
  const routes = Object.entries(contract).map(([name, route]) => ({
    method: asMethod(route.method),
    path: route.path,
    handler: async (event: HttpEvent): Promise<APIGatewayProxyStructuredResultV2> => {
      const context = requestContext(event);
      try {
        if (route.method !== 'GET') checkOrigin(event);
        if (route.roles !== 'anyone') checkRole(route, context.identity);
        const run = implementation[name];
        if (run === undefined) throw new NotFoundError(route.path);
        const result: unknown = await Reflect.apply(run, undefined, [inputOf(route, event), context]);
        const body = parse(
          `response of ${name}`,
          route.response,
          result instanceof WithCookies ? result.body : result,
        );
        return answer(200, body, result instanceof WithCookies ? result.cookies : []);
      } catch (error) {
        return refusal(error, context.language, texts);
      }
    },
  }));
  return middy<HttpEvent, APIGatewayProxyStructuredResultV2, Error, Context>()
    .use({
      before: ({ event }) => {
        logger.appendKeys({
          correlationId: event.pathParameters?.registrationId ?? event.requestContext.requestId,
        });
      },
    })
    .handler(
      httpRouter<HttpEvent, APIGatewayProxyStructuredResultV2>({
        routes,
        notFoundResponse: () =>
          answer(404, { error: { code: 'not-found', message: 'There is nothing at this address.' } }, []),
      }),
    );
}

function asMethod(method: RouteContract['method']): Method {
  return method;
}

function requestContext(event: HttpEvent): AnonymousContext {
  const raw = event.requestContext.authorizer?.lambda?.identity;
  const identity =
    typeof raw === 'string' && raw !== '' ? parse('identity', identitySchema, JSON.parse(raw)) : undefined;
  const asked = event.queryStringParameters?.lang ?? event.headers['accept-language']?.slice(0, 2);
  return {
    now: new Date(),
    identity,
    language: asked === 'cy' || asked === 'en' ? asked : (identity?.language ?? 'en'),
    sourceIp: viewerOf(event),
    cookies: event.cookies ?? [event.headers.cookie ?? ''],
  };
}

/**
 * The viewer's address. The API is called by CloudFront alone: it appends the viewer to X-Forwarded-For and the API
 * then CloudFront itself, so the last but one is the viewer and what stands before it is only a viewer's claim.
 */
function viewerOf(event: HttpEvent): string {
  const hops = (event.headers['x-forwarded-for'] ?? '').split(',').map((hop) => hop.trim());
  return hops.at(-2) ?? event.requestContext.http.sourceIp;
}

/** Cookies are SameSite=Lax; writes must also come from our own pages (design section 5). */
function checkOrigin(event: HttpEvent): void {
  if (event.headers.origin !== new URL(requireEnv('SITE_URL')).origin)
    throw new ForbiddenError('a write from another origin');
}

class SignInNeededError extends Error {}

function checkRole(route: RouteContract, identity: Identity | undefined): void {
  if (identity === undefined) throw new SignInNeededError();
  if (route.roles !== 'anyone' && !route.roles.some((allowed) => identity.roles.includes(allowed))) {
    throw new ForbiddenError(`${route.method} ${route.path}`);
  }
}

function inputOf(route: RouteContract, event: HttpEvent): Record<string, unknown> {
  const { lang: _, ...query } = event.queryStringParameters ?? {};
  return {
    params:
      route.params === undefined ? undefined : parse('address', route.params, event.pathParameters ?? {}),
    query: route.query === undefined ? undefined : parse('query', route.query, query),
    body: route.body === undefined ? undefined : parse('body', route.body, bodyOf(event)),
  };
}

function bodyOf(event: HttpEvent): unknown {
  if (event.body === undefined || event.body === '') return {};
  const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError('body', [{ path: '', message: 'is not JSON' }]);
  }
}

function refusal(
  error: unknown,
  to: 'en' | 'cy',
  texts: readonly Texts[],
): APIGatewayProxyStructuredResultV2 {
  const words = (
    code: string,
    fallback: string,
    values: Readonly<Record<string, string | number>> = {},
  ): string =>
    texts.find((area) => area.has(`refusals.${code}`))?.text(to, `refusals.${code}`, values) ?? fallback;
  if (error instanceof RefusedError) {
    const { code, field, values, problems } = error;
    const issues = problems.map((problem) => ({
      path: problem.field,
      code: problem.code,
      message: words(problem.code, problem.code, problem.values),
    }));
    return answer(
      422,
      {
        error: {
          code,
          message: words(code, code, values),
          ...(field === undefined ? {} : { field }),
          values,
          ...(issues.length === 0 ? {} : { issues }),
        },
      },
      [],
    );
  }
  if (error instanceof InvalidInputError) {
    return answer(
      400,
      {
        error: {
          code: 'invalid-input',
          message: words('invalid-input', error.message),
          issues: error.issues,
        },
      },
      [],
    );
  }
  if (error instanceof SignInNeededError) {
    return answer(
      401,
      { error: { code: 'sign-in-needed', message: words('sign-in-needed', 'Sign in first.') } },
      [],
    );
  }
  if (error instanceof ForbiddenError) {
    return answer(
      403,
      { error: { code: 'not-yours', message: words('not-yours', 'You cannot see or do this.') } },
      [],
    );
  }
  if (error instanceof NotFoundError) {
    return answer(
      404,
      { error: { code: 'not-found', message: words('not-found', 'There is nothing at this address.') } },
      [],
    );
  }
  if (error instanceof WrongStateError) {
    const values = { state: error.state };
    return answer(
      409,
      {
        error: {
          code: 'wrong-state',
          message: words('wrong-state', `This cannot be done now: ${error.message}.`, values),
          values,
        },
      },
      [],
    );
  }
  if (error instanceof ConcurrentChangeError) {
    return answer(
      409,
      {
        error: {
          code: 'try-again',
          message: words('try-again', 'Somebody changed this at the same moment. Try again.'),
        },
      },
      [],
    );
  }
  logger.error('request failed', { error: error instanceof Error ? error : new Error(String(error)) });
  return answer(
    500,
    {
      error: {
        code: 'failed',
        message: words('failed', 'Something went wrong on our side. Nothing you entered is lost; try again.'),
      },
    },
    [],
  );
}

function answer(
  statusCode: number,
  body: unknown,
  cookies: readonly string[],
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
    ...(cookies.length > 0 ? { cookies: [...cookies] } : {}),
  };
}
