import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';

const outputSchema = z.object({
  StatusCode: z.number(),
  FunctionError: z.string().optional(),
  ExecutedVersion: z.string().optional(),
  Payload: z.instanceof(Uint8Array).optional(),
});

/** The REST API of Lambda: Invoke, GetFunction, GetFunctionConfiguration, ListFunctions. */
export async function handleLambdaHttp(cloud: CloudContext, request: RestRequest): Promise<RestResponse> {
  const { caller } = request;
  if (caller === undefined) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const call = (action: string, input: Record<string, unknown>) =>
    cloud.gateway.call({ service: 'lambda', action, input, caller });
  const match = /^\/2015-03-31\/functions(?:\/([^/]+)(?:\/([a-z-]+))?)?\/?$/.exec(request.path);
  const name = match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
  const what = `${request.method} ${match?.[2] ?? ''}`;
  if (match !== null && name !== undefined && what === 'POST invocations') {
    const output = outputSchema.parse(
      await call('Invoke', {
        FunctionName: name,
        InvocationType: request.headers['x-amz-invocation-type'] ?? 'RequestResponse',
        Payload: request.body,
      }),
    );
    return {
      status: output.StatusCode,
      headers: {
        'content-type': 'application/json',
        ...(output.FunctionError !== undefined && { 'x-amz-function-error': output.FunctionError }),
        ...(output.ExecutedVersion !== undefined && { 'x-amz-executed-version': output.ExecutedVersion }),
      },
      ...(output.Payload !== undefined && { body: output.Payload }),
    };
  }
  const json = (value: unknown): RestResponse => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  if (match !== null && what === 'GET ') {
    return json(
      name === undefined
        ? await call('ListFunctions', {})
        : await call('GetFunction', { FunctionName: name }),
    );
  }
  if (match !== null && what === 'GET configuration') {
    return json(await call('GetFunctionConfiguration', { FunctionName: name }));
  }
  throw new UnsupportedError(`lambda ${request.method} ${request.path}`);
}
