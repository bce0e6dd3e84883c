import { Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Contract } from '../../functions/shared/http/contract.ts';
import type { Platform } from '../constructs/platform.ts';
import { pascalCase } from '../stages/names.ts';

export interface Audience {
  readonly name: string;
  readonly contract: Contract;
  readonly function: lambda.IFunction;
}

export interface ApiStackProps extends StackProps {
  readonly platform: Platform;
  readonly audiences: readonly Audience[];
  readonly authorizer: lambda.IFunction;
}

/** The HTTP API: one integration per audience, every route of its contract declared, one authorizer on all of them. */
export class ApiStack extends Stack {
  /** Host name of the API's endpoint, CloudFront's origin. */
  readonly apiDomain: string;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { platform } = props;
    const api = new apigateway.CfnApi(this, 'Api', {
      name: `psqm-${platform.config.stage}`,
      protocolType: 'HTTP',
    });
    const source = this.formatArn({ service: 'execute-api', resource: api.ref, resourceName: '*' });
    const permit = (name: string, target: lambda.IFunction): void => {
      new lambda.CfnPermission(this, `${name}Permission`, {
        action: 'lambda:InvokeFunction',
        functionName: target.functionArn,
        principal: 'apigateway.amazonaws.com',
        sourceArn: source,
      });
    };
    const authorizer = new apigateway.CfnAuthorizer(this, 'Authorizer', {
      apiId: api.ref,
      name: 'session',
      authorizerType: 'REQUEST',
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      // No identity source and no caching: a role that has ended opens nothing at the next request.
      authorizerResultTtlInSeconds: 0,
      authorizerUri: Fn.join('', [
        'arn:',
        this.partition,
        ':apigateway:',
        this.region,
        ':lambda:path/2015-03-31/functions/',
        props.authorizer.functionArn,
        '/invocations',
      ]),
    });
    permit('Authorizer', props.authorizer);
    for (const audience of props.audiences) {
      const integration = new apigateway.CfnIntegration(this, `${pascalCase(audience.name)}Integration`, {
        apiId: api.ref,
        integrationType: 'AWS_PROXY',
        integrationUri: audience.function.functionArn,
        payloadFormatVersion: '2.0',
        timeoutInMillis: 29_000,
      });
      permit(pascalCase(audience.name), audience.function);
      for (const [name, route] of Object.entries(audience.contract)) {
        new apigateway.CfnRoute(
          this,
          `${pascalCase(audience.name)}${name.charAt(0).toUpperCase()}${name.slice(1)}Route`,
          {
            apiId: api.ref,
            routeKey: `${route.method} ${route.path}`,
            target: Fn.join('/', ['integrations', integration.ref]),
            authorizationType: 'CUSTOM',
            authorizerId: authorizer.ref,
            operationName: name,
          },
        );
      }
    }
    const accessLogs = new logs.LogGroup(this, 'AccessLogs', {
      retention: platform.config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new apigateway.CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destinationArn: accessLogs.logGroupArn,
        format: JSON.stringify({
          requestId: '$context.requestId',
          route: '$context.routeKey',
          status: '$context.status',
          latency: '$context.responseLatency',
          error: '$context.authorizer.error',
        }),
      },
      defaultRouteSettings: {
        throttlingBurstLimit: 200,
        throttlingRateLimit: 100,
        detailedMetricsEnabled: true,
      },
    });
    const failures = new cloudwatch.Metric({
      namespace: 'AWS/ApiGateway',
      metricName: '5xx',
      dimensionsMap: { ApiId: api.ref },
      statistic: 'Sum',
    });
    failures
      .createAlarm(this, 'Failures', {
        alarmDescription:
          'Pages answer with errors: schools, assessors or finance cannot finish what they do. Runbook: docs/runbooks/api-errors.md',
        threshold: 5,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new actions.SnsAction(platform.alarmTopic));
    this.apiDomain = Fn.join('', [api.ref, '.execute-api.', this.region, '.amazonaws.com']);
  }
}
