import type { ApiRequest, ApiResponse } from '../api-gateway/model.ts';

export type ViewerRequest = ApiRequest;
export type ViewerResponse = ApiResponse;

/** Which of a viewer's headers, cookies or query parameters go on: all, none, those named, or all but those. */
export type Forwarding =
  | { readonly kind: 'all' | 'none' }
  | { readonly kind: 'named' | 'allExcept'; readonly names: readonly string[] };

/** What a cache policy or an origin request policy sends on to the origin. */
export interface ForwardingPolicy {
  readonly headers: Forwarding;
  readonly cookies: Forwarding;
  readonly query: Forwarding;
  /** Whether objects cached under the policy are kept compressed as well; only then does CloudFront compress. */
  readonly compresses?: boolean;
}

export interface HeaderRule {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

export interface ResponseHeadersPolicy {
  readonly set: readonly HeaderRule[];
  readonly remove: readonly string[];
}

export interface Origin {
  readonly domainName: string;
  /** Put before every path; empty or with a leading slash. */
  readonly path: string;
  readonly customHeaders: Readonly<Record<string, string>>;
  /** The bucket where it is one. */
  readonly bucket: string | undefined;
}

export interface Behaviour {
  /** `*` for the default one. */
  readonly pattern: string;
  readonly originId: string;
  readonly allowedMethods: readonly string[];
  readonly compress: boolean;
  readonly cachePolicyId: string;
  readonly originRequestPolicyId: string | undefined;
  readonly responseHeadersPolicyId: string | undefined;
  /** ARNs of functions by event type. */
  readonly functions: Readonly<Partial<Record<'viewer-request' | 'viewer-response', string>>>;
}

export interface ErrorResponse {
  readonly errorCode: number;
  readonly pagePath: string | undefined;
  readonly responseCode: number | undefined;
}

export interface Distribution {
  readonly id: string;
  readonly arn: string;
  readonly domainName: string;
  readonly defaultRootObject: string;
  readonly origins: ReadonlyMap<string, Origin>;
  /** In order of precedence; the default one last. */
  readonly behaviours: readonly Behaviour[];
  readonly errorResponses: readonly ErrorResponse[];
}
