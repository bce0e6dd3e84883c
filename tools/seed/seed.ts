import * as z from 'zod';
import type { Visitor } from '../outside/visitor.ts';
import { sampleHubs } from './hubs.ts';
import { hubsCsv, peopleCsv, staff } from './people.ts';

export interface SeedOptions {
  readonly roundId: string;
  readonly label: { readonly en: string; readonly cy: string };
  /** The day on which training starts, YYYY-MM-DD. */
  readonly start: string;
  readonly calendar?: Readonly<Record<string, string | readonly string[]>>;
  readonly hubs: number;
  readonly independentAssessors: number;
  readonly funderPlaces: number;
}

/** Sets a sample programme up through the admin's API, as an admin would from its pages: hubs, people, funder, open round. */
export async function seedProgramme(admin: Visitor, options: SeedOptions): Promise<void> {
  const { roundId } = options;
  await admin.post('/api/admin/rounds', {
    roundId,
    label: options.label,
    start: options.start,
    ...(options.calendar === undefined ? {} : { calendar: options.calendar }),
  });
  const hubs = sampleHubs(options.hubs);
  await importCsv(admin, 'hubs', hubsCsv(hubs));
  await importCsv(admin, 'people', peopleCsv(hubs, options.independentAssessors));
  await admin.post('/api/admin/funders', {
    funderId: 'SAMPLE-TRUST',
    name: 'Sample learning trust',
    email: staff.funder,
    roundId,
    places: options.funderPlaces,
  });
  await admin.post(`/api/admin/rounds/${roundId}/open`);
}

const importResult = z.object({
  accepted: z.number(),
  refused: z.array(z.object({ line: z.number(), reason: z.string() })),
});

/** Imports a CSV of our own making, of which no row may be refused. */
export async function importCsv(
  admin: Visitor,
  what: 'hubs' | 'people' | 'funders' | 'awards',
  csv: string,
): Promise<void> {
  const result = importResult.parse(await admin.post(`/api/admin/${what}/import`, { csv }));
  const first = result.refused[0];
  if (first !== undefined)
    throw new Error(`the sample ${what} were refused: line ${first.line}: ${first.reason}`);
}

const presigned = z.object({
  importId: z.string(),
  upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
});
const registerState = z.object({
  imports: z.array(
    z.object({
      importId: z.string(),
      status: z.string(),
      result: z.object({ accepted: z.number(), refusedCount: z.number() }).nullable(),
      problem: z.string().nullable(),
    }),
  ),
});

/**
 * Uploads a school register and imports it; resolves when it is the one that searches use. `wait` lets time pass
 * between two looks (the simulated clock advanced, or a short real pause).
 */
export async function importRegister(
  admin: Visitor,
  file: { name: string; bytes: Uint8Array; invented: boolean },
  wait: () => Promise<void>,
): Promise<{ accepted: number; refused: number }> {
  const { importId, upload } = presigned.parse(
    await admin.post('/api/admin/register', { filename: file.name, invented: file.invented }),
  );
  const sent = await admin.upload(upload, { name: file.name, type: 'text/csv', bytes: file.bytes });
  if (sent.status >= 300) throw new Error(`the register could not be uploaded: ${sent.code ?? sent.status}`);
  await admin.post(`/api/admin/register/${importId}/import`);
  for (;;) {
    const { imports } = registerState.parse(await admin.get('/api/admin/register'));
    const mine = imports.find((each) => each.importId === importId);
    if (mine?.status === 'DONE') {
      return { accepted: mine.result?.accepted ?? 0, refused: mine.result?.refusedCount ?? 0 };
    }
    if (mine?.status === 'REFUSED')
      throw new Error(`the register was refused: ${mine.problem ?? 'no reason given'}`);
    await wait();
  }
}
