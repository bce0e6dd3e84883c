import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { startLocalApp } from '../local-app/start-app.ts';
import { Inbox } from '../outside/inbox.ts';
import { Visitor } from '../outside/visitor.ts';
import { root } from '../run-command.ts';
import { staff } from '../seed/people.ts';
import { importRegister } from '../seed/seed.ts';
import { percentile, timed } from './numbers.ts';

export interface RegisterFigures {
  readonly source: string;
  readonly schools: number;
  readonly importMs: number;
  readonly searches: number;
  /** Searches that found at least one school. */
  readonly found: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** The 95th percentile over that of a call that does nothing but ask who is signed in. */
  readonly p95Ratio: number;
}

const SEARCHES = 1_000;
const GENERATED = 50_000;
const givenFile = join(root, '..', 'shared', 'data', 'schools.csv');

const row = z.object({ urn: z.string(), name: z.string(), town: z.string(), postcode: z.string() });
type Row = z.output<typeof row>;
const answer = z.object({ schools: z.array(z.unknown()) });

/** Imports a register through the admin's API on a local app in memory, then searches it over the API one search after the other. */
export async function measureRegister(): Promise<RegisterFigures> {
  const file = existsSync(givenFile)
    ? { name: basename(givenFile), bytes: readFileSync(givenFile), invented: false }
    : { name: 'generated.csv', bytes: Buffer.from(generated()), invented: true };
  const rows = z.array(row).parse(parse(file.bytes, { columns: true, bom: true, relax_column_count: true }));
  const app = await startLocalApp({ sitePort: 0, withoutPages: true });
  try {
    const visitor = new Visitor(app.siteUrl, new Inbox(app.cloud.endpoint));
    await visitor.signIn(staff.admin);
    const imported = await timed(() =>
      importRegister(visitor, file, () => new Promise((resolve) => setTimeout(resolve, 50))),
    );
    const search = (q: string) => visitor.get('/api/public/schools', { q });
    // The first search of a container reads the index.
    await search('primary');
    const times: number[] = [];
    const idle: number[] = [];
    let found = 0;
    for (const q of queries(rows)) {
      const { value, ms } = await timed(() => search(q));
      times.push(ms);
      if (answer.parse(value).schools.length > 0) found++;
      if (times.length % 5 === 0) idle.push((await timed(() => visitor.get('/api/sign-in/me'))).ms);
    }
    return {
      source: file.name,
      schools: imported.value.accepted,
      importMs: imported.ms,
      searches: times.length,
      found,
      medianMs: percentile(times, 0.5),
      p95Ms: percentile(times, 0.95),
      p95Ratio: percentile(times, 0.95) / percentile(idle, 0.95),
    };
  } finally {
    await app.stop();
  }
}

/** What people type, over schools all through the register: a name, its beginning, a town with a word, a postcode, a URN. */
function* queries(rows: readonly Row[]): Generator<string> {
  const step = Math.max(1, Math.floor(rows.length / SEARCHES));
  for (let index = 0; index < SEARCHES; index++) {
    const school = rows[(index * step) % rows.length];
    if (school === undefined) return;
    const words = school.name.split(' ');
    const kinds = [
      school.name,
      `${words[0] ?? ''} ${(words[1] ?? '').slice(0, 3)}`,
      `${school.town} ${words[0] ?? ''}`,
      school.postcode,
      school.urn,
    ];
    const typed = (kinds[index % kinds.length] ?? '').trim().slice(0, 100);
    yield typed.length >= 2 ? typed : school.name.slice(0, 100);
  }
}

/** A register of schools that do not exist, of the size of England's. */
function generated(): string {
  const first = [
    'Alder',
    'Beech',
    'Cedar',
    'Elm',
    'Hazel',
    'Holly',
    'Larch',
    'Maple',
    'Oak',
    'Rowan',
    'Willow',
  ];
  const second = ['Bank', 'Brook', 'Field', 'Green', 'Grove', 'Hill', 'Lane', 'Park', 'Road', 'View'];
  const kinds = ['Primary', 'Infant', 'Junior', 'Community Primary', 'First'];
  const areas = ['AL', 'BS', 'CF', 'LS', 'NE', 'PL', 'SG', 'YO'];
  const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? '';
  const lines = Array.from({ length: GENERATED }, (_, index) => {
    const name = `${pick(first, index)} ${pick(second, index * 7)} ${index} ${pick(kinds, index * 3)} School`;
    const postcode = `${pick(areas, index)}${1 + (index % 20)} ${index % 10}${pick(['AB', 'CD', 'EF', 'GH'], index)}`;
    return `${800_000 + index},${name},${pick(second, index)}ton,${postcode},,`;
  });
  return ['urn,name,town,postcode,open_date,close_date', ...lines].join('\n');
}
