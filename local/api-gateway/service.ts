import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import type { CloudContext, Service } from '../core/service.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { authorizerEvent, executeArn, identityOf, integrationEvent, type RequestContext } from './event.ts';
import type { Api, ApiRequest, ApiResponse, Authorizer, Mapping, Stage } from './model.ts';
import { gatewayResponses, readFunctionResponse } from './response.ts';
import { matchRoute } from './routing.ts';

/** Quotas of HTTP APIs and of Lambda (their Developer Guides), in bytes. */
const MAX_REQUEST = 10 * 1024 * 1024;
const MAX_EVENT = 6 * 1024 * 1024;

export interface ApiGatewayService extends Service {
  /** Creates an API, or replaces what is known of it, its parts included. */
  configureApi(api: Pick<Api, 'id' | 'name' | 'defaultEndpointDisabled' | 'cors'>): void;
  /** The API to add parts to; throws where there is none. */
  api(apiId: string): Api;
  apis(): readonly Api[];
  /** Leads a custom domain's requests to an API. */
  mapDomain(domainName: string, mapping: Mapping): void;
  /** Answers a request to an API by its id, whichever endpoint it would come by. */
  handle(apiId: string, request: ApiRequest): Promise<ApiResponse>;
  /** Answers a request by the host it is for: `{apiId}.execute-api.{region}.amazonaws.com` or a custom domain. */
  handleHost(host: string, request: ApiRequest): Promise<ApiResponse | undefined>;
  /** Requests by API name, route key and status since the start. */
  statistics(): Record<string, Record<string, Record<string, number>>>;
}

type Authorized =
  | { readonly kind: 'allowed'; readonly context: Record<string, unknown> | null }
  | { readonly kind: 'refused'; readonly response: ApiResponse };

const authorizerOutputSchema = z.object({
  isAuthorized: z.boolean(),
  context: z.record(z.string(), z.unknown()).nullish(),
});

/** HTTP APIs (API Gateway v2) with Lambda integrations and simple Lambda authorizers. Throttles nothing. */
export function createApiGatewayService(cloud: CloudContext): ApiGatewayService {
  const apis = new Map<string, Api>();
  const domains = new Map<string, Mapping[]>();
  const counts = new Map<string, Map<string, Map<number, number>>>();
  const decisions = new Map<string, { readonly until: number; readonly decision: Authorized }>();

  function count(api: Api, routeKey: string, status: number): void {
    const routes = counts.get(api.name) ?? new Map<string, Map<number, number>>();
    counts.set(api.name, routes);
    const statuses = routes.get(routeKey) ?? new Map<number, number>();
    routes.set(routeKey, statuses);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }

  function requireApi(apiId: string): Api {
    const api = apis.get(apiId);
    if (api === undefined) throw new Error(`there is no HTTP API ${apiId}`);
    return api;
  }

  async function invoke(
    context: RequestContext,
    functionArn: string,
    event: Record<string, unknown>,
    sourceArn: string,
  ): Promise<{ readonly payload: string; readonly failed: boolean } | 'tooLarge'> {
    const payload = new TextEncoder().encode(JSON.stringify(event));
    if (payload.byteLength > MAX_EVENT) return 'tooLarge';
    const output = await cloud.gateway.call({
      service: 'lambda',
      action: 'Invoke',
      input: { FunctionName: functionArn, InvocationType: 'RequestResponse', Payload: payload },
      caller: { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn },
    });
    const text = output.Payload instanceof Uint8Array ? new TextDecoder().decode(output.Payload) : '';
    const failed = output.FunctionError !== undefined || text.length > MAX_EVENT;
    if (failed) {
      cloud.log(
        'api-gateway',
        `${context.match.route.routeKey}: ${functionArn} failed: ${text.slice(0, 300)}`,
      );
    }
    return { payload: text, failed };
  }

  async function authorize(context: RequestContext, authorizer: Authorizer): Promise<Authorized> {
    const refused = (response: ApiResponse): Authorized => ({ kind: 'refused', response });
    const identity: string[] = [];
    for (const source of authorizer.identitySource) {
      const value = identityOf(context, source);
      // A request without what identifies it is refused before the function is asked.
      if (value === undefined || value === '') return refused(gatewayResponses.unauthorized());
      identity.push(value);
    }
    const cacheKey = JSON.stringify([context.api.id, context.stage.name, authorizer.id, identity]);
    const cached = decisions.get(cacheKey);
    if (cached !== undefined && cached.until > context.now) return cached.decision;
    const sourceArn = `arn:aws:execute-api:${cloud.region}:${cloud.account}:${context.api.id}/authorizers/${authorizer.id}`;
    const result = await invoke(
      context,
      authorizer.functionArn,
      authorizerEvent(context, authorizer, identity),
      sourceArn,
    );
    if (result === 'tooLarge') return refused(gatewayResponses.tooLarge());
    if (result.failed) {
      const why = z.object({ errorMessage: z.string() }).safeParse(readJson(result.payload));
      return refused(
        why.success && why.data.errorMessage === 'Unauthorized'
          ? gatewayResponses.unauthorized()
          : gatewayResponses.internalError(),
      );
    }
    const answer = authorizerOutputSchema.safeParse(readJson(result.payload));
    if (!answer.success) {
      cloud.log(
        'api-gateway',
        `authorizer ${authorizer.functionArn} gave no simple response: ${result.payload.slice(0, 300)}`,
      );
      return refused(gatewayResponses.internalError());
    }
    const decision: Authorized = answer.data.isAuthorized
      ? { kind: 'allowed', context: answer.data.context ?? null }
      : refused(gatewayResponses.forbidden());
    if (authorizer.ttlSeconds > 0 && identity.length > 0) {
      if (decisions.size > 10_000) decisions.clear();
      decisions.set(cacheKey, { until: context.now + authorizer.ttlSeconds * 1000, decision });
    }
    return decision;
  }

  async function serve(context: RequestContext): Promise<ApiResponse> {
    const { api, match } = context;
    const { route } = match;
    if (context.request.body.byteLength > MAX_REQUEST) return gatewayResponses.tooLarge();
    let authorized: { readonly context: Record<string, unknown> | null } | undefined;
    if (route.authorizerId !== undefined) {
      const authorizer = api.authorizers.get(route.authorizerId);
      if (authorizer === undefined) throw new Error(`${api.name} has no authorizer ${route.authorizerId}`);
      const decision = await authorize(context, authorizer);
      if (decision.kind === 'refused') return decision.response;
      authorized = decision;
    }
    const integration = api.integrations.get(route.integrationId);
    if (integration === undefined) throw new Error(`${api.name} has no integration ${route.integrationId}`);
    const [, path = ''] = route.routeKey.split(' ');
    const sourceArn =
      route.routeKey === '$default'
        ? `${executeArn(context)}/$default`
        : `${executeArn(context)}/${route.routeKey.startsWith('ANY ') ? '*' : context.request.method}${path}`;
    const event = integrationEvent(context, authorized);
    const result = await within(
      integration.timeoutMs,
      invoke(context, integration.functionArn, event, sourceArn),
    );
    if (result === undefined) return gatewayResponses.unavailable();
    if (result === 'tooLarge') return gatewayResponses.tooLarge();
    return result.failed ? gatewayResponses.internalError() : readFunctionResponse(result.payload);
  }

  async function handle(
    api: Api,
    domainName: string,
    stageName: string | undefined,
    path: string,
    request: ApiRequest,
  ): Promise<ApiResponse> {
    const requestId = randomUUID();
    let routeKey = '';
    let response: ApiResponse;
    try {
      const preflight = answerPreflight(api.cors, request);
      const place = preflight === undefined ? findStage(api, stageName, path) : undefined;
      const match =
        place === undefined ? undefined : matchRoute(api.routes.values(), request.method, place.path);
      if (preflight !== undefined) response = preflight;
      else if (place === undefined || match === undefined) response = gatewayResponses.notFound();
      else {
        routeKey = match.route.routeKey;
        response = await serve({
          account: cloud.account,
          region: cloud.region,
          api,
          stage: place.stage,
          request,
          match,
          domainName,
          rawPath: place.rawPath,
          requestId,
          now: cloud.clock.now(),
        });
      }
    } catch (error) {
      cloud.log(
        'api-gateway',
        `${request.method} ${path}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      response = gatewayResponses.internalError();
    }
    count(api, routeKey === '' ? '(none)' : routeKey, response.status);
    return {
      ...response,
      headers: { ...response.headers, ...corsHeaders(api.cors, request), 'apigw-requestid': requestId },
    };
  }

  const endpoint = (apiId: string) => `${apiId}.execute-api.${cloud.region}.amazonaws.com`;
  const counted = <T>(request: ApiRequest, work: () => Promise<T>) =>
    cloud.activity.during(`api ${request.method} ${request.path}`, work);

  return {
    name: 'apigateway',
    async call(action) {
      throw new UnsupportedError(`apigateway ${action}`);
    },
    configureApi(api) {
      apis.set(api.id, {
        ...api,
        stages: new Map(),
        routes: new Map(),
        integrations: new Map(),
        authorizers: new Map(),
      });
    },
    api: requireApi,
    apis: () => [...apis.values()],
    mapDomain(domainName, mapping) {
      const others = (domains.get(domainName) ?? []).filter(({ key }) => key !== mapping.key);
      // The longest key wins.
      domains.set(
        domainName,
        [...others, mapping].sort((a, b) => b.key.length - a.key.length),
      );
    },
    handle: (apiId, request) =>
      counted(request, () => handle(requireApi(apiId), endpoint(apiId), undefined, request.path, request)),
    async handleHost(host, request) {
      const apiId = host.endsWith(`.execute-api.${cloud.region}.amazonaws.com`)
        ? host.split('.')[0]
        : undefined;
      if (apiId !== undefined) {
        const api = apis.get(apiId);
        if (api === undefined) return undefined;
        if (api.defaultEndpointDisabled) return gatewayResponses.notFound();
        return counted(request, () => handle(api, host, undefined, request.path, request));
      }
      const mappings = domains.get(host);
      if (mappings === undefined) return undefined;
      const mapping = mappings.find(({ key }) => key === '' || `${request.path}/`.startsWith(`/${key}/`));
      if (mapping === undefined) return gatewayResponses.notFound();
      const path = mapping.key === '' ? request.path : request.path.slice(mapping.key.length + 1) || '/';
      return counted(request, () => handle(requireApi(mapping.apiId), host, mapping.stage, path, request));
    },
    statistics: () =>
      Object.fromEntries(
        [...counts].map(([name, routes]) => [
          name,
          Object.fromEntries(
            [...routes].map(([routeKey, statuses]) => [
              routeKey,
              Object.fromEntries([...statuses].map(([status, number]) => [String(status), number])),
            ]),
          ),
        ]),
      ),
  };
}

/** The stage that serves a path, with the path as routes see it and as events show it. */
function findStage(
  api: Api,
  name: string | undefined,
  encodedPath: string,
): { readonly stage: Stage; readonly path: string; readonly rawPath: string } | undefined {
  let path: string;
  try {
    path = decodeURIComponent(encodedPath);
  } catch {
    return undefined;
  }
  if (name !== undefined) {
    const stage = api.stages.get(name);
    return stage === undefined ? undefined : { stage, path, rawPath: path };
  }
  const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  const named = first === '' ? undefined : api.stages.get(first);
  if (named !== undefined) return { stage: named, path: rest === '' ? '/' : rest, rawPath: path };
  const stage = api.stages.get('$default');
  return stage === undefined ? undefined : { stage, path, rawPath: path };
}

/** What `work` gives, or undefined after `ms` of the machine's time: a caller on the network waits in that, too. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
