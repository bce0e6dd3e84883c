import type { Forwarding, ForwardingPolicy, HeaderRule, ResponseHeadersPolicy } from './model.ts';

const ALL: Forwarding = { kind: 'all' };
const NONE: Forwarding = { kind: 'none' };
const named = (...names: string[]): Forwarding => ({ kind: 'named', names });

/** AWS's managed cache policies by id (CloudFront Developer Guide, "Use managed cache policies"). */
export const MANAGED_CACHE_POLICIES: Readonly<Record<string, ForwardingPolicy>> = {
  // CachingDisabled, CachingOptimized, CachingOptimizedForUncompressedObjects
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { headers: NONE, cookies: NONE, query: NONE },
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { headers: NONE, cookies: NONE, query: NONE, compresses: true },
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': { headers: NONE, cookies: NONE, query: NONE },
};

/** AWS's managed origin request policies by id. */
export const MANAGED_ORIGIN_REQUEST_POLICIES: Readonly<Record<string, ForwardingPolicy>> = {
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: ALL, cookies: ALL, query: ALL },
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': {
    headers: { kind: 'allExcept', names: ['host'] },
    cookies: ALL,
    query: ALL,
  },
  // CORS-S3Origin
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': {
    headers: named('origin', 'access-control-request-headers', 'access-control-request-method'),
    cookies: NONE,
    query: NONE,
  },
  // CORS-CustomOrigin
  '59781a5b-3903-41f3-afcb-af62929ccde1': { headers: named('origin'), cookies: NONE, query: NONE },
  // UserAgentRefererHeaders
  'acba4595-bd28-49b8-b9fe-13317c0390fa': {
    headers: named('user-agent', 'referer'),
    cookies: NONE,
    query: NONE,
  },
};

/** AWS's managed response headers policies by id: SecurityHeadersPolicy. */
export const MANAGED_RESPONSE_HEADERS_POLICIES: Readonly<Record<string, ResponseHeadersPolicy>> = {
  '67f7725c-6f97-4210-82d7-5512b31e9d03': {
    set: [
      { name: 'referrer-policy', value: 'strict-origin-when-cross-origin', override: false },
      { name: 'strict-transport-security', value: 'max-age=31536000', override: false },
      { name: 'x-content-type-options', value: 'nosniff', override: true },
      { name: 'x-frame-options', value: 'SAMEORIGIN', override: false },
      { name: 'x-xss-protection', value: '1; mode=block', override: false },
    ],
    remove: [],
  },
};

/** Whether a header, cookie or parameter goes on; names are compared as they are (headers in lower case). */
export function forwards(forwarding: Forwarding, name: string): boolean {
  switch (forwarding.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'named':
      return forwarding.names.includes(name);
    case 'allExcept':
      return !forwarding.names.includes(name);
  }
}

/** Applies a response headers policy: what it removes, then what it sets. */
export function applyHeaders(
  headers: Readonly<Record<string, string | readonly string[]>>,
  policy: ResponseHeadersPolicy,
): Record<string, string | readonly string[]> {
  const result: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!policy.remove.includes(name)) result[name] = value;
  }
  for (const rule of policy.set) {
    if (rule.override || result[rule.name] === undefined) result[rule.name] = rule.value;
  }
  return result;
}

/** A rule that sets one header. */
export function headerRule(name: string, value: string, override: boolean): HeaderRule {
  return { name: name.toLowerCase(), value, override };
}
