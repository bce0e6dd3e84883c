import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';

type Call = (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

const bodySchema = z.record(z.string(), z.unknown());

/** Method and kind of path -> action. */
const ACTIONS: Readonly<Record<string, string>> = {
  'POST schedules/*': 'CreateSchedule',
  'PUT schedules/*': 'UpdateSchedule',
  'GET schedules/*': 'GetSchedule',
  'DELETE schedules/*': 'DeleteSchedule',
  'GET schedules': 'ListSchedules',
  'POST schedule-groups/*': 'CreateScheduleGroup',
  'GET schedule-groups/*': 'GetScheduleGroup',
  'DELETE schedule-groups/*': 'DeleteScheduleGroup',
  'GET schedule-groups': 'ListScheduleGroups',
  'POST tags/*': 'TagResource',
  'DELETE tags/*': 'UntagResource',
  'GET tags/*': 'ListTagsForResource',
};

/** Query parameters that are not their input's name with a small first letter. */
const QUERY_NAMES: Readonly<Record<string, string>> = { ScheduleGroup: 'GroupName', TagKeys: 'TagKeys' };

/** Answers a request of the Scheduler's REST API. */
export async function handleSchedulerHttp(request: RestRequest, call: Call): Promise<RestResponse> {
  const [, collection = '', ...rest] = request.path.split('/');
  const name = decodeURIComponent(rest.join('/'));
  const action = ACTIONS[`${request.method} ${collection}${name === '' ? '' : '/*'}`];
  if (action === undefined) {
    throw new ServiceError(
      'UnknownOperationException',
      `No operation ${request.method} ${request.path}.`,
      404,
    );
  }
  const output = await call(action, {
    ...queryInput(request.query),
    ...bodyInput(request.body),
    ...(name === '' ? {} : { [collection === 'tags' ? 'ResourceArn' : 'Name']: name }),
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(output, function (this: Record<string, unknown>, key: string, value: unknown) {
      const raw = this[key];
      return raw instanceof Date ? raw.getTime() / 1000 : value;
    }),
  };
}

function queryInput(query: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    const pascal = key.charAt(0).toUpperCase() + key.slice(1);
    const name = QUERY_NAMES[pascal] ?? pascal;
    input[name] = name === 'TagKeys' ? query.getAll(key) : query.get(key);
  }
  return input;
}

function bodyInput(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    return bodySchema.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch (error) {
    throw new ServiceError('ValidationException', `The body is no JSON object: ${String(error)}`);
  }
}
