import type { Caller, Service } from '../core/service.ts';

/** One HTTP request to a service whose API is REST (s3, ses, lambda, scheduler), already authenticated. */
export interface RestRequest {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query exactly as sent, for signatures. */
  readonly rawUrl: string;
  /** Lower-case names; a repeated header's values are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Who signed the request; undefined where it carries no signature (presigned POST, CORS preflight, public read). */
  readonly caller: Caller | undefined;
}

export interface RestResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | string;
}

/** What a REST service has beyond `Service`: it reads its own requests. Errors thrown are answered by the gateway. */
export interface RestService extends Service {
  handleHttp(request: RestRequest): Promise<RestResponse>;
}

/** What a service counted since the start; part of `GET /_local/statistics`. */
export interface ServiceWithStatistics extends Service {
  statistics(): Record<string, unknown>;
}

export function isRestService(service: Service): service is RestService {
  return 'handleHttp' in service && typeof service.handleHttp === 'function';
}

export function hasStatistics(service: Service): service is ServiceWithStatistics {
  return 'statistics' in service && typeof service.statistics === 'function';
}
