import type { ApiGatewayService } from '../api-gateway/service.ts';
import { UnsupportedError } from '../core/errors.ts';
import type { CloudContext, Service } from '../core/service.ts';
import type { SesService } from '../ses/service.ts';
import { createCompressor } from './compress.ts';
import { type EdgeFunction, runViewerRequest, runViewerResponse } from './edge-function.ts';
import type {
  Behaviour,
  Distribution,
  ForwardingPolicy,
  ResponseHeadersPolicy,
  ViewerRequest,
  ViewerResponse,
} from './model.ts';
import { errorPage, fetchApi, fetchObject } from './origins.ts';
import {
  applyHeaders,
  MANAGED_CACHE_POLICIES,
  MANAGED_ORIGIN_REQUEST_POLICIES,
  MANAGED_RESPONSE_HEADERS_POLICIES,
} from './policies.ts';
import { type Site, startSite } from './site.ts';

export interface BehaviourStatistics {
  requests: number;
  bytesOut: number;
  readonly byStatus: Record<string, number>;
}

export interface CloudFrontService extends Service {
  saveFunction(edge: EdgeFunction): void;
  saveCachePolicy(id: string, policy: ForwardingPolicy): void;
  saveOriginRequestPolicy(id: string, policy: ForwardingPolicy): void;
  saveResponseHeadersPolicy(id: string, policy: ResponseHeadersPolicy): void;
  /** Creates a distribution or replaces it; what it refers to must be known. */
  saveDistribution(distribution: Distribution): void;
  distributions(): readonly Distribution[];
  /** Answers a viewer's request to a distribution. */
  handle(distributionId: string, request: ViewerRequest): Promise<ViewerResponse>;
  /**
   * Serves a distribution (by id; the only one where undefined) on 127.0.0.1, and the local inbox below `/inbox/`.
   *
   * @param options.port 0 or undefined takes a free one. @throws EADDRINUSE where the port is taken
   */
  serveSite(
    distributionId: string | undefined,
    options?: { readonly port?: number | undefined },
  ): Promise<Site>;
  /** Requests and bytes by path pattern since the start. */
  statistics(): Record<string, BehaviourStatistics>;
}

/** CloudFront without caches: every request is answered by its behaviour's origin, on this machine. */
export function createCloudFrontService(
  cloud: CloudContext,
  parts: { readonly apiGateway: ApiGatewayService; readonly ses: Pick<SesService, 'handleInbox'> },
): CloudFrontService {
  const distributions = new Map<string, Distribution>();
  const functions = new Map<string, EdgeFunction>();
  const cachePolicies = new Map(Object.entries(MANAGED_CACHE_POLICIES));
  const originRequestPolicies = new Map(Object.entries(MANAGED_ORIGIN_REQUEST_POLICIES));
  const responseHeadersPolicies = new Map(Object.entries(MANAGED_RESPONSE_HEADERS_POLICIES));
  const counts = new Map<string, BehaviourStatistics>();
  const compressor = createCompressor();

  function edgeFunction(arn: string): EdgeFunction {
    return known(functions, arn, 'CloudFront function');
  }

  async function fetchOrigin(
    distribution: Distribution,
    behaviour: Behaviour,
    request: ViewerRequest,
  ): Promise<ViewerResponse> {
    const origin = known(distribution.origins, behaviour.originId, 'origin');
    if (origin.bucket !== undefined) {
      return fetchObject(cloud, distribution, origin, origin.bucket, request);
    }
    const policies = [known(cachePolicies, behaviour.cachePolicyId, 'cache policy')];
    if (behaviour.originRequestPolicyId !== undefined) {
      policies.push(known(originRequestPolicies, behaviour.originRequestPolicyId, 'origin request policy'));
    }
    return fetchApi(parts.apiGateway, distribution, origin, policies, request);
  }

  /** The error page that the distribution has in place of an origin's error, else that error. */
  async function replaceError(
    distribution: Distribution,
    request: ViewerRequest,
    response: ViewerResponse,
  ): Promise<ViewerResponse> {
    const custom = distribution.errorResponses.find(({ errorCode }) => errorCode === response.status);
    if (custom?.pagePath === undefined) return response;
    const { pagePath } = custom;
    const { 'if-none-match': _tag, 'if-modified-since': _date, range: _range, ...headers } = request.headers;
    const pageRequest = { ...request, method: 'GET', path: pagePath, rawUrl: pagePath, headers };
    const page = await fetchOrigin(distribution, behaviourOf(distribution, pagePath), pageRequest);
    return page.status === 200 ? { ...page, status: custom.responseCode ?? response.status } : response;
  }

  async function answer(
    distribution: Distribution,
    behaviour: Behaviour,
    viewerRequest: ViewerRequest,
  ): Promise<ViewerResponse> {
    if (!behaviour.allowedMethods.includes(viewerRequest.method)) return errorPage(403, 'MethodNotAllowed');
    let request = viewerRequest;
    const onRequest = behaviour.functions['viewer-request'];
    if (onRequest !== undefined) {
      const result = await runViewerRequest(edgeFunction(onRequest), distribution, request);
      if ('response' in result) return result.response;
      request = result.request;
    }
    if (request.path === '/' && distribution.defaultRootObject !== '') {
      const path = `/${distribution.defaultRootObject}`;
      request = { ...request, path, rawUrl: path + request.rawUrl.slice(1) };
    }
    let response = await fetchOrigin(distribution, behaviour, request);
    if (response.status >= 400) response = await replaceError(distribution, request, response);
    if (
      behaviour.compress &&
      known(cachePolicies, behaviour.cachePolicyId, 'cache policy').compresses === true
    ) {
      response = compressor.compress(response, viewerRequest.headers['accept-encoding'] ?? '');
    }
    if (behaviour.responseHeadersPolicyId !== undefined) {
      const policy = known(
        responseHeadersPolicies,
        behaviour.responseHeadersPolicyId,
        'response headers policy',
      );
      response = { ...response, headers: applyHeaders(response.headers, policy) };
    }
    const onResponse = behaviour.functions['viewer-response'];
    if (onResponse !== undefined && response.status < 400) {
      response = await runViewerResponse(edgeFunction(onResponse), distribution, request, response);
    }
    return response;
  }

  function count(pattern: string, response: ViewerResponse): void {
    const entry = counts.get(pattern) ?? { requests: 0, bytesOut: 0, byStatus: {} };
    counts.set(pattern, entry);
    entry.requests++;
    entry.bytesOut +=
      typeof response.body === 'string' ? Buffer.byteLength(response.body) : response.body.byteLength;
    entry.byStatus[response.status] = (entry.byStatus[response.status] ?? 0) + 1;
  }

  async function handle(distributionId: string, request: ViewerRequest): Promise<ViewerResponse> {
    const distribution = known(distributions, distributionId, 'distribution');
    const behaviour = behaviourOf(distribution, request.path);
    let response: ViewerResponse;
    try {
      response = await cloud.activity.during(`site ${request.method} ${request.path}`, () =>
        answer(distribution, behaviour, request),
      );
    } catch (error) {
      cloud.log(
        'cloudfront',
        `${request.method} ${request.path}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      response = errorPage(503, 'ServiceUnavailable');
    }
    count(behaviour.pattern, response);
    return response;
  }

  return {
    name: 'cloudfront',
    async call(action) {
      throw new UnsupportedError(`cloudfront ${action}`);
    },
    saveFunction: (edge) => void functions.set(edge.arn, edge),
    saveCachePolicy: (id, policy) => void cachePolicies.set(id, policy),
    saveOriginRequestPolicy: (id, policy) => void originRequestPolicies.set(id, policy),
    saveResponseHeadersPolicy: (id, policy) => void responseHeadersPolicies.set(id, policy),
    saveDistribution(distribution) {
      for (const behaviour of distribution.behaviours) {
        known(distribution.origins, behaviour.originId, 'origin');
        known(cachePolicies, behaviour.cachePolicyId, 'cache policy');
        const { originRequestPolicyId, responseHeadersPolicyId } = behaviour;
        if (originRequestPolicyId !== undefined) {
          known(originRequestPolicies, originRequestPolicyId, 'origin request policy');
        }
        if (responseHeadersPolicyId !== undefined) {
          known(responseHeadersPolicies, responseHeadersPolicyId, 'response headers policy');
        }
        for (const arn of Object.values(behaviour.functions)) edgeFunction(arn);
      }
      distributions.set(distribution.id, distribution);
    },
    distributions: () => [...distributions.values()],
    handle,
    async serveSite(distributionId, options = {}) {
      const [only, ...others] = distributions.keys();
      const id = distributionId ?? (others.length === 0 ? only : undefined);
      if (id === undefined)
        throw new Error('say which of the distributions to serve: there is not exactly one');
      known(distributions, id, 'distribution');
      return startSite({
        port: options.port ?? 0,
        now: () => cloud.clock.now(),
        handle: (request) => handle(id, request),
        handleInbox: (request) => parts.ses.handleInbox(request, '/inbox/'),
        log: (message) => cloud.log('cloudfront', message),
      });
    },
    statistics: () =>
      Object.fromEntries([...counts].map(([pattern, entry]) => [pattern, structuredClone(entry)])),
  };
}

/** The first behaviour whose pattern fits the path; the default one fits all. */
function behaviourOf(distribution: Distribution, path: string): Behaviour {
  const behaviour = distribution.behaviours.find(({ pattern }) => matchesPattern(pattern, path));
  if (behaviour === undefined) throw new Error(`distribution ${distribution.id} has no default behaviour`);
  return behaviour;
}

/** `*` stands for any characters, `?` for one; a leading slash may be left out. */
function matchesPattern(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/^\//, '')
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(path.replace(/^\//, ''));
}

function known<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = map.get(id);
  if (found === undefined) throw new UnsupportedError(`the ${what} ${id}, which no template declares`);
  return found;
}
