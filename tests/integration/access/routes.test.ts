import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Role, roles, schoolRoles } from '../../../functions/shared/access/identity.ts';
import type { Contract, RouteContract } from '../../../functions/shared/http/contract.ts';
import { inParallel } from '../../../functions/shared/runtime/in-parallel.ts';
import { stageDefinitions } from '../../../lib/stages/index.ts';
import type { Visitor } from '../../../tools/outside/visitor.ts';
import { sampleInput } from '../../support/sample-input.ts';
import { ROUND_ID, type SharedProgramme, startSharedProgramme } from '../../support/shared-programme.ts';

/** Each call at once may need a sandbox of its own, and starting those is most of the time. */
const AT_ONCE = 3;

interface Route extends RouteContract {
  readonly name: string;
}

/** Every route that is deployed, by the tables that the API is made from. */
const routes: readonly Route[] = stageDefinitions
  .flatMap(({ functions }) => Object.values(functions))
  .flatMap(({ http }) => Object.values(http?.contract ?? {}))
  .map((route) => ({ ...route, name: `${route.method} ${route.path}` }));

let programme: SharedProgramme;

beforeAll(async () => {
  programme = await startSharedProgramme();
});
afterAll(() => programme?.app.stop());

describe('the contracts', () => {
  it('are all served by a function', async () => {
    const deployed = new Set(routes.map(({ name }) => name));
    const audiences = globSync('functions/http/*/contract.ts').map((file) => basename(dirname(file)));
    expect(audiences.length).toBeGreaterThan(8);
    for (const audience of audiences) {
      const module: object = await import(`../../../functions/http/${audience}/contract.ts`);
      const contracts = Object.entries(module).filter(([name]) => name.endsWith('Contract')) as [
        string,
        Contract,
      ][];
      expect(contracts.length, audience).toBeGreaterThan(0);
      for (const [name, contract] of contracts)
        for (const { method, path } of Object.values(contract))
          expect(deployed, name).toContain(`${method} ${path}`);
    }
  });
});

describe('the seeded programme', () => {
  it('has two schools in different hubs, so that one is somebody else’s', async () => {
    const placed = z.object({ registration: z.object({ hubId: z.string() }) });
    const admin = as('admin');
    const hubs = await Promise.all(
      [programme.own, programme.others].map(async ({ registrationId }) =>
        placed.parse(await admin.get(`/api/admin/registrations/${registrationId}`)),
      ),
    );
    expect(hubs.map(({ registration }) => registration.hubId)).toEqual([
      programme.hubIds.own,
      programme.hubIds.other,
    ]);
  });
});

describe('every route', () => {
  it('asks nobody to sign in, where it is not open to anyone', async () => {
    expect(await statuses(routes, (route) => send(programme.nobody, route))).toEqual(
      expected(({ roles: allowed }) => (allowed === 'anyone' ? 'served' : 401)),
    );
  });

  it.each(roles)('refuses a person who is only %s, where the role is not named', async (role) => {
    const forbidden = routes.filter(({ roles: allowed }) => allowed !== 'anyone' && !allowed.includes(role));
    expect(forbidden.length).toBeGreaterThan(20);
    expect(await statuses(forbidden, (route) => send(as(role), route))).toEqual(
      Object.fromEntries(forbidden.map(({ name }) => [name, 403])),
    );
  });

  it.each(roles)('that reads lists lets %s in where the role is named', async (role) => {
    const open = routes.filter(
      ({ method, params, query, roles: allowed }) =>
        method === 'GET' &&
        params === undefined &&
        (query === undefined || query.safeParse({}).success) &&
        allowed !== 'anyone' &&
        allowed.includes(role),
    );
    expect(open.length).toBeGreaterThan(0);
    expect(await statuses(open, (route) => send(as(role), route))).toEqual(
      Object.fromEntries(open.map(({ name }) => [name, 200])),
    );
  });
});

/** Routes that make the record, under an id that the page chose so that the same form sent twice makes one. */
const makesRecord: ReadonlySet<string> = new Set(['PUT /api/finance/payers/{payerId}']);

describe('every route with a parameter', () => {
  // A URN names a school of the public register and a month is one of the calendar, no records of ours: no awards, or no
  // postings, is the truth about any of them.
  const withParams = routes.filter(
    (route) =>
      route.roles !== 'anyone' &&
      !makesRecord.has(route.name) &&
      namesOf(route).some((name) => name !== 'urn' && name !== 'month'),
  );

  it.each(roles)('answers %s nothing of a record that does not exist', async (role) => {
    const mine = withParams.filter(({ roles: allowed }) => allowed.includes(role));
    expect(await refusals(role, mine, (name) => unknown(name))).toEqual([]);
  });

  it.each(roles)('answers %s nothing of a record that is another’s', async (role) => {
    const mine = withParams.filter(
      (route) =>
        route.roles.includes(role) &&
        namesOf(route).some((name) => name in programme.others) &&
        isBound(role),
    );
    if (isBound(role)) expect(mine.length).toBeGreaterThan(3);
    expect(await refusals(role, mine, (name) => programme.others[name] ?? unknown(name))).toEqual([]);
  });

  it.each(roles)('answers %s nothing of what is not part of their own record', async (role) => {
    const mine = withParams.filter(
      (route) => route.roles.includes(role) && namesOf(route).length > 1 && isBound(role),
    );
    const answered = await refusals(
      role,
      mine,
      (name, index) => programme[index === 0 ? 'own' : 'others'][name] ?? unknown(name),
    );
    // Their own record may also be in a state in which nothing of it can be written.
    expect(answered.filter((line) => !line.includes('"code":"wrong-state"'))).toEqual([]);
  });
});

describe('a write', () => {
  const writes = routes.filter(({ method }) => method !== 'GET');

  it.each([undefined, 'https://elsewhere.example', 'null'])(
    'from the origin %s is refused',
    async (origin) => {
      const refused = await statuses(writes, async (route) => {
        const role = route.roles === 'anyone' ? 'admin' : route.roles[0]!;
        const response = await as(role).fetch(addressOf(route, unknown), {
          method: route.method,
          headers: { 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
          body: JSON.stringify(bodyOf(route)),
        });
        return response.status;
      });
      expect(refused).toEqual(Object.fromEntries(writes.map(({ name }) => [name, 403])));
    },
  );
});

describe('a call around CloudFront', () => {
  it.each([{}, { 'x-origin-verify': 'guessed' }])('is refused on every route with %j', async (headers) => {
    const { apiGateway, cloudFront } = programme.app.cloud.services;
    const host = [...(cloudFront.distributions()[0]?.origins.values() ?? [])]
      .map(({ domainName }) => domainName)
      .find((domainName) => domainName.includes('.execute-api.'));
    const answered = await statuses(routes, async (route) => {
      const rawUrl = addressOf(route, unknown);
      const response = await apiGateway.handleHost(host ?? '', {
        method: route.method,
        path: new URL(rawUrl, programme.app.siteUrl).pathname,
        rawUrl,
        headers: {
          host: host ?? '',
          origin: programme.app.siteUrl,
          'content-type': 'application/json',
          ...headers,
        },
        body: Buffer.from(route.method === 'GET' ? '' : JSON.stringify(bodyOf(route))),
      });
      return response?.status ?? 0;
    });
    expect(answered).toEqual(Object.fromEntries(routes.map(({ name }) => [name, 403])));
  });
});

/** Roles that see their own records alone; the others see all of the programme's. */
function isBound(role: Role): boolean {
  return [...schoolRoles, 'hub_leader', 'assessor', 'moderator'].includes(role);
}

function as(role: Role): Visitor {
  const person = programme.people.get(role);
  if (person === undefined) throw new Error(`nobody signed in as ${role}`);
  return person;
}

/** Status by route; `served` for whatever a route that is open answers, except a failure. */
async function statuses(
  of: readonly Route[],
  call: (route: Route) => Promise<number>,
): Promise<Record<string, number | 'served'>> {
  const answered = await inParallel(of, AT_ONCE, async (route) => {
    const status = await call(route);
    const isServed = route.roles === 'anyone' && ![401, 403].includes(status) && status < 500;
    return [route.name, isServed ? 'served' : status] as const;
  });
  return Object.fromEntries(answered);
}

function expected(of: (route: Route) => number | 'served'): Record<string, number | 'served'> {
  return Object.fromEntries(routes.map((route) => [route.name, of(route)]));
}

/** The routes that answered anything but "not found" or "not yours", with what they answered. */
async function refusals(
  role: Role,
  of: readonly Route[],
  value: (name: string, index: number) => string,
): Promise<string[]> {
  const answered = await inParallel(of, AT_ONCE, async (route) => {
    const { status, body } = await request(as(role), route, value);
    return status === 404 || status === 403 ? [] : [`${route.name}: ${status} ${body.slice(0, 200)}`];
  });
  return answered.flat();
}

async function send(who: Visitor, route: Route): Promise<number> {
  return (await request(who, route, unknown)).status;
}

async function request(who: Visitor, route: Route, value: (name: string, index: number) => string) {
  const response = await who.fetch(addressOf(route, value), {
    method: route.method,
    headers: { origin: programme.app.siteUrl, 'content-type': 'application/json' },
    ...(route.method === 'GET' ? {} : { body: JSON.stringify(bodyOf(route)) }),
  });
  return { status: response.status, body: await response.text() };
}

const namesOf = ({ path }: Route): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');

function addressOf(route: Route, value: (name: string, index: number) => string): string {
  let index = 0;
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const given = value(name, index++);
    const accepted = route.params?.shape[name]?.safeParse(given).success === true;
    return encodeURIComponent(
      accepted ? given : String(sampleInput(route.params?.shape[name] ?? z.string())),
    );
  });
  const query = route.query === undefined ? {} : sampleInput(route.query);
  const search = new URLSearchParams(z.record(z.string(), z.string()).parse(query)).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** A body that the contract accepts, about somebody else's records where it names some. */
function bodyOf(route: Route): unknown {
  if (route.body === undefined) return {};
  return sampleInput(route.body, {
    roundId: ROUND_ID,
    hubId: programme.hubIds.other,
    email: 'somebody@else.example',
  });
}

/** An id that nothing has; a number where the address takes one. */
const unknown = (name: string): string => (/^(session|version)$/.test(name) ? '1' : `unknown-${name}`);
