import * as z from 'zod';
import { staff } from '../seed/people.ts';
import { importCsv } from '../seed/seed.ts';
import type { Applicant } from './applicants.ts';
import { calendarOf, dayAfter, type Year } from './year.ts';

const round = z.object({ calendar: calendarOf.loose() });

/** Awards that schools hold already: about a fifth of those that come again, and a few hundred others of the register. */
export function awardsCsv(applicants: readonly Applicant[], others: readonly string[]): string {
  const urns = [
    ...new Set([
      ...applicants.filter((_, index) => index % 5 === 0).map((each) => each.school.urn),
      ...others,
    ]),
  ];
  const lines = urns.map((urn, index) => {
    const year = 2023 + (index % 3);
    const level = ['PSQM', 'GILT', 'OUTREACH'][index % 3] ?? 'PSQM';
    return `${urn},${level},Round ${year - 2000} - Autumn ${year - 1}-${year},${year}-09-30,${year + 3}-09-30`;
  });
  return ['urn,level,round_label,awarded_on,expires_on', ...lines].join('\n');
}

export async function importAwards(year: Year, csv: string): Promise<void> {
  await importCsv(await year.person(staff.admin), 'awards', csv);
}

/** The whole round's submission deadline moves by a week while machines wait for it. */
export async function moveRoundDeadline(year: Year): Promise<void> {
  const admin = await year.person(staff.admin);
  await admin.post(`/api/admin/rounds/${year.roundId}/deadlines`, {
    deadline: 'submissionDue',
    day: dayAfter(year.calendar.submissionDue, 3),
    reason: 'Snow closed many schools in the week before the deadline',
  });
  year.calendar = {
    ...year.calendar,
    ...round.parse(await admin.get(`/api/admin/rounds/${year.roundId}`)).calendar,
  };
}

/** Single schools get more time for their submission. */
export async function extendSchools(year: Year): Promise<void> {
  const admin = await year.person(staff.admin);
  for (const school of year.schools) {
    if (school.story.upload !== 'EXTENDED' || school.registrationId === undefined || school.withdrawn)
      continue;
    await admin.post(`/api/admin/registrations/${school.registrationId}/deadlines`, {
      deadline: 'submissionDue',
      day: dayAfter(year.calendar.submissionDue, 4),
      reason: 'Flood in the school',
    });
  }
}

const placements = z.object({ placements: z.array(z.object({ registrationId: z.string() })) });
const hubs = z.object({ hubs: z.array(z.object({ hubId: z.string() })) });

/** Places schools that no hub near them had room for, in the next hub that takes them. */
export async function placeWaiting(year: Year): Promise<void> {
  const admin = await year.person(staff.admin);
  const waiting = placements.parse(await admin.get('/api/admin/placements')).placements;
  if (waiting.length === 0) return;
  const all = hubs.parse(await admin.get('/api/admin/hubs')).hubs;
  for (const [index, { registrationId }] of waiting.entries()) {
    for (let offset = 0; offset < all.length; offset++) {
      const hub = all[(index + offset * 7) % all.length];
      if (hub === undefined) continue;
      try {
        await admin.post(`/api/admin/registrations/${registrationId}/placement`, { hubId: hub.hubId });
        break;
      } catch {
        // Full as well: the admin tries the next one.
      }
    }
  }
}
