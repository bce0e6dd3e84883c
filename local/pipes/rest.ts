import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';

type Call = (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

const bodySchema = z.record(z.string(), z.unknown());

/** Method and kind of path -> action. */
const ACTIONS: Readonly<Record<string, string>> = {
  'GET v1/pipes': 'ListPipes',
  'POST v1/pipes/*': 'CreatePipe',
  'PUT v1/pipes/*': 'UpdatePipe',
  'GET v1/pipes/*': 'DescribePipe',
  'DELETE v1/pipes/*': 'DeletePipe',
  'POST v1/pipes/*/start': 'StartPipe',
  'POST v1/pipes/*/stop': 'StopPipe',
};
const TAG_ACTIONS: Readonly<Record<string, string>> = {
  POST: 'TagResource',
  DELETE: 'UntagResource',
  GET: 'ListTagsForResource',
};

/** Answers a request of the REST API of Pipes. */
export async function handlePipesHttp(request: RestRequest, call: Call): Promise<RestResponse> {
  const { action, input } = readRequest(request);
  const output = await call(action, input);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(output),
  };
}

function readRequest({ method, path, query, body }: RestRequest): {
  action: string;
  input: Record<string, unknown>;
} {
  const unknown = new ServiceError('UnknownOperationException', `No operation ${method} ${path}.`, 404);
  if (path.startsWith('/tags/')) {
    const action = TAG_ACTIONS[method];
    if (action === undefined) throw unknown;
    const ResourceArn = decodeURIComponent(path.slice('/tags/'.length));
    if (action === 'UntagResource')
      return { action, input: { ResourceArn, TagKeys: query.getAll('tagKeys') } };
    const { tags } = parseBody(body);
    return { action, input: { ResourceArn, ...(tags === undefined ? {} : { Tags: tags }) } };
  }
  const [version = '', collection = '', name, verb] = path.slice(1).split('/');
  const kind = [
    version,
    collection,
    ...(name === undefined ? [] : ['*']),
    ...(verb === undefined ? [] : [verb]),
  ];
  const action = ACTIONS[`${method} ${kind.join('/')}`];
  if (action === undefined) throw unknown;
  return {
    action,
    input: {
      ...Object.fromEntries(query),
      ...parseBody(body),
      ...(name === undefined ? {} : { Name: decodeURIComponent(name) }),
    },
  };
}

function parseBody(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    return bodySchema.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch (error) {
    throw new ServiceError('ValidationException', `The body is no JSON object: ${String(error)}`);
  }
}
