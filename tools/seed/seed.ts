import { adminContract } from '../../functions/http/admin/contract.ts';
import type { Calendar } from '../../functions/programme/model.ts';
import type { Visitor } from '../outside/visitor.ts';
import { sampleHubs } from './hubs.ts';
import { hubsCsv, peopleCsv, staff } from './people.ts';

export interface SeedOptions {
  readonly roundId: string;
  readonly label: { readonly en: string; readonly cy: string };
  /** The day on which training starts, YYYY-MM-DD. */
  readonly start: string;
  readonly calendar?: Partial<Calendar>;
  readonly hubs: number;
  readonly independentAssessors: number;
  readonly funderPlaces: number;
}

/** Sets a sample programme up through the admin's API, as an admin would from its pages: hubs, people, funder, open round. */
export async function seedProgramme(admin: Visitor, options: SeedOptions): Promise<void> {
  const { roundId } = options;
  await admin.call(adminContract.createRound, {
    body: {
      roundId,
      label: options.label,
      start: options.start,
      ...(options.calendar === undefined ? {} : { calendar: options.calendar }),
    },
  });
  const hubs = sampleHubs(options.hubs);
  refuseNone('hubs', await admin.call(adminContract.importHubs, { body: { csv: hubsCsv(hubs) } }));
  refuseNone(
    'people',
    await admin.call(adminContract.importPeople, {
      body: { csv: peopleCsv(hubs, options.independentAssessors) },
    }),
  );
  await admin.call(adminContract.createFunder, {
    body: {
      funderId: 'SAMPLE-TRUST',
      name: 'Sample learning trust',
      email: staff.funder,
      roundId,
      places: options.funderPlaces,
    },
  });
  await admin.call(adminContract.openRound, { params: { roundId } });
}

/**
 * Uploads a school register and imports it; resolves when it is the one that searches use. `wait` lets time pass
 * between two looks (the simulated clock advanced, or a short real pause).
 */
export async function importRegister(
  admin: Visitor,
  file: { name: string; bytes: Uint8Array; invented: boolean },
  wait: () => Promise<void>,
): Promise<{ accepted: number; refused: number }> {
  const { importId, upload } = await admin.call(adminContract.uploadRegister, {
    body: { filename: file.name, invented: file.invented },
  });
  const sent = await admin.upload(upload, { name: file.name, type: 'text/csv', bytes: file.bytes });
  if (sent.status >= 300) throw new Error(`the register could not be uploaded: ${sent.code ?? sent.status}`);
  await admin.call(adminContract.importRegister, { params: { importId } });
  for (;;) {
    const { imports } = await admin.call(adminContract.register);
    const mine = imports.find((each) => each.importId === importId);
    if (mine?.status === 'DONE')
      return { accepted: mine.result?.accepted ?? 0, refused: mine.result?.refusedCount ?? 0 };
    if (mine?.status === 'REFUSED')
      throw new Error(`the register was refused: ${mine.problem ?? 'no reason given'}`);
    await wait();
  }
}

function refuseNone(what: string, result: { refused: readonly { line: number; reason: string }[] }): void {
  const first = result.refused[0];
  if (first !== undefined)
    throw new Error(`the sample ${what} were refused: line ${first.line}: ${first.reason}`);
}
