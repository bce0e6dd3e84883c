import { basename } from 'node:path';
import * as z from 'zod';
import { Inbox } from '../outside/inbox.ts';
import { Visitor } from '../outside/visitor.ts';
import { type SampleHub, sampleHubs } from '../seed/hubs.ts';
import { staff } from '../seed/people.ts';
import { importCsv, importRegister, seedProgramme } from '../seed/seed.ts';
import { awardsCsv } from './admin-acts.ts';
import { chooseApplicants, type School } from './applicants.ts';
import { Bank } from './bank.ts';
import type { CloudProcess } from './cloud-process.ts';
import type { Draw } from './draw.ts';
import { schoolStory } from './story.ts';
import { calendarOf, dayAfter, type SchoolCase, Year } from './year.ts';

const ROUND_ID = 'R26-AUTUMN';
const START = '2026-09-07';
export const OPENS = '2026-05-05';
/** When a round's store begins. */
export const BEGINS = new Date(`${dayAfter(OPENS, -10)}T08:00:00Z`);

export interface RoundOptions {
  readonly schools: {
    readonly file: string;
    readonly register: { readonly schools: readonly School[]; readonly bytes: Uint8Array };
    /** The schools do not exist. */
    readonly invented: boolean;
  };
  readonly count: number;
  readonly draw: Draw;
  readonly hubs: number;
}

/** Assessors of a round beside the hub leaders. */
export const independentAssessorsFor = (count: number): number => Math.max(8, Math.ceil(count / 12));

/** Sets the programme up as its admin does, on an empty store; answers the year that begins and the size of the register. */
export async function beginYear(
  cloud: CloudProcess,
  options: RoundOptions,
): Promise<{ year: Year; registered: number }> {
  const { schools, count, draw } = options;
  const applicants = chooseApplicants(schools.register.schools, count, draw);
  const inbox = new Inbox(cloud.endpoint);
  const admin = new Visitor(cloud.siteUrl, inbox);
  await admin.signIn(staff.admin);
  await seedProgramme(admin, {
    roundId: ROUND_ID,
    label: { en: 'Round 26 - Autumn 2026-2027', cy: 'Rownd 26 - Hydref 2026-2027' },
    start: START,
    calendar: { registrationOpens: OPENS },
    hubs: options.hubs,
    independentAssessors: independentAssessorsFor(count),
    funderPlaces: Math.max(2, Math.round(count * 0.06)),
  });
  const { accepted } = await importRegister(
    admin,
    { name: basename(schools.file), bytes: schools.register.bytes, invented: schools.invented },
    () => cloud.advanceTo(new Date(cloud.now.getTime() + 60_000)),
  );
  const earlier = schools.register.schools.slice(0, 300).map((school) => school.urn);
  await importCsv(admin, 'awards', awardsCsv(applicants, earlier));
  const round = z.object({ calendar: calendarOf }).parse(await admin.get(`/api/admin/rounds/${ROUND_ID}`));
  const hubs: readonly SampleHub[] = sampleHubs(options.hubs);
  const year = new Year({
    cloud,
    inbox,
    draw,
    bank: new Bank(),
    roundId: ROUND_ID,
    calendar: round.calendar,
    hubs,
    schools: casesOf(applicants, count, draw),
  });
  return { year, registered: accepted };
}

function casesOf(applicants: ReturnType<typeof chooseApplicants>, count: number, draw: Draw): SchoolCase[] {
  return applicants.map((applicant, index) => {
    const domain = `school-${applicant.school.urn}.example.org`;
    return {
      applicant,
      story: schoolStory(applicant, index, count, draw),
      index,
      domain,
      registrationId: undefined,
      reference: undefined,
      refusedBecause: undefined,
      invoice: undefined,
      paid: false,
      headEmail: `head@${domain}`,
      submitted: false,
      signOffAsked: false,
      headMailRead: 0,
      declared: false,
      withdrawn: false,
      actionPlanSent: false,
    };
  });
}
