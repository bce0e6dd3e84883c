import type { APIGatewayProxyEventV2WithLambdaAuthorizer, Context } from 'aws-lambda';
import type { Identity } from '../../functions/shared/access/identity.ts';
import type { RouteContract } from '../../functions/shared/http/contract.ts';

type HttpEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<Record<string, unknown>>;
/** An audience's function, as Lambda calls it. */
export type HttpFunction = (event: HttpEvent, context: Context) => unknown;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the page reads
  readonly body: any;
}

/** Calls a route of an audience's function as the HTTP API does once the authorizer has named the person. */
export async function callRoute(
  run: HttpFunction,
  route: RouteContract,
  identity: Identity | undefined,
  input: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(input.params?.[name] ?? ''),
  );
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { origin: new URL(process.env.SITE_URL ?? '').origin, 'content-type': 'application/json' },
    queryStringParameters: input.query ?? {},
    requestContext: {
      accountId: '',
      apiId: '',
      domainName: '',
      domainPrefix: '',
      http: { method: route.method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'test',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
      authorizer: { lambda: identity === undefined ? {} : { identity: JSON.stringify(identity) } },
    },
    pathParameters: input.params ?? {},
    isBase64Encoded: false,
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
  } as unknown as HttpEvent;
  const result = (await run(event, {} as Context)) as { statusCode: number; body: string };
  return { status: result.statusCode, body: JSON.parse(result.body) };
}
