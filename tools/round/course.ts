import { independentAssessor, leaderOf, staff } from '../seed/people.ts';
import { extendSchools, moveRoundDeadline, placeWaiting } from './admin-acts.ts';
import { type AssessorState, declareConflicts, newAssessor, work } from './people/assessors.ts';
import { reconcile } from './people/finance.ts';
import { recordAttendance, signOff, tendSchools } from './people/hub-leader.ts';
import { confirmOutcomes, moderate } from './people/moderators.ts';
import { payToday, readInvoices } from './people/payers.ts';
import { register } from './people/registrant.ts';
import {
  answerReturn,
  changeHead,
  declare,
  prepareSubmission,
  sendActionPlan,
  withdraw,
} from './people/school.ts';
import { DAY, dayAfter, type SchoolCase, type Year } from './year.ts';

/** What the course of the year counts beside what the programme itself knows. */
export interface CourseResult {
  /** Documents served that were not byte for byte what was frozen. */
  readonly documentMismatches: number;
  readonly assessors: number;
}

export interface CourseOptions {
  readonly independentAssessors: number;
  /** The last day on which anybody acts; the whole round when absent. */
  readonly until?: string;
  progress(day: string, what: string): void;
}

/** Lives through the year day by day: at ten in the morning each person does what the day and their mail ask of them. */
export async function runCourse(year: Year, options: CourseOptions): Promise<CourseResult> {
  const assessors = [
    ...year.hubs.map((hub) => leaderOf(hub)),
    ...Array.from({ length: options.independentAssessors }, (_, index) => independentAssessor(index)),
  ].map((email) => newAssessor(year, email));
  const returned = new Set<string>();
  let mismatches = 0;
  const { calendar } = year;
  const last = options.until ?? dayAfter(calendar.results, 3);
  let day = dayAfter(calendar.registrationOpens, -2);
  while (day <= last) {
    await year.cloud.advanceTo(new Date(`${day}T10:00:00Z`));
    year.newMail = await year.inbox.fetchNew();
    readInvoices(year);
    const what = await actToday(year, day, assessors, returned);
    if (day >= year.calendar.moderation && day <= year.calendar.results) {
      await year.everyone(
        staff.moderators.filter((email) => hasMail(year, email)),
        async (email) => {
          const different = await moderate(year, email);
          mismatches += different;
        },
      );
      await year.cloud.settle();
      if (new Date(`${day}T10:00:00Z`).getUTCDay() % 3 === 1) await confirmOutcomes(year);
    }
    await year.cloud.settle();
    options.progress(day, what);
    day = dayAfter(day, 1);
  }
  return {
    documentMismatches: mismatches + assessors.reduce((sum, each) => sum + each.mismatches, 0),
    assessors: assessors.length,
  };
}

const hasMail = (year: Year, email: string): boolean =>
  year.newMail.some((message) => message.to.some((to) => to.toLowerCase() === email));

async function actToday(
  year: Year,
  day: string,
  assessors: readonly AssessorState[],
  returned: Set<string>,
): Promise<string> {
  const { calendar } = year;
  const weekday = new Date(`${day}T10:00:00Z`).getUTCDay();
  if (day <= calendar.registrationCloses)
    await year.everyone(dueToRegister(year, day), (school) => register(year, school));
  if (day < calendar.submissionOpens) {
    payToday(year);
    if (weekday === 1) await reconcile(year);
  }
  await administer(year, day, weekday);
  await train(year, day, weekday);
  await submit(year, day, weekday, returned);
  return assess(year, day, assessors);
}

/** What the admins do of their own accord: place schools that found no hub, move deadlines while machines wait for them. */
async function administer(year: Year, day: string, weekday: number): Promise<void> {
  const { calendar } = year;
  if (weekday === 3 && day < calendar.trainingStarts) await placeWaiting(year);
  // A fortnight before the deadline snow closes schools; the deadline moves once for all, later for a few.
  if (day === dayAfter(year.firstSubmissionDue, -14)) await moveRoundDeadline(year);
  if (day === dayAfter(year.firstSubmissionDue, -7)) await extendSchools(year);
}

function dueToRegister(year: Year, day: string): SchoolCase[] {
  return year.schools.filter((school) => {
    const opens = year.calendar.registrationOpens;
    if (school.applicant.flaw === 'TOO_EARLY') return day === dayAfter(opens, -1);
    if (school.applicant.flaw === 'AGAIN') return false;
    return day === dayAfter(opens, school.story.registersOnDay);
  });
}

const taking = (school: SchoolCase): boolean =>
  school.registrationId !== undefined && !school.withdrawn && school.story.payment !== 'NEVER';

async function train(year: Year, day: string, weekday: number): Promise<void> {
  const { calendar } = year;
  if (day < calendar.trainingStarts || day > calendar.submissionOpens) return;
  const session = calendar.sessions.indexOf(dayAfter(day, -1));
  if (session >= 0) await year.everyone(busyHubs(year), (hub) => recordAttendance(year, hub, session + 1));
  const plans = year.schools.filter(
    (school) =>
      taking(school) &&
      !school.actionPlanSent &&
      day === dayAfter(calendar.actionPlanDue, -school.story.actionPlanDaysBefore),
  );
  await year.everyone(plans, (school) => sendActionPlan(year, school));
  if (
    weekday === 5 &&
    (day < dayAfter(calendar.trainingStarts, 30) ||
      (day > calendar.actionPlanDue && day < dayAfter(calendar.actionPlanDue, 20)))
  ) {
    await year.everyone(busyHubs(year), (hub) => tendSchools(year, hub));
  }
  if (day === dayAfter(calendar.trainingStarts, 120)) {
    await year.everyone(
      year.schools.filter((school) => taking(school) && school.story.withdraws),
      (school) => withdraw(year, school),
    );
    await year.everyone(
      year.schools.filter((school) => taking(school) && school.story.changesContact),
      (school) => changeHead(year, school),
    );
  }
}

async function submit(year: Year, day: string, weekday: number, returned: Set<string>): Promise<void> {
  const { calendar } = year;
  if (day <= calendar.submissionOpens || day > dayAfter(calendar.submissionDue, 20)) return;
  const preparing = year.schools.filter(
    (school) => taking(school) && !school.submitted && day >= uploadDay(year, school),
  );
  await year.everyone(preparing, (school) => prepareSubmission(year, school));
  if (weekday % 2 === 1) {
    await year.everyone(hubsWithMail(year), (hub) => signOff(year, hub, returned));
    for (const hub of year.hubs) year.mailRead.set(hub.hubId, year.inbox.of(leaderOf(hub)).length);
    await year.cloud.settle();
    // The news of a sign-off comes on the same day: a head who read it a day later might miss the deadline.
    year.newMail = [...year.newMail, ...(await year.inbox.fetchNew())];
    const waiting = year.schools.filter(
      (school) => taking(school) && school.signOffAsked && !school.declared,
    );
    await year.everyone(
      waiting.filter((school) => school.registrationId !== undefined && returned.has(school.registrationId)),
      (school) => answerReturn(year, school),
    );
    await year.everyone(
      waiting.filter((school) => year.inbox.of(school.headEmail).length > school.headMailRead),
      (school) => declare(year, school),
    );
  }
}

/** A school with an extension uploads after the round's deadline, within its own. */
function uploadDay(year: Year, school: SchoolCase): string {
  const { calendar } = year;
  return school.story.upload === 'EXTENDED'
    ? dayAfter(calendar.submissionDue, 1)
    : dayAfter(calendar.submissionOpens, school.story.uploadsOnDay);
}

async function assess(year: Year, day: string, assessors: readonly AssessorState[]): Promise<string> {
  const { calendar } = year;
  if (day === dayAfter(calendar.allocation, -6)) {
    await year.everyone(assessors, (assessor) => declareConflicts(year, assessor));
    return 'conflicts declared';
  }
  if (day < calendar.allocation || day > dayAfter(calendar.moderationDue, 0)) return '';
  const busy = assessors.filter(
    (assessor) => hasMail(year, assessor.email) || [...assessor.readsOn.values()].some((on) => on <= day),
  );
  await year.everyone(busy, (assessor) => work(year, assessor));
  return 'assessment';
}

/** Hubs that have a school in this year, known from who gets the hub's mail: those of whose leaders wrote or were written to. */
function busyHubs(year: Year) {
  return year.hubs.filter((hub) => year.inbox.of(leaderOf(hub)).length > 0);
}

/** Hubs whose leader has had mail since they last looked at their page: a request for the sign-off is among it. */
function hubsWithMail(year: Year) {
  return year.hubs.filter((hub) => year.inbox.of(leaderOf(hub)).length > (year.mailRead.get(hub.hubId) ?? 0));
}

export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY);
