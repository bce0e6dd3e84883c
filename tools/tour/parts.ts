import * as z from 'zod';
import { allHubs } from '../round/people/hub-leader.ts';
import { emailOf } from '../round/people/registrant.ts';
import type { SchoolCase, Year } from '../round/year.ts';
import { independentAssessor, leaderOf, staff } from '../seed/people.ts';

const registration = z.object({
  hub: z.object({ leaders: z.array(z.object({ email: z.string() })) }).nullable(),
});
const named = z.object({ school: z.object({ name: z.string() }) });
const assignments = z.object({ assignments: z.array(named.extend({ status: z.string() })) });
const readings = z.object({ readings: z.array(named.extend({ status: z.string() })) });

/** Address of the leader of a school's hub, as the school's page names it. */
export async function hubLeaderOf(year: Year, school: SchoolCase): Promise<string> {
  const person = await year.person(emailOf(school, 'science'));
  const { hub } = registration.parse(
    await person.get(`/api/school/registrations/${school.registrationId ?? ''}`),
  );
  const email = hub?.leaders[0]?.email;
  if (email === undefined) throw new Error(`${school.reference} has no hub leader`);
  return email;
}

/** Address of the assessor who is asked to read the school's submission, or reads it. */
export function readerOf(year: Year, school: SchoolCase): Promise<string> {
  const everybody = [
    ...allHubs.map((hub) => leaderOf(hub)),
    ...Array.from({ length: 8 }, (_, index) => independentAssessor(index)),
  ];
  return findPerson(year, everybody, `reader of ${school.reference}`, async (email) => {
    const person = await year.person(email);
    const found = assignments.parse(await person.get('/api/assessor/assignments')).assignments;
    return found.some(
      (each) =>
        each.school.name === school.applicant.school.name &&
        ['OFFERED', 'ACCEPTED', 'IN_REVIEW'].includes(each.status),
    );
  });
}

/** Address of the moderator who reads the school's submission a second time. */
export function moderatorOf(year: Year, school: SchoolCase): Promise<string> {
  return findPerson(year, staff.moderators, `second reader of ${school.reference}`, async (email) => {
    const person = await year.person(email);
    const found = readings.parse(await person.get('/api/moderator/readings')).readings;
    return found.some((each) => each.school.name === school.applicant.school.name && each.status === 'OPEN');
  });
}

/** The first for whom `holds` of those who have been written to since the allocation. */
async function findPerson(
  year: Year,
  emails: readonly string[],
  who: string,
  holds: (email: string) => Promise<boolean>,
): Promise<string> {
  const written = emails.filter((email) =>
    year.inbox.of(email).some((message) => message.at >= year.calendar.allocation),
  );
  for (const email of written) if (await holds(email)) return email;
  throw new Error(`nobody is ${who}`);
}

/** Number of the school's certificate, from the address in the email that brought it. */
export function certificateNumberOf(year: Year, school: SchoolCase): string {
  for (const message of year.inbox.of(school.headEmail)) {
    const number = /\/verify\/\?number=([\w%-]+)/.exec(message.text)?.[1];
    if (number !== undefined) return decodeURIComponent(number);
  }
  throw new Error(`${school.reference} has received no certificate`);
}
