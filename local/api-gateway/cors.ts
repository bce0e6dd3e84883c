import type { ApiRequest, ApiResponse, CorsConfiguration } from './model.ts';

/** The answer to a preflight request, given by the API itself where it has a CORS configuration; else undefined. */
export function answerPreflight(
  cors: CorsConfiguration | undefined,
  request: ApiRequest,
): ApiResponse | undefined {
  const { headers, method } = request;
  if (
    cors === undefined ||
    method !== 'OPTIONS' ||
    headers.origin === undefined ||
    headers['access-control-request-method'] === undefined
  ) {
    return undefined;
  }
  const list = (values: readonly string[]) => values.join(',').toLowerCase();
  return {
    status: 204,
    headers: {
      ...corsHeaders(cors, request),
      ...(allowedOrigin(cors, headers.origin) === undefined
        ? {}
        : {
            'access-control-allow-methods': cors.allowMethods.join(','),
            'access-control-allow-headers': list(cors.allowHeaders),
            ...(cors.maxAge === undefined ? {} : { 'access-control-max-age': String(cors.maxAge) }),
          }),
    },
    body: '',
  };
}

/** What a CORS configuration adds to a response, in place of what the function said. */
export function corsHeaders(
  cors: CorsConfiguration | undefined,
  request: ApiRequest,
): Record<string, string> {
  const { origin } = request.headers;
  if (cors === undefined || origin === undefined) return {};
  const allowed = allowedOrigin(cors, origin);
  if (allowed === undefined) return {};
  return {
    'access-control-allow-origin': allowed,
    ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.exposeHeaders.length === 0
      ? {}
      : { 'access-control-expose-headers': cors.exposeHeaders.join(',') }),
    vary: 'origin',
  };
}

function allowedOrigin(cors: CorsConfiguration, origin: string): string | undefined {
  if (cors.allowOrigins.includes('*')) return '*';
  return cors.allowOrigins.includes(origin) ? origin : undefined;
}
