import { register } from '../round/people/registrant.ts';
import { dayAfter, type Year } from '../round/year.ts';
import type { Lead } from './cast.ts';
import { type Place, perform, type Screen } from './screen.ts';
import { registerSchool } from './tasks/register.ts';

interface Course {
  readonly place: Place;
  readonly year: Year;
  readonly leads: readonly Lead[];
  /** Files that people choose at their screens. */
  readonly files: string;
  progress(what: string): void;
}

/**
 * Lives through the year of a few schools: the main task of each role is done at a screen once for every view, all the
 * rest over the API as those people would, and what nobody managed at a screen too, so that the year goes on.
 */
export async function runTour(course: Course): Promise<void> {
  const { year } = course;
  await year.cloud.advanceTo(at(dayAfter(year.calendar.registrationOpens, 1)));
  await registration(course);
}

const at = (day: string): Date => new Date(`${day}T10:00:00Z`);

/** Once for every view. */
async function each(
  course: Course,
  role: string,
  task: string,
  work: (screen: Screen, lead: Lead) => Promise<void>,
): Promise<void> {
  for (const lead of course.leads) {
    course.progress(`${role}: ${task} (${lead.view.language}, ${lead.view.width} px)`);
    await perform(course.place, { role, task }, lead.view, (screen) => work(screen, lead));
    await course.year.cloud.settle();
  }
}

async function registration(course: Course): Promise<void> {
  const { year } = course;
  await each(course, 'registrant', 'register a school', registerSchool);
  for (const school of year.schools) if (school.registrationId === undefined) await register(year, school);
}
