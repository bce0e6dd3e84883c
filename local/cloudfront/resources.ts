import { createHash } from 'node:crypto';
import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import { booleanProperty, parseInput } from '../core/input.ts';
import type { ResourceProviders, ResourceRequest } from '../core/resources.ts';
import type { Behaviour, Forwarding, ForwardingPolicy, Origin } from './model.ts';
import { headersOf, responseHeadersPolicyProperties } from './response-headers.ts';
import type { CloudFrontService } from './service.ts';

const accepted = z.unknown().optional();

const behaviourShape = {
  TargetOriginId: z.string(),
  // The site is served over plain HTTP on this machine; nothing is cached.
  ViewerProtocolPolicy: accepted,
  CachedMethods: accepted,
  Compress: booleanProperty.default(false),
  SmoothStreaming: accepted,
  AllowedMethods: z.array(z.string()).default(['GET', 'HEAD']),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.string().optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  FunctionAssociations: z
    .array(
      z.strictObject({ EventType: z.enum(['viewer-request', 'viewer-response']), FunctionARN: z.string() }),
    )
    .default([]),
};
const defaultBehaviourSchema = z.strictObject(behaviourShape);
const behaviourSchema = z.strictObject({ ...behaviourShape, PathPattern: z.string() });

const originSchema = z.strictObject({
  Id: z.string(),
  DomainName: z.string(),
  OriginPath: z.string().default(''),
  OriginCustomHeaders: z
    .array(z.strictObject({ HeaderName: z.string(), HeaderValue: z.string() }))
    .default([]),
  OriginAccessControlId: z.string().optional(),
  S3OriginConfig: z.strictObject({ OriginAccessIdentity: z.literal('').optional() }).optional(),
  CustomOriginConfig: accepted,
  ConnectionAttempts: accepted,
  ConnectionTimeout: accepted,
  OriginShield: accepted,
  ResponseCompletionTimeout: accepted,
});

const distributionProperties = z.strictObject({
  DistributionConfig: z.strictObject({
    Enabled: accepted,
    Comment: accepted,
    Aliases: accepted,
    HttpVersion: accepted,
    IPV6Enabled: accepted,
    Logging: accepted,
    PriceClass: accepted,
    Restrictions: accepted,
    ViewerCertificate: accepted,
    WebACLId: accepted,
    DefaultRootObject: z.string().default(''),
    DefaultCacheBehavior: defaultBehaviourSchema,
    CacheBehaviors: z.array(behaviourSchema).default([]),
    Origins: z.array(originSchema).min(1),
    CustomErrorResponses: z
      .array(
        z.strictObject({
          ErrorCode: z.coerce.number(),
          ErrorCachingMinTTL: accepted,
          ResponsePagePath: z.string().startsWith('/').optional(),
          ResponseCode: z.coerce.number().optional(),
        }),
      )
      .default([]),
  }),
  Tags: accepted,
});

const functionProperties = z.strictObject({
  Name: z.string(),
  AutoPublish: booleanProperty.optional(),
  FunctionCode: z.string(),
  FunctionConfig: z.strictObject({ Comment: accepted, Runtime: z.literal('cloudfront-js-2.0') }),
  FunctionMetadata: accepted,
  Tags: accepted,
});

const forwardingSchema = (behaviours: readonly string[], kind: string, list: string) =>
  z
    .strictObject({ [kind]: z.enum(behaviours), [list]: z.array(z.string()).default([]) })
    .transform((config): Forwarding => {
      const names = z.array(z.string()).parse(config[list] ?? []);
      switch (config[kind]) {
        case 'none':
          return { kind: 'none' };
        case 'whitelist':
          return { kind: 'named', names };
        case 'allExcept':
          return { kind: 'allExcept', names };
        default:
          return { kind: 'all' };
      }
    });
const headersForwarding = forwardingSchema(
  ['none', 'whitelist', 'allViewer', 'allViewerAndWhitelistCloudFront', 'allExcept'],
  'HeaderBehavior',
  'Headers',
);
const cookiesForwarding = forwardingSchema(
  ['none', 'whitelist', 'all', 'allExcept'],
  'CookieBehavior',
  'Cookies',
);
const queryForwarding = forwardingSchema(
  ['none', 'whitelist', 'all', 'allExcept'],
  'QueryStringBehavior',
  'QueryStrings',
);

const originRequestPolicyProperties = z.strictObject({
  OriginRequestPolicyConfig: z.strictObject({
    Name: accepted,
    Comment: accepted,
    HeadersConfig: headersForwarding,
    CookiesConfig: cookiesForwarding,
    QueryStringsConfig: queryForwarding,
  }),
});

const cachePolicyProperties = z.strictObject({
  CachePolicyConfig: z.strictObject({
    Name: accepted,
    Comment: accepted,
    DefaultTTL: accepted,
    MaxTTL: accepted,
    MinTTL: accepted,
    ParametersInCacheKeyAndForwardedToOrigin: z.strictObject({
      EnableAcceptEncodingBrotli: booleanProperty.default(false),
      EnableAcceptEncodingGzip: booleanProperty.default(false),
      HeadersConfig: headersForwarding,
      CookiesConfig: cookiesForwarding,
      QueryStringsConfig: queryForwarding,
    }),
  }),
});

const accessControlProperties = z.strictObject({
  OriginAccessControlConfig: z.record(z.string(), z.unknown()),
});

/** AWS::CloudFront::Distribution and what one is made of. */
export function cloudFrontResources(service: CloudFrontService): ResourceProviders {
  return {
    'AWS::CloudFront::Distribution': {
      properties: Object.keys(distributionProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::CloudFront::Distribution', distributionProperties, request.properties);
        const config = given.DistributionConfig;
        const id = stableId(request, 'E', 13).toUpperCase();
        const domainName = `${stableId(request, 'd', 13)}.cloudfront.net`;
        service.saveDistribution({
          id,
          arn: `arn:aws:cloudfront::${request.cloud.account}:distribution/${id}`,
          domainName,
          defaultRootObject: config.DefaultRootObject,
          origins: new Map(config.Origins.map((origin) => [origin.Id, readOrigin(origin)])),
          behaviours: [
            ...config.CacheBehaviors.map((behaviour) => readBehaviour(behaviour.PathPattern, behaviour)),
            readBehaviour('*', config.DefaultCacheBehavior),
          ],
          errorResponses: config.CustomErrorResponses.map((response) => ({
            errorCode: response.ErrorCode,
            pagePath: response.ResponsePagePath,
            responseCode: response.ResponseCode,
          })),
        });
        return { ref: id, attributes: { Id: id, DomainName: domainName } };
      },
    },
    'AWS::CloudFront::Function': {
      properties: Object.keys(functionProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::CloudFront::Function', functionProperties, request.properties);
        const arn = `arn:aws:cloudfront::${request.cloud.account}:function/${given.Name}`;
        service.saveFunction({ arn, code: given.FunctionCode });
        return {
          ref: arn,
          attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' },
        };
      },
    },
    'AWS::CloudFront::OriginAccessControl': {
      properties: Object.keys(accessControlProperties.shape),
      async provision(request) {
        parseInput('AWS::CloudFront::OriginAccessControl', accessControlProperties, request.properties);
        const id = stableId(request, 'E', 13).toUpperCase();
        return { ref: id, attributes: { Id: id } };
      },
    },
    'AWS::CloudFront::ResponseHeadersPolicy': {
      properties: Object.keys(responseHeadersPolicyProperties.shape),
      async provision(request) {
        const given = parseInput(
          'AWS::CloudFront::ResponseHeadersPolicy',
          responseHeadersPolicyProperties,
          request.properties,
        );
        const id = stableUuid(request);
        service.saveResponseHeadersPolicy(id, headersOf(given.ResponseHeadersPolicyConfig));
        return { ref: id, attributes: { Id: id } };
      },
    },
    'AWS::CloudFront::CachePolicy': {
      properties: Object.keys(cachePolicyProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::CloudFront::CachePolicy', cachePolicyProperties, request.properties);
        const id = stableUuid(request);
        const parameters = given.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin;
        service.saveCachePolicy(id, {
          ...forwardingOf(parameters),
          compresses: parameters.EnableAcceptEncodingBrotli || parameters.EnableAcceptEncodingGzip,
        });
        return { ref: id, attributes: { Id: id } };
      },
    },
    'AWS::CloudFront::OriginRequestPolicy': {
      properties: Object.keys(originRequestPolicyProperties.shape),
      async provision(request) {
        const given = parseInput(
          'AWS::CloudFront::OriginRequestPolicy',
          originRequestPolicyProperties,
          request.properties,
        );
        const id = stableUuid(request);
        service.saveOriginRequestPolicy(id, forwardingOf(given.OriginRequestPolicyConfig));
        return { ref: id, attributes: { Id: id } };
      },
    },
  };
}

function readOrigin(origin: z.infer<typeof originSchema>): Origin {
  const [, bucket] = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/.exec(origin.DomainName) ?? [];
  if (bucket !== undefined && (origin.OriginAccessControlId ?? '') === '') {
    throw new UnsupportedError(`the S3 origin ${origin.DomainName} without an origin access control`);
  }
  return {
    domainName: origin.DomainName,
    path: origin.OriginPath,
    customHeaders: Object.fromEntries(
      origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName, HeaderValue]),
    ),
    bucket,
  };
}

function readBehaviour(pattern: string, behaviour: z.infer<typeof defaultBehaviourSchema>): Behaviour {
  return {
    pattern,
    originId: behaviour.TargetOriginId,
    allowedMethods: behaviour.AllowedMethods,
    compress: behaviour.Compress,
    cachePolicyId: behaviour.CachePolicyId,
    originRequestPolicyId: behaviour.OriginRequestPolicyId,
    responseHeadersPolicyId: behaviour.ResponseHeadersPolicyId,
    functions: Object.fromEntries(
      behaviour.FunctionAssociations.map(({ EventType, FunctionARN }) => [EventType, FunctionARN]),
    ),
  };
}

function forwardingOf(config: {
  readonly HeadersConfig: Forwarding;
  readonly CookiesConfig: Forwarding;
  readonly QueryStringsConfig: Forwarding;
}): ForwardingPolicy {
  const { HeadersConfig: headers } = config;
  return {
    headers:
      'names' in headers ? { ...headers, names: headers.names.map((name) => name.toLowerCase()) } : headers,
    cookies: config.CookiesConfig,
    query: config.QueryStringsConfig,
  };
}

/** An id of letters and digits in lower case after `prefix`, the same at every start. */
function stableId(request: ResourceRequest, prefix: string, length: number): string {
  return (
    prefix +
    BigInt(`0x${digestOf(request)}`)
      .toString(36)
      .slice(0, length)
  );
}

function stableUuid(request: ResourceRequest): string {
  return digestOf(request).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function digestOf(request: ResourceRequest): string {
  return createHash('sha256').update(`${request.stack} ${request.logicalId}`).digest('hex');
}
