import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { Inbox } from '../outside/inbox.ts';
import { Visitor } from '../outside/visitor.ts';
import { Bank } from '../round/bank.ts';
import { CloudProcess } from '../round/cloud-process.ts';
import { Draw } from '../round/draw.ts';
import { calendarOf, dayAfter, type SchoolCase, Year } from '../round/year.ts';
import { root } from '../run-command.ts';
import { sampleHubs } from '../seed/hubs.ts';
import { staff } from '../seed/people.ts';
import { importRegister, seedProgramme } from '../seed/seed.ts';

export const ROUND_ID = 'R26-AUTUMN';
const START = '2026-09-07';
const OPENS = '2026-05-05';

/** The programme as the tour finds it: everything runs on a store of its own, registration has just opened. */
export interface Stage {
  readonly year: Year;
  /** A folder for files that people choose at their screens. */
  readonly files: string;
  stop(): Promise<void>;
}

/** Starts psqm under the simulated clock and sets a programme with so many hubs up, as an admin would. */
export async function setStage(
  schools: SchoolCase[],
  options: { readonly verbose: boolean; readonly hubs: number },
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'psqm-tour-'));
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  let cloud: CloudProcess | undefined;
  try {
    const running = await CloudProcess.start({
      simulatedFrom: new Date(`${dayAfter(OPENS, -10)}T08:00:00Z`),
      dataDir: join(folder, 'store'),
      verbose: options.verbose,
      pages: true,
    });
    cloud = running;
    const inbox = new Inbox(running.endpoint);
    const admin = new Visitor(running.siteUrl, inbox);
    await admin.signIn(staff.admin);
    await seedProgramme(admin, {
      roundId: ROUND_ID,
      label: { en: 'Round 26 - Autumn 2026-2027', cy: 'Rownd 26 - Hydref 2026-2027' },
      start: START,
      calendar: { registrationOpens: OPENS },
      hubs: options.hubs,
      independentAssessors: 8,
      funderPlaces: 5,
    });
    await importRegister(
      admin,
      {
        name: 'sample-register.csv',
        bytes: readFileSync(join(root, 'programme', 'sample-register.csv')),
        invented: true,
      },
      () => running.advanceTo(new Date(running.now.getTime() + 60_000)),
    );
    const { calendar } = z
      .object({ calendar: calendarOf })
      .parse(await admin.get(`/api/admin/rounds/${ROUND_ID}`));
    const year = new Year({
      cloud: running,
      inbox,
      draw: new Draw('tour'),
      bank: new Bank(),
      roundId: ROUND_ID,
      calendar,
      hubs: sampleHubs(options.hubs),
      schools,
    });
    return {
      year,
      files: folder,
      stop: async () => {
        await running.stop();
        clear();
      },
    };
  } catch (error) {
    cloud?.kill();
    clear();
    throw error;
  }
}
