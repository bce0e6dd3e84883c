import { randomBytes } from 'node:crypto';
import type { Api, ApiRequest, Authorizer, Stage } from './model.ts';
import type { RouteMatch } from './routing.ts';

/** One request on its way through a route: what its events are made of. */
export interface RequestContext {
  readonly account: string;
  readonly region: string;
  readonly api: Api;
  readonly stage: Stage;
  readonly request: ApiRequest;
  readonly match: RouteMatch;
  readonly domainName: string;
  /** Decoded, with the stage where that is not `$default`. */
  readonly rawPath: string;
  readonly requestId: string;
  /** Epoch ms. */
  readonly now: number;
}

/** Content types whose bodies reach a function as text; any other comes in base64. */
const TEXT = /^(?:text\/.*|application\/(?:json|javascript|xml|.+\+json|.+\+xml))$/;

/** The event of payload format 2.0 for an integration. `authorized`: the authorizer's context, absent without one. */
export function integrationEvent(
  context: RequestContext,
  authorized: { readonly context: Record<string, unknown> | null } | undefined,
): Record<string, unknown> {
  const common = commonEvent(context);
  const { request } = context;
  return {
    ...common,
    requestContext: {
      ...common.requestContext,
      ...(authorized === undefined ? {} : { authorizer: { lambda: authorized.context } }),
    },
    ...bodyOf(request),
  };
}

/** The event of payload format 2.0 for a Lambda authorizer. */
export function authorizerEvent(
  context: RequestContext,
  authorizer: Authorizer,
  identity: readonly string[],
): Record<string, unknown> {
  return {
    type: 'REQUEST',
    routeArn: `${executeArn(context)}/${context.request.method}${pathWithoutStage(context)}`,
    identitySource: authorizer.identitySource.length === 0 ? null : identity,
    ...commonEvent(context),
  };
}

/** `arn:aws:execute-api:…:api/stage`, the source of invocations. */
export function executeArn(context: RequestContext): string {
  return `arn:aws:execute-api:${context.region}:${context.account}:${context.api.id}/${context.stage.name}`;
}

/** The value that an identity source names; undefined where the request has none. */
export function identityOf(context: RequestContext, source: string): string | undefined {
  const [, kind, name = ''] =
    /^\$(request\.header|request\.querystring|context|stageVariables)\.(.+)$/.exec(source) ?? [];
  switch (kind) {
    case 'request.header':
      return context.request.headers[name.toLowerCase()];
    case 'request.querystring':
      return queryOf(context.request).get(name) ?? undefined;
    case 'stageVariables':
      return context.stage.variables[name];
    case 'context':
      return name === 'routeKey'
        ? context.match.route.routeKey
        : name === 'httpMethod'
          ? context.request.method
          : name === 'path'
            ? context.rawPath
            : undefined;
    default:
      return undefined;
  }
}

function commonEvent(context: RequestContext) {
  const { request, stage, match } = context;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'cookie' && name !== 'connection') headers[name] = value;
  }
  headers.host = context.domainName;
  headers['x-amzn-trace-id'] ??=
    `Root=1-${Math.floor(context.now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  headers['x-forwarded-for'] ??= request.sourceIp ?? '127.0.0.1';
  headers['x-forwarded-port'] ??= '443';
  headers['x-forwarded-proto'] ??= 'https';
  const cookies = (request.headers.cookie ?? '')
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
  const query: Record<string, string> = {};
  for (const [name, value] of queryOf(request)) {
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  }
  const at = new Date(context.now);
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: context.rawPath,
    rawQueryString: rawQueryOf(request),
    ...(cookies.length === 0 ? {} : { cookies }),
    headers,
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    ...(Object.keys(match.pathParameters).length === 0 ? {} : { pathParameters: match.pathParameters }),
    ...(Object.keys(stage.variables).length === 0 ? {} : { stageVariables: stage.variables }),
    requestContext: {
      accountId: context.account,
      apiId: context.api.id,
      domainName: context.domainName,
      domainPrefix: context.domainName.split('.')[0] ?? '',
      http: {
        method: request.method,
        path: context.rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: headers['x-forwarded-for'].split(',')[0]?.trim() ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: context.requestId,
      routeKey: match.route.routeKey,
      stage: stage.name,
      time: commonLogTime(at),
      timeEpoch: context.now,
    },
  };
}

function bodyOf(request: ApiRequest): { body?: string; isBase64Encoded: boolean } {
  if (request.body.byteLength === 0) return { isBase64Encoded: false };
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (TEXT.test(type) && request.headers['content-encoding'] === undefined) {
    try {
      return {
        body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(request.body),
        isBase64Encoded: false,
      };
    } catch {
      // Not UTF-8 after all: handed over as bytes below.
    }
  }
  return { body: Buffer.from(request.body).toString('base64'), isBase64Encoded: true };
}

function rawQueryOf(request: ApiRequest): string {
  const at = request.rawUrl.indexOf('?');
  return at < 0 ? '' : request.rawUrl.slice(at + 1);
}

function queryOf(request: ApiRequest): URLSearchParams {
  return new URLSearchParams(rawQueryOf(request));
}

function pathWithoutStage(context: RequestContext): string {
  const { stage, rawPath } = context;
  return stage.name === '$default' ? rawPath : rawPath.slice(stage.name.length + 1);
}

/** `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
