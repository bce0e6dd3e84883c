import { createHash } from 'node:crypto';
import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import { booleanProperty, parseInput } from '../core/input.ts';
import type { ResourceProviders, ResourceRequest } from '../core/resources.ts';
import type { ApiGatewayService } from './service.ts';

const accepted = z.unknown().optional();

const apiProperties = z.strictObject({
  Name: z.string().optional(),
  ProtocolType: z.literal('HTTP'),
  DisableExecuteApiEndpoint: booleanProperty.default(false),
  CorsConfiguration: z
    .strictObject({
      AllowOrigins: z.array(z.string()).default([]),
      AllowMethods: z.array(z.string()).default([]),
      AllowHeaders: z.array(z.string()).default([]),
      ExposeHeaders: z.array(z.string()).default([]),
      AllowCredentials: booleanProperty.default(false),
      MaxAge: z.coerce.number().optional(),
    })
    .optional(),
  // HTTP APIs know one expression only.
  RouteSelectionExpression: accepted,
  Description: accepted,
  IpAddressType: accepted,
  Tags: accepted,
  Version: accepted,
});

const stageProperties = z.strictObject({
  ApiId: z.string(),
  StageName: z.string(),
  // A stage that waits for deployments would serve an old state of the API.
  AutoDeploy: booleanProperty.refine((value) => value, 'only stages with AutoDeploy are supported'),
  StageVariables: z.record(z.string(), z.string()).default({}),
  AccessLogSettings: accepted,
  DefaultRouteSettings: accepted,
  RouteSettings: accepted,
  Description: accepted,
  Tags: accepted,
});

const routeProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string().regex(/^(\$default|[A-Z]+ \/\S*)$/),
  Target: z.string().regex(/^integrations\/\S+$/),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: z.string().optional(),
  OperationName: accepted,
});

const integrationProperties = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.coerce.number().min(50).max(30_000).default(30_000),
  IntegrationMethod: accepted,
  ConnectionType: z.literal('INTERNET').optional(),
  Description: accepted,
});

const authorizerProperties = z.strictObject({
  ApiId: z.string(),
  Name: accepted,
  AuthorizerType: z.literal('REQUEST'),
  AuthorizerUri: z.string(),
  AuthorizerPayloadFormatVersion: z.literal('2.0'),
  EnableSimpleResponses: booleanProperty.refine((value) => value, 'only simple responses are supported'),
  IdentitySource: z.array(z.string()).default([]),
  AuthorizerResultTtlInSeconds: z.coerce.number().min(0).max(3600).default(0),
});

const domainProperties = z.strictObject({
  DomainName: z.string(),
  // TLS ends before this machine.
  DomainNameConfigurations: accepted,
  MutualTlsAuthentication: accepted,
  RoutingMode: accepted,
  Tags: accepted,
});

const mappingProperties = z.strictObject({
  DomainName: z.string(),
  ApiId: z.string(),
  Stage: z.string(),
  ApiMappingKey: z.string().default(''),
});

/** AWS::ApiGatewayV2::Api, Stage, Route, Integration, Authorizer, DomainName and ApiMapping of HTTP APIs. */
export function apiGatewayResources(service: ApiGatewayService): ResourceProviders {
  return {
    'AWS::ApiGatewayV2::Api': {
      properties: Object.keys(apiProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::ApiGatewayV2::Api', apiProperties, request.properties);
        const id = stableId(request, 10);
        const cors = given.CorsConfiguration;
        service.configureApi({
          id,
          name: given.Name ?? request.physicalName(128),
          defaultEndpointDisabled: given.DisableExecuteApiEndpoint,
          cors:
            cors === undefined
              ? undefined
              : {
                  allowOrigins: cors.AllowOrigins,
                  allowMethods: cors.AllowMethods,
                  allowHeaders: cors.AllowHeaders,
                  exposeHeaders: cors.ExposeHeaders,
                  allowCredentials: cors.AllowCredentials,
                  maxAge: cors.MaxAge,
                },
        });
        const { account, region } = request.cloud;
        return {
          ref: id,
          attributes: {
            ApiId: id,
            ApiEndpoint: `https://${id}.execute-api.${region}.amazonaws.com`,
            ExecuteApiArn: `arn:aws:execute-api:${region}:${account}:${id}`,
          },
        };
      },
    },
    'AWS::ApiGatewayV2::Stage': {
      properties: Object.keys(stageProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::ApiGatewayV2::Stage', stageProperties, request.properties);
        service.api(given.ApiId).stages.set(given.StageName, {
          name: given.StageName,
          variables: given.StageVariables,
        });
        return { ref: given.StageName };
      },
    },
    'AWS::ApiGatewayV2::Integration': {
      properties: Object.keys(integrationProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::ApiGatewayV2::Integration', integrationProperties, request.properties);
        const id = stableId(request, 7);
        service.api(given.ApiId).integrations.set(id, {
          functionArn: readFunctionArn(given.IntegrationUri),
          timeoutMs: given.TimeoutInMillis,
        });
        return { ref: id, attributes: { IntegrationId: id } };
      },
    },
    'AWS::ApiGatewayV2::Authorizer': {
      properties: Object.keys(authorizerProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::ApiGatewayV2::Authorizer', authorizerProperties, request.properties);
        const id = stableId(request, 6);
        service.api(given.ApiId).authorizers.set(id, {
          id,
          functionArn: readFunctionArn(given.AuthorizerUri),
          identitySource: given.IdentitySource,
          ttlSeconds: given.AuthorizerResultTtlInSeconds,
        });
        return { ref: id, attributes: { AuthorizerId: id } };
      },
    },
    'AWS::ApiGatewayV2::Route': {
      properties: Object.keys(routeProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::ApiGatewayV2::Route', routeProperties, request.properties);
        if (given.AuthorizationType === 'CUSTOM' && given.AuthorizerId === undefined) {
          throw new UnsupportedError(
            `AWS::ApiGatewayV2::Route ${given.RouteKey} of type CUSTOM without AuthorizerId`,
          );
        }
        const id = stableId(request, 7);
        service.api(given.ApiId).routes.set(given.RouteKey, {
          routeKey: given.RouteKey,
          integrationId: given.Target.replace('integrations/', ''),
          authorizerId: given.AuthorizationType === 'CUSTOM' ? given.AuthorizerId : undefined,
        });
        return { ref: id, attributes: { RouteId: id } };
      },
    },
    'AWS::ApiGatewayV2::DomainName': {
      properties: Object.keys(domainProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::ApiGatewayV2::DomainName', domainProperties, request.properties);
        const { region } = request.cloud;
        return {
          ref: given.DomainName,
          attributes: {
            DomainNameArn: `arn:aws:apigateway:${region}::/domainnames/${given.DomainName}`,
            RegionalDomainName: `d-${stableId(request, 10)}.execute-api.${region}.amazonaws.com`,
            RegionalHostedZoneId: 'ZLOCAL',
          },
        };
      },
    },
    'AWS::ApiGatewayV2::ApiMapping': {
      properties: Object.keys(mappingProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::ApiGatewayV2::ApiMapping', mappingProperties, request.properties);
        service.mapDomain(given.DomainName, {
          apiId: given.ApiId,
          stage: given.Stage,
          key: given.ApiMappingKey === '(none)' ? '' : given.ApiMappingKey,
        });
        const id = stableId(request, 6);
        return { ref: id, attributes: { ApiMappingId: id } };
      },
    },
  };
}

/** A function's ARN, plain or within the address that API Gateway invokes it by. */
function readFunctionArn(uri: string): string {
  const [, arn] = /\/functions\/(arn:.+)\/invocations$/.exec(uri) ?? [];
  const result = arn ?? uri;
  if (!/^arn:[\w-]+:lambda:/.test(result)) throw new UnsupportedError(`an integration with ${uri}`);
  return result;
}

/** An id in lower case and digits, the same at every start. */
function stableId(request: ResourceRequest, length: number): string {
  const digest = createHash('sha256').update(`${request.stack} ${request.logicalId}`).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, length);
}
