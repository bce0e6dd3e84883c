import { Buffer } from 'node:buffer';
import crypto from 'node:crypto';
import querystring from 'node:querystring';
import { runInNewContext } from 'node:vm';
import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import type { Distribution, ViewerRequest, ViewerResponse } from './model.ts';

/** A function may run for about a millisecond on AWS; here a second, so that only one that hangs is stopped. */
const TIMEOUT_MS = 1000;

const valueSchema = z.object({
  value: z.string(),
  multiValue: z.array(z.object({ value: z.string() })).optional(),
});
const recordSchema = z.record(z.string(), valueSchema);
const cookieSchema = valueSchema.extend({ attributes: z.string().optional() });

const requestSchema = z.object({
  method: z.string(),
  uri: z.string().startsWith('/'),
  querystring: z.union([recordSchema, z.string()]).default({}),
  headers: recordSchema.default({}),
  cookies: recordSchema.default({}),
});
const responseSchema = z.object({
  statusCode: z.int().min(100).max(599),
  headers: recordSchema.default({}),
  cookies: z.record(z.string(), cookieSchema).default({}),
  body: z
    .union([z.string(), z.object({ data: z.string(), encoding: z.enum(['text', 'base64']).default('text') })])
    .optional(),
});

export interface EdgeFunction {
  readonly arn: string;
  /** Source in JavaScript for the runtime cloudfront-js-2.0, with a function `handler`. */
  readonly code: string;
}

/** Runs a viewer-request function: the request that goes on, or the response that it answers at once. */
export async function runViewerRequest(
  edge: EdgeFunction,
  distribution: Distribution,
  request: ViewerRequest,
): Promise<{ readonly request: ViewerRequest } | { readonly response: ViewerResponse }> {
  const event = { ...eventContext(distribution, request, 'viewer-request'), request: describe(request) };
  const result = await run(edge, event);
  if (typeof result === 'object' && result !== null && 'statusCode' in result) {
    return { response: readResponse(responseSchema.parse(result), undefined) };
  }
  const changed = requestSchema.parse(result);
  const query =
    typeof changed.querystring === 'string' ? changed.querystring : writeQuery(changed.querystring);
  const cookie = pairs(changed.cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  const headers = Object.fromEntries(
    Object.entries(changed.headers).map(([name, { value }]) => [name.toLowerCase(), value]),
  );
  return {
    request: {
      ...request,
      path: changed.uri,
      rawUrl: query === '' ? changed.uri : `${changed.uri}?${query}`,
      headers: cookie === '' ? headers : { ...headers, cookie },
    },
  };
}

/** Runs a viewer-response function; the body stays the origin's where the function gives none. */
export async function runViewerResponse(
  edge: EdgeFunction,
  distribution: Distribution,
  request: ViewerRequest,
  response: ViewerResponse,
): Promise<ViewerResponse> {
  const headers: Record<string, { value: string }> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (name !== 'set-cookie')
      headers[name] = { value: typeof value === 'string' ? value : value.join(', ') };
  }
  const event = {
    ...eventContext(distribution, request, 'viewer-response'),
    request: describe(request),
    response: { statusCode: response.status, headers, cookies: {} },
  };
  const changed = readResponse(responseSchema.parse(await run(edge, event)), response);
  const cookies = response.headers['set-cookie'];
  return cookies === undefined || changed.headers['set-cookie'] !== undefined
    ? changed
    : { ...changed, headers: { ...changed.headers, 'set-cookie': cookies } };
}

async function run(edge: EdgeFunction, event: unknown): Promise<unknown> {
  const modules: Readonly<Record<string, unknown>> = { buffer: { Buffer }, crypto, querystring };
  const sandbox = {
    console: { log() {}, error() {}, warn() {} },
    Buffer,
    atob,
    btoa,
    require(name: string) {
      const found = modules[name];
      if (found === undefined) throw new UnsupportedError(`the module ${name} in a CloudFront function`);
      return found;
    },
    eventJson: JSON.stringify(event),
  };
  const code = `'use strict';${edge.code}\n;Promise.resolve(handler(JSON.parse(eventJson))).then(JSON.stringify)`;
  const text: unknown = await runInNewContext(code, sandbox, { timeout: TIMEOUT_MS, filename: edge.arn });
  return typeof text === 'string' ? JSON.parse(text) : undefined;
}

function eventContext(distribution: Distribution, request: ViewerRequest, eventType: string) {
  return {
    version: '1.0',
    context: {
      distributionDomainName: distribution.domainName,
      endpoint: distribution.domainName,
      distributionId: distribution.id,
      eventType,
      requestId: crypto.randomUUID(),
    },
    viewer: { ip: request.sourceIp ?? '127.0.0.1' },
  };
}

function describe(request: ViewerRequest) {
  const headers: Record<string, { value: string }> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'cookie') headers[name] = { value };
  }
  const cookies = (request.headers.cookie ?? '')
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '')
    .map((cookie): [string, string] => {
      const at = cookie.indexOf('=');
      return at < 0 ? [cookie, ''] : [cookie.slice(0, at), cookie.slice(at + 1)];
    });
  const at = request.rawUrl.indexOf('?');
  const query = (at < 0 ? '' : request.rawUrl.slice(at + 1))
    .split('&')
    .filter((part) => part !== '')
    .map((part): [string, string] => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    });
  return {
    method: request.method,
    uri: request.path,
    querystring: group(query),
    headers,
    cookies: group(cookies),
  };
}

function group(list: readonly (readonly [string, string])[]) {
  const grouped: Record<string, { value: string; multiValue?: { value: string }[] }> = {};
  for (const [name, value] of list) {
    const known = grouped[name];
    if (known === undefined) grouped[name] = { value };
    else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
  }
  return grouped;
}

function pairs(record: z.infer<typeof recordSchema>): [string, string][] {
  return Object.entries(record).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((each): [string, string] => [name, each.value]),
  );
}

function writeQuery(record: z.infer<typeof recordSchema>): string {
  return pairs(record)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
}

function readResponse(
  response: z.infer<typeof responseSchema>,
  before: ViewerResponse | undefined,
): ViewerResponse {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, { value }] of Object.entries(response.headers)) headers[name.toLowerCase()] = value;
  const cookies = Object.entries(response.cookies).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes === undefined ? '' : `; ${attributes}`}`,
  );
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  const { body } = response;
  return {
    status: response.statusCode,
    headers,
    body:
      body === undefined
        ? (before?.body ?? '')
        : typeof body === 'string'
          ? body
          : Buffer.from(body.data, body.encoding === 'base64' ? 'base64' : 'utf8'),
  };
}
