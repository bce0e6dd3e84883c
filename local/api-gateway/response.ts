import * as z from 'zod';
import type { ApiResponse } from './model.ts';

const structuredSchema = z.object({
  statusCode: z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{3}$/)
      .transform(Number),
  ]),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The answers of the gateway itself. */
export const gatewayResponses = {
  badRequest: () => message(400, 'Bad Request'),
  unauthorized: () => message(401, 'Unauthorized'),
  forbidden: () => message(403, 'Forbidden'),
  notFound: () => message(404, 'Not Found'),
  tooLarge: () => message(413, 'Request Entity Too Large'),
  internalError: () => message(500, 'Internal Server Error'),
  unavailable: () => message(503, 'Service Unavailable'),
} as const;

/**
 * The response that a function's payload means under format 2.0: one with a `statusCode` as it says, any other JSON as
 * the body of a 200. What is neither is an internal error.
 */
export function readFunctionResponse(payload: string): ApiResponse {
  let value: unknown;
  try {
    value = JSON.parse(payload === '' ? 'null' : payload);
  } catch {
    return gatewayResponses.internalError();
  }
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof value === 'string' ? value : JSON.stringify(value),
    };
  }
  const parsed = structuredSchema.safeParse(value);
  if (!parsed.success || parsed.data.statusCode < 100 || parsed.data.statusCode > 599) {
    return gatewayResponses.internalError();
  }
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, content] of Object.entries(parsed.data.headers ?? {})) {
    headers[name.toLowerCase()] = String(content);
  }
  const cookies = parsed.data.cookies ?? [];
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  headers['content-type'] ??= 'text/plain; charset=utf-8';
  const body = parsed.data.body ?? '';
  return {
    status: parsed.data.statusCode,
    headers,
    body: parsed.data.isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

function message(status: number, text: string): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: text }),
  };
}
