import { type AssessorState, declareConflicts, newAssessor, work } from '../round/people/assessors.ts';
import { reconcile } from '../round/people/finance.ts';
import { allHubs, recordAttendance, signOff, tendSchools } from '../round/people/hub-leader.ts';
import { confirmOutcomes, moderate } from '../round/people/moderators.ts';
import { readInvoices } from '../round/people/payers.ts';
import { emailOf, register } from '../round/people/registrant.ts';
import { declare, prepareSubmission, sendActionPlan } from '../round/people/school.ts';
import { dayAfter, type SchoolCase, type Year } from '../round/year.ts';
import { independentAssessor, leaderOf, staff } from '../seed/people.ts';
import type { Lead } from './cast.ts';
import { certificateNumberOf, hubLeaderOf, moderatorOf, readerOf } from './parts.ts';
import { type Place, perform, type Screen } from './screen.ts';
import { acceptOffer, declareNoConflict, returnReview } from './tasks/assessor.ts';
import { allocateLine, keepPayer, readBooks, stopReminders, uploadStatement } from './tasks/finance.ts';
import { signOffSubmission } from './tasks/hub.ts';
import { readAgain } from './tasks/moderator.ts';
import { confirmOutcome } from './tasks/panel.ts';
import { lookBehindOutcomes, makeDefenceFile } from './tasks/panel-views.ts';
import { registerSchool } from './tasks/register.ts';
import { declareSubmission, readResult, uploadDocument, writeReflection } from './tasks/school.ts';
import { openRound, readBoard, seePlaces, verifyCertificate } from './tasks/staff.ts';

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
  const { calendar } = year;
  const assessors = assessorsOf(year);
  const days: [day: string, what: () => Promise<void>][] = [
    [dayAfter(calendar.registrationOpens, 1), () => registration(course)],
    [dayAfter(calendar.registrationOpens, 8), () => payment(course)],
    [dayAfter(calendar.trainingStarts, 3), () => tend(year)],
    ...calendar.sessions.map((day, index): [string, () => Promise<void>] => [
      dayAfter(day, 1),
      () => attend(year, index + 1),
    ]),
    [dayAfter(calendar.actionPlanDue, -5), () => plan(year)],
    [dayAfter(calendar.actionPlanDue, 2), () => tend(year)],
    [dayAfter(calendar.submissionOpens, 3), () => submission(course)],
    [dayAfter(calendar.submissionOpens, 6), () => signingOff(course)],
    [dayAfter(calendar.submissionOpens, 8), () => declaration(course)],
    [dayAfter(calendar.allocation, -6), () => conflicts(course, assessors)],
    [dayAfter(calendar.allocation, 1), () => offers(course, assessors)],
    [dayAfter(calendar.allocation, 10), () => boards(course)],
    [dayAfter(calendar.allocation, 12), () => reviews(course)],
    [dayAfter(calendar.allocation, 20), () => othersRead(year, assessors)],
    [dayAfter(calendar.moderation, 1), () => secondReadings(course)],
    [dayAfter(calendar.moderation, 8), () => confirmations(course)],
    [dayAfter(calendar.results, 1), () => results(course)],
    [dayAfter(calendar.results, 2), () => nextRounds(course)],
  ];
  for (const [day, what] of days.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    course.progress(day);
    await year.cloud.advanceTo(new Date(`${day}T10:00:00Z`));
    await year.inbox.fetchNew();
    await what();
    await year.cloud.settle();
  }
}

/** Nobody does a day's tasks at one moment: sign-in refuses who asks for that many codes within a quarter of an hour. */
const BETWEEN_TASKS_MS = 20 * 60_000;

/** Once for every view. Returns those for whom it went well. */
async function each(
  course: Course,
  role: string,
  task: string,
  work: (screen: Screen, lead: Lead) => Promise<void>,
): Promise<Lead[]> {
  const done: Lead[] = [];
  for (const lead of course.leads) {
    course.progress(`${role}: ${task} (${lead.view.language}, ${lead.view.width} px)`);
    const problem = await perform(course.place, { role, task }, lead.view, (screen) => work(screen, lead));
    if (problem === undefined) done.push(lead);
    else course.progress(`failed: ${problem}`);
    await course.year.cloud.settle();
    await course.year.inbox.fetchNew();
  }
  const { cloud } = course.year;
  await cloud.advanceTo(new Date(cloud.now.getTime() + BETWEEN_TASKS_MS));
  return done;
}

const taking = (year: Year): SchoolCase[] =>
  year.schools.filter((school) => school.registrationId !== undefined && school.story.payment !== 'NEVER');

async function registration(course: Course): Promise<void> {
  const { year } = course;
  await each(course, 'registrant', 'register a school', registerSchool);
  for (const school of year.schools) if (school.registrationId === undefined) await register(year, school);
}

async function payment(course: Course): Promise<void> {
  const { year, files } = course;
  year.newMail = year.schools.flatMap((school) => year.inbox.of(emailOf(school, 'finance')));
  readInvoices(year);
  await each(course, 'finance', 'keep a payer', keepPayer);
  await each(course, 'finance', 'stop reminders', stopReminders);
  const uploaded = await each(course, 'finance', 'upload a statement', (screen, { school }) =>
    uploadStatement(screen, { year, school, files }),
  );
  await each(course, 'finance', 'allocate a line', allocateLine);
  await each(course, 'funder', 'see places', seePlaces);
  const paid = uploaded.map((lead) => lead.school);
  for (const school of taking(year)) {
    if (school.invoice !== undefined && !paid.includes(school))
      year.bank.pay({
        day: year.today,
        pence: school.invoice.pence,
        payer: school.applicant.school.name.slice(0, 60),
        narrative: school.invoice.reference,
      });
  }
  await reconcile(year);
}

/** Hubs with a school: those whose leaders have had mail. */
const busyHubs = (year: Year) => allHubs.filter((hub) => year.inbox.of(leaderOf(hub)).length > 0);

const tend = (year: Year): Promise<void> => year.everyone(busyHubs(year), (hub) => tendSchools(year, hub));

const attend = (year: Year, session: number): Promise<void> =>
  year.everyone(busyHubs(year), (hub) => recordAttendance(year, hub, session));

const plan = (year: Year): Promise<void> =>
  year.everyone(taking(year), (school) => sendActionPlan(year, school));

async function submission(course: Course): Promise<void> {
  const { year, files } = course;
  await each(course, 'subject leader', 'upload a document', (screen, lead) =>
    uploadDocument(screen, lead, files),
  );
  await each(course, 'subject leader', 'write a reflection', writeReflection);
  await year.everyone(taking(year), (school) => prepareSubmission(year, school));
}

async function signingOff(course: Course): Promise<void> {
  const { year } = course;
  await each(course, 'hub leader', 'sign off a submission', async (screen, lead) =>
    signOffSubmission(screen, lead, await hubLeaderOf(year, lead.school)),
  );
  await year.everyone(busyHubs(year), (hub) => signOff(year, hub, new Set()));
}

async function declaration(course: Course): Promise<void> {
  const { year } = course;
  await each(course, 'head', 'declare the submission', declareSubmission);
  await year.everyone(
    taking(year).filter((school) => !school.declared),
    (school) => declare(year, school),
  );
}

const assessorsOf = (year: Year): AssessorState[] =>
  [
    ...allHubs.map((hub) => leaderOf(hub)),
    ...Array.from({ length: 8 }, (_, index) => independentAssessor(index)),
  ].map((email) => ({ ...newAssessor(year, email), story: 'DILIGENT' }));

async function conflicts(course: Course, assessors: readonly AssessorState[]): Promise<void> {
  const { year, leads } = course;
  await each(course, 'assessor', 'declare no conflict', (screen, lead) =>
    declareNoConflict(screen, independentAssessor(leads.indexOf(lead))),
  );
  const others = assessors.filter(
    ({ email }) => !leads.some((_, index) => independentAssessor(index) === email),
  );
  await year.everyone(others, (assessor) => declareConflicts(year, assessor));
}

/** Readers of the leads accept at their screens, the others over the API. */
async function offers(course: Course, assessors: readonly AssessorState[]): Promise<void> {
  const { year } = course;
  const accepted = await each(course, 'assessor', 'accept an offer', async (screen, lead) =>
    acceptOffer(screen, lead, await readerOf(year, lead.school)),
  );
  const reading = await Promise.all(accepted.map((lead) => readerOf(year, lead.school)));
  await othersRead(
    year,
    assessors.filter(({ email }) => !reading.includes(email)),
  );
}

async function boards(course: Course): Promise<void> {
  await each(course, 'admin', 'look at the board and at one run', (screen, lead) =>
    readBoard(screen, lead, 'admin'),
  );
  // Not on the day of the payments: more than so many sign-ins of one person are refused for a while.
  await each(course, 'finance', 'read the books', readBooks);
  await each(course, 'auditor', 'read the board', (screen, lead) => readBoard(screen, lead, 'auditor'));
}

async function reviews(course: Course): Promise<void> {
  const { year } = course;
  await each(course, 'assessor', 'return a review', async (screen, lead) =>
    returnReview(screen, lead, await readerOf(year, lead.school)),
  );
}

/** Assessors who have been written to since the allocation do what is due: an answer first, the review some days later. */
const othersRead = (year: Year, assessors: readonly AssessorState[]): Promise<void> =>
  year.everyone(
    assessors.filter(({ email }) =>
      year.inbox.of(email).some((message) => message.at >= year.calendar.allocation),
    ),
    (assessor) => work(year, assessor),
  );

async function secondReadings(course: Course): Promise<void> {
  const { year } = course;
  await each(course, 'moderator', 'read a submission again', async (screen, lead) =>
    readAgain(screen, lead, await moderatorOf(year, lead.school)),
  );
  for (const email of staff.moderators) if (year.inbox.of(email).length > 0) await moderate(year, email);
}

async function confirmations(course: Course): Promise<void> {
  const { year, leads } = course;
  await each(course, 'panel', 'confirm an outcome', (screen, lead) =>
    confirmOutcome(screen, lead, staff.panel[leads.indexOf(lead) % staff.panel.length] ?? staff.panel[0]),
  );
  await each(course, 'panel', 'look behind the outcomes', (screen) =>
    lookBehindOutcomes(screen, staff.panel[0]),
  );
  await confirmOutcomes(year);
}

async function results(course: Course): Promise<void> {
  const { year } = course;
  await each(course, 'panel', 'make the defence file', (screen, lead) =>
    makeDefenceFile(screen, lead, staff.panel[0]),
  );
  await each(course, 'subject leader', 'read the result', readResult);
  await each(course, 'anyone', 'verify a certificate', (screen, lead) =>
    verifyCertificate(screen, lead, certificateNumberOf(year, lead.school)),
  );
}

async function nextRounds(course: Course): Promise<void> {
  await each(course, 'admin', 'open a round', (screen, { view }) => {
    // A year of its own for each view, so that no two rounds are the same.
    const year = 2028 + course.leads.findIndex((lead) => lead.view === view);
    return openRound(screen, {
      roundId: `R${year - 2000}-SPRING`,
      en: `Round ${year - 2000} - Spring ${year}-${year + 1}`,
      cy: `Rownd ${year - 2000} - Gwanwyn ${year}-${year + 1}`,
      start: `${year}-01-10`,
    });
  });
}
