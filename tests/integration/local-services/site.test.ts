import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiGatewayResources } from '../../../local/api-gateway/resources.ts';
import { createApiGatewayService } from '../../../local/api-gateway/service.ts';
import { cloudFrontResources } from '../../../local/cloudfront/resources.ts';
import { createCloudFrontService } from '../../../local/cloudfront/service.ts';
import type { Site } from '../../../local/cloudfront/site.ts';
import { s3Resources } from '../../../local/s3/resources.ts';
import { provision, type Services, startServices } from './support.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-2:000000000000:function:api';
const AUTHORIZER = 'arn:aws:lambda:eu-west-2:000000000000:function:authorizer';

let services: Services;
let site: Site;
let apiId: string;
let api: ReturnType<typeof createApiGatewayService>;
let front: ReturnType<typeof createCloudFrontService>;
let answer: (event: Record<string, unknown>) => unknown = () => ({});

const root = { kind: 'root' } as const;

async function provisionApi() {
  const providers = apiGatewayResources(api);
  const make = async (type: string, logicalId: string, properties: Record<string, unknown>) =>
    (await provision(services.cloud, providers, `AWS::ApiGatewayV2::${type}`, logicalId, properties)).ref;
  const ApiId = await make('Api', 'Api', { Name: 'people', ProtocolType: 'HTTP' });
  const integration = await make('Integration', 'Function', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: FUNCTION,
    PayloadFormatVersion: '2.0',
    TimeoutInMillis: 200,
  });
  const authorizer = await make('Authorizer', 'Authorizer', {
    ApiId,
    Name: 'session',
    AuthorizerType: 'REQUEST',
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: true,
    AuthorizerResultTtlInSeconds: 0,
    AuthorizerUri: `arn:aws:apigateway:eu-west-2:lambda:path/2015-03-31/functions/${AUTHORIZER}/invocations`,
    IdentitySource: ['$request.header.Cookie'],
  });
  for (const [index, RouteKey] of [
    'GET /api/schools/{id}',
    'POST /api/schools/{id}',
    'ANY /api/{proxy+}',
  ].entries()) {
    await make('Route', `Route${index}`, { ApiId, RouteKey, Target: `integrations/${integration}` });
  }
  await make('Route', 'Guarded', {
    ApiId,
    RouteKey: 'GET /api/mine',
    Target: `integrations/${integration}`,
    AuthorizationType: 'CUSTOM',
    AuthorizerId: authorizer,
  });
  await make('Stage', 'Stage', {
    ApiId,
    StageName: '$default',
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingBurstLimit: 1 },
  });
  return ApiId;
}

async function provisionSite() {
  const providers = cloudFrontResources(front);
  const make = async (type: string, logicalId: string, properties: Record<string, unknown>) =>
    (await provision(services.cloud, providers, `AWS::CloudFront::${type}`, logicalId, properties)).ref;
  const control = await make('OriginAccessControl', 'Access', { OriginAccessControlConfig: { Name: 'a' } });
  const pages = await make('Function', 'Pages', {
    Name: 'pages',
    AutoPublish: true,
    FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
    FunctionCode:
      "function handler(event){var r=event.request;if(r.uri==='/old')return{statusCode:301,headers:{location:{value:'/new'}}};var last=r.uri.split('/').pop();if(last.indexOf('.')<0&&r.uri!=='/')r.uri='/'+r.uri.split('/')[1]+'/index.html';return r;}",
  });
  const headers = await make('ResponseHeadersPolicy', 'Headers', {
    ResponseHeadersPolicyConfig: {
      Name: 'h',
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: true },
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
      },
    },
  });
  await make('Distribution', 'Distribution', {
    DistributionConfig: {
      Enabled: true,
      DefaultRootObject: 'index.html',
      DefaultCacheBehavior: {
        TargetOriginId: 'pages',
        ViewerProtocolPolicy: 'redirect-to-https',
        CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
        ResponseHeadersPolicyId: headers,
        Compress: true,
        FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: pages }],
      },
      CacheBehaviors: [
        {
          PathPattern: '/api/*',
          TargetOriginId: 'api',
          ViewerProtocolPolicy: 'https-only',
          AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
          CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
          OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        },
      ],
      Origins: [
        {
          Id: 'pages',
          DomainName: 'site.s3.eu-west-2.amazonaws.com',
          OriginAccessControlId: control,
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
        {
          Id: 'api',
          DomainName: `${apiId}.execute-api.eu-west-2.amazonaws.com`,
          CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
          OriginCustomHeaders: [{ HeaderName: 'X-Origin-Verify', HeaderValue: 'secret' }],
        },
      ],
      CustomErrorResponses: [{ ErrorCode: 403, ResponseCode: 404, ResponsePagePath: '/404.html' }],
    },
  });
}

beforeAll(async () => {
  services = await startServices({ serve: false });
  const { cloud, lambda, s3, ses } = services;
  api = createApiGatewayService(cloud);
  front = createCloudFrontService(cloud, { apiGateway: api, ses });
  lambda.functions.set(FUNCTION, (event) => answer(event));
  lambda.functions.set(AUTHORIZER, (event) => {
    const cookies = event.cookies as string[];
    if (cookies.includes('s=broken')) throw new Error('broken');
    return { isAuthorized: cookies.includes('s=good'), context: { person: 'P1' } };
  });
  apiId = await provisionApi();
  await provision(cloud, s3Resources(s3), 'AWS::S3::Bucket', 'site', { BucketName: 'site' });
  for (const [Key, Body] of [
    ['index.html', '<h1>home</h1>'],
    ['school/index.html', '<h1>school</h1>'],
    ['404.html', '<h1>not here</h1>'],
  ]) {
    await s3.call('PutObject', { Bucket: 'site', Key, Body, ContentType: 'text/html' }, root);
  }
  await provisionSite();
  site = await front.serveSite(undefined);
});

afterAll(async () => {
  await site.stop();
  await services.stop();
});

describe('pages', () => {
  it('come from the bucket, by the function and with the headers of their behaviour', async () => {
    const home = await fetch(site.url);
    expect([home.status, await home.text()]).toEqual([200, '<h1>home</h1>']);
    expect(Object.fromEntries(home.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-security-policy': "default-src 'self'",
      'x-frame-options': 'DENY',
      date: new Date(services.clock.now()).toUTCString(),
    });
    expect(await (await fetch(`${site.url}/school/12?tab=1`)).text()).toBe('<h1>school</h1>');
    const moved = await fetch(`${site.url}/old`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([301, '/new']);
  });

  it('are not sent again while they are the same', async () => {
    const etag = (await fetch(site.url)).headers.get('etag')!;
    const again = await fetch(site.url, { headers: { 'if-none-match': etag } });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
  });

  it('travel compressed where the viewer and the policy take it, each encoding fresh by its own tag', async () => {
    const Body = '<p>page</p>'.repeat(1000);
    await services.s3.call(
      'PutObject',
      { Bucket: 'site', Key: 'large.html', Body, ContentType: 'text/html' },
      root,
    );
    const plain = await fetch(`${site.url}/large.html`, { headers: { 'accept-encoding': 'identity' } });
    const small = await fetch(`${site.url}/large.html`, { headers: { 'accept-encoding': 'gzip, br' } });
    expect([plain.headers.get('content-encoding'), small.headers.get('content-encoding')]).toEqual([
      null,
      'br',
    ]);
    expect(Number(small.headers.get('content-length'))).toBeLessThan(Body.length / 10);
    expect([await plain.text(), await small.text()]).toEqual([Body, Body]);
    const etag = small.headers.get('etag')!;
    const again = await fetch(`${site.url}/large.html`, { headers: { 'if-none-match': etag } });
    expect([etag, again.status]).toEqual([`W/${plain.headers.get('etag')}`, 304]);
  });

  it('that are missing have a page of their own, and cannot be written', async () => {
    const missing = await fetch(`${site.url}/none.js`);
    expect([missing.status, await missing.text(), missing.headers.get('x-frame-options')]).toEqual([
      404,
      '<h1>not here</h1>',
      'DENY',
    ]);
    expect((await fetch(`${site.url}/index.html`, { method: 'POST', body: 'x' })).status).toBe(403);
  });

  it('are served under the names of this machine only', async () => {
    const status = await new Promise((resolve) => {
      get(
        { host: '127.0.0.1', port: site.port, path: '/inbox/', headers: { host: 'evil.example' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
    });
    expect(status).toBe(421);
    expect(await (await fetch(`${site.url}/inbox/`)).text()).toContain('exists on this machine only');
  });
});

describe('the API behind the site', () => {
  const lastEvent = () => services.lambda.events.at(-1)!;

  it('gets the event of format 2.0 with what CloudFront adds', async () => {
    answer = () => ({ statusCode: 201, body: 'ok', cookies: ['a=1', 'b=2; Secure'] });
    const response = await fetch(`${site.url}/api/schools/St%20Mary?q=a&q=b%20c&x=`, {
      method: 'POST',
      headers: { cookie: 's=1; t=2', 'content-type': 'application/json', 'X-Custom': 'yes' },
      body: '{"name":"ŵ"}',
    });
    expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual([
      201,
      'ok',
      ['a=1', 'b=2; Secure'],
    ]);
    const event = lastEvent();
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /api/schools/{id}',
      rawPath: '/api/schools/St Mary',
      rawQueryString: 'q=a&q=b%20c&x=',
      cookies: ['s=1', 't=2'],
      queryStringParameters: { q: 'a,b c', x: '' },
      pathParameters: { id: 'St Mary' },
      headers: {
        host: `${apiId}.execute-api.eu-west-2.amazonaws.com`,
        'x-custom': 'yes',
        'x-origin-verify': 'secret',
        'x-forwarded-proto': 'https',
      },
      requestContext: {
        accountId: '000000000000',
        apiId,
        domainName: `${apiId}.execute-api.eu-west-2.amazonaws.com`,
        domainPrefix: apiId,
        http: { method: 'POST', path: '/api/schools/St Mary', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        routeKey: 'POST /api/schools/{id}',
        stage: '$default',
        timeEpoch: services.clock.now(),
      },
      body: '{"name":"ŵ"}',
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.requestContext).not.toHaveProperty('authorizer');
    expect((event.requestContext as { time: string }).time).toMatch(/^\d\d\/\w{3}\/\d{4}:[\d:]{8} \+0000$/);
  });

  it('gets bodies that are no text in base64', async () => {
    answer = () => ({
      statusCode: 200,
      body: Buffer.from([1, 255]).toString('base64'),
      isBase64Encoded: true,
    });
    const response = await fetch(`${site.url}/api/schools/1`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array([255, 0]),
    });
    expect(lastEvent()).toMatchObject({ body: '/wA=', isBase64Encoded: true });
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 255]);
  });

  it.each<[string, () => unknown, number, string, string | null]>([
    ['an object without a status', () => ({ a: 1 }), 200, '{"a":1}', 'application/json'],
    ['a string', () => 'hello', 200, 'hello', 'application/json'],
    ['a status alone', () => ({ statusCode: 204 }), 204, '', null],
    [
      'no status at all',
      () => ({ statusCode: 'x' }),
      500,
      '{"message":"Internal Server Error"}',
      'application/json',
    ],
    [
      'an error',
      () => {
        throw new Error('no');
      },
      500,
      '{"message":"Internal Server Error"}',
      'application/json',
    ],
    [
      'nothing in time',
      () => new Promise((resolve) => setTimeout(resolve, 600)),
      503,
      '{"message":"Service Unavailable"}',
      'application/json',
    ],
  ])('answers as its function gives %s', async (_name, give, status, body, type) => {
    answer = give;
    const response = await fetch(`${site.url}/api/schools/1`);
    expect([response.status, await response.text()]).toEqual([status, body]);
    if (type !== null) expect(response.headers.get('content-type')).toBe(type);
  });

  it('asks its authorizer, and hands over what it says', async () => {
    answer = () => ({ statusCode: 200, body: '{}' });
    const ask = async (cookie?: string): Promise<[number, string]> => {
      const response = await fetch(
        `${site.url}/api/mine`,
        cookie === undefined ? {} : { headers: { cookie } },
      );
      return [response.status, await response.text()];
    };
    expect(await ask()).toEqual([401, '{"message":"Unauthorized"}']);
    // A custom error response is the distribution's: it stands in for the API's errors, too.
    expect(await ask('s=bad')).toEqual([404, '<h1>not here</h1>']);
    const direct = await api.handle(apiId, {
      method: 'GET',
      path: '/api/mine',
      rawUrl: '/api/mine',
      headers: { cookie: 's=bad' },
      body: new Uint8Array(),
    });
    expect([direct.status, direct.body]).toEqual([403, '{"message":"Forbidden"}']);
    expect(await ask('s=broken')).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(await ask('s=good')).toEqual([200, '{}']);
    expect(lastEvent().requestContext).toMatchObject({ authorizer: { lambda: { person: 'P1' } } });
    expect(services.lambda.events.at(-2)).toMatchObject({
      type: 'REQUEST',
      routeArn: `arn:aws:execute-api:eu-west-2:000000000000:${apiId}/$default/GET/api/mine`,
      identitySource: ['s=good'],
      routeKey: 'GET /api/mine',
    });
  });

  it('refuses what is too large and knows what it does not know', async () => {
    answer = () => ({ statusCode: 200, body: 'ok' });
    const large = await fetch(`${site.url}/api/schools/1`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat(10 * 1024 * 1024 + 1),
    });
    expect([large.status, await large.text()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    const unknown = await api.handle(apiId, {
      method: 'GET',
      path: '/other',
      rawUrl: '/other',
      headers: {},
      body: new Uint8Array(),
    });
    expect([unknown.status, unknown.body]).toEqual([404, '{"message":"Not Found"}']);
  });

  it('is counted by route and status', () => {
    expect(api.statistics().people?.['GET /api/mine']).toEqual({ '200': 1, '401': 1, '403': 2, '500': 1 });
    expect(front.statistics()['/api/*']?.byStatus['401']).toBe(1);
  });
});

describe('a template with what is not supported', () => {
  it('is refused by the name of the property or policy', async () => {
    const apis = apiGatewayResources(api);
    await expect(
      provision(services.cloud, apis, 'AWS::ApiGatewayV2::Integration', 'X', {
        ApiId: apiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: FUNCTION,
        PayloadFormatVersion: '2.0',
        RequestParameters: { a: 'b' },
      }),
    ).rejects.toThrow(/AWS::ApiGatewayV2::Integration RequestParameters/);
    await expect(
      provision(services.cloud, cloudFrontResources(front), 'AWS::CloudFront::Distribution', 'X', {
        DistributionConfig: {
          Enabled: true,
          DefaultCacheBehavior: { TargetOriginId: 'o', CachePolicyId: 'unheard-of' },
          Origins: [{ Id: 'o', DomainName: 'x.execute-api.eu-west-2.amazonaws.com' }],
        },
      }),
    ).rejects.toThrow(/the cache policy unheard-of/);
  });
});
