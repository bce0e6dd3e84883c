import * as z from 'zod';
import type { CloudContext } from '../core/service.ts';
import type { RestResponse } from './rest.ts';

/** What answers `/_local/*`: for people and tools on this machine, not for the programme. */
export interface ControlEndpoint {
  handle(
    method: string,
    path: string,
    rawQuery: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
  ): Promise<Required<RestResponse>>;
}

export interface ControlActions {
  readonly cloud: CloudContext;
  statistics(): Record<string, unknown>;
  /** Roles with their policies, and what each was allowed so far. */
  permissions(): unknown;
  /** Messages of the inbox after number `since`. */
  inbox(since: number): unknown;
  /** The inbox as pages for people, below `/_local/inbox/`. */
  inboxPage(path: string, query: URLSearchParams): RestResponse;
  stop(): void;
  /** Resolves when everything that a timer may set off is there. */
  readonly opened: Promise<void>;
}

const advanceSchema = z.object({ to: z.iso.datetime({ offset: true }) });

/** GET status, statistics, permissions, inbox?since=N; POST clock/advance {to}, stop. A page of another origin is refused. */
export function createControlEndpoint(actions: ControlActions): ControlEndpoint {
  const { cloud } = actions;
  const reply = (status: number, value: unknown) => ({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify(value)}\n`,
  });
  const status = () => ({
    now: new Date(cloud.clock.now()).toISOString(),
    simulated: cloud.clock.simulated,
    busy: cloud.activity.busy,
    describe: cloud.activity.describe().slice(0, 100),
    nextDue: isoOrNull(cloud.clock.nextDue()),
  });

  return {
    async handle(method, path, rawQuery, headers, body) {
      if (headers.origin !== undefined || !isLoopback(headers.host)) {
        return reply(403, { message: 'only programs on this machine may use this address' });
      }
      if (method === 'GET' && path.startsWith('/_local/inbox/')) {
        return { headers: {}, body: '', ...actions.inboxPage(path, new URLSearchParams(rawQuery)) };
      }
      switch (`${method} ${path}`) {
        case 'GET /_local/status':
          return reply(200, status());
        case 'POST /_local/clock/advance': {
          const input = advanceSchema.safeParse(parseJson(body));
          if (!input.success) return reply(400, { message: 'expected {"to": an ISO instant}' });
          if (!cloud.clock.simulated)
            return reply(409, { message: 'the clock is real: it cannot be advanced' });
          await actions.opened;
          await cloud.clock.advanceTo(Date.parse(input.data.to));
          return reply(200, status());
        }
        case 'GET /_local/statistics':
          return reply(200, actions.statistics());
        case 'GET /_local/permissions':
          return reply(200, actions.permissions());
        case 'GET /_local/inbox':
          return reply(200, actions.inbox(Number(new URLSearchParams(rawQuery).get('since') ?? '0')));
        case 'POST /_local/stop':
          setImmediate(actions.stop);
          return reply(202, { message: 'stopping' });
        default:
          return reply(404, { message: `${method} ${path} is not known` });
      }
    },
  };
}

/** A name that resolves to this machine from elsewhere (DNS rebinding) must not open the address. */
function isLoopback(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

function isoOrNull(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
