import { CfnOutput, Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.ts';
import type { Platform } from '../constructs/platform.ts';

export interface WebStackProps extends StackProps {
  readonly platform: Platform;
  readonly apiDomain: string;
  readonly edge?: { readonly certificate: acm.ICertificate; readonly webAclArn: string };
}

/** One origin for people: the pages from S3, `/api/*` to the HTTP API with the secret that only CloudFront knows. */
export class WebStack extends Stack {
  constructor(scope: Construct, id: string, props: WebStackProps) {
    super(scope, id, props);
    const { platform } = props;
    const { config } = platform;
    const site = asBucket(
      new s3.Bucket(this, 'Site', {
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        encryption: s3.BucketEncryption.S3_MANAGED,
        enforceSSL: true,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    );
    acknowledge(
      site,
      'AwsSolutions-S1',
      'Holds public pages only; requests for them are logged by CloudFront',
    );
    const logs = asBucket(
      new s3.Bucket(this, 'Logs', {
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        encryption: s3.BucketEncryption.S3_MANAGED,
        enforceSSL: true,
        // CloudFront's standard log delivery writes by ACL.
        objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
        lifecycleRules: [{ expiration: Duration.days(90) }],
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    );
    acknowledge(logs, 'AwsSolutions-S1', 'The bucket that receives the access logs does not log into itself');
    const pages = new cloudfront.Function(this, 'PageAddresses', {
      comment: 'Addresses without an ending lead to the page of their first part',
      runtime: cloudfront.FunctionRuntime.JS_2_0,
      code: cloudfront.FunctionCode.fromInline(
        "function handler(event){var r=event.request;var last=r.uri.split('/').pop();if(last.indexOf('.')<0){var first=r.uri.split('/')[1];r.uri=(first?'/'+first:'')+'/index.html';}return r;}",
      ),
    });
    const security = new cloudfront.ResponseHeadersPolicy(this, 'SecurityHeaders', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          override: true,
          contentSecurityPolicy: [
            "default-src 'self'",
            "img-src 'self' data: blob: https://*.amazonaws.com",
            "style-src 'self' 'unsafe-inline'",
            "connect-src 'self' https://*.amazonaws.com",
            "frame-src 'self' blob: https://*.amazonaws.com",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
          ]
            .map((directive) =>
              config.stage === 'local'
                ? directive.replace('https://*.amazonaws.com', 'http://127.0.0.1:*')
                : directive,
            )
            .join('; '),
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.SAME_ORIGIN, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
    });
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `psqm ${config.stage}`,
      defaultRootObject: 'index.html',
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
      logBucket: logs,
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(site),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: security,
        functionAssociations: [{ function: pages, eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new origins.HttpOrigin(props.apiDomain, {
            customHeaders: { 'x-origin-verify': platform.originSecret.secretValue.unsafeUnwrap() },
          }),
          allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
          cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
          originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        },
      },
      ...(config.domain === undefined || props.edge === undefined
        ? {}
        : {
            domainNames: [config.domain.name],
            certificate: props.edge.certificate,
            webAclId: props.edge.webAclArn,
          }),
    });
    if (props.edge === undefined) {
      acknowledge(
        distribution,
        'AwsSolutions-CFR4',
        "A stage without an own domain has CloudFront's certificate, whose minimum protocol cannot be set",
      );
      acknowledge(
        distribution,
        'AwsSolutions-CFR2',
        'A stage without an own domain is a trial; the firewall comes with the domain',
      );
    }
    acknowledge(
      distribution,
      'AwsSolutions-CFR1',
      'Schools abroad take part (British Forces, international schools): no country is shut out',
    );
    if (config.domain !== undefined) {
      const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: config.domain.hostedZoneId,
        zoneName: config.domain.zoneName,
      });
      new route53.ARecord(this, 'Address', {
        zone,
        recordName: config.domain.name,
        target: route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(distribution)),
      });
    }
    // The deploy command puts the pages there and invalidates what was cached (tools/deploy/publish-site.ts).
    new CfnOutput(this, 'SiteBucket', { value: site.bucketName });
    new CfnOutput(this, 'DistributionId', { value: distribution.distributionId });
    new CfnOutput(this, 'SiteUrl', {
      value:
        config.domain === undefined
          ? Fn.join('', ['https://', distribution.distributionDomainName])
          : config.siteUrl,
    });
  }
}

/** aws-cdk-lib's own Bucket does not satisfy its IBucket under exactOptionalPropertyTypes; it is one all the same. */
function asBucket(construct: IConstruct): s3.IBucket {
  if (!isBucket(construct)) throw new Error(`${construct.node.path} is no bucket`);
  return construct;
}

function isBucket(construct: IConstruct): construct is s3.IBucket {
  return construct instanceof s3.Bucket;
}
