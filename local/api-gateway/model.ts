import type { RestRequest } from '../gateway/rest.ts';

/** One request to an HTTP API, as it arrives at its endpoint. */
export interface ApiRequest extends Pick<RestRequest, 'method' | 'path' | 'rawUrl' | 'headers' | 'body'> {
  readonly sourceIp?: string | undefined;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | string;
}

export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  /** Seconds. */
  readonly maxAge: number | undefined;
}

export interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

/** A Lambda authorizer that answers `{isAuthorized, context}`. */
export interface Authorizer {
  readonly id: string;
  readonly functionArn: string;
  /** Such as `$request.header.Authorization`; without any the function decides alone. */
  readonly identitySource: readonly string[];
  /** 0 caches nothing. */
  readonly ttlSeconds: number;
}

export interface Route {
  /** `GET /schools/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly integrationId: string;
  readonly authorizerId: string | undefined;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface Api {
  readonly id: string;
  readonly name: string;
  readonly defaultEndpointDisabled: boolean;
  readonly cors: CorsConfiguration | undefined;
  readonly stages: Map<string, Stage>;
  readonly routes: Map<string, Route>;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, Authorizer>;
}

/** Where a custom domain leads. */
export interface Mapping {
  readonly apiId: string;
  readonly stage: string;
  /** First segments of the path that choose the mapping; empty for all. */
  readonly key: string;
}
