import * as z from 'zod';
import type { Visitor } from '../outside/visitor.ts';
import { staff } from '../seed/people.ts';
import { countViolations, interruptedEmails, verify } from '../verify/invariants.ts';
import { readSnapshot } from '../verify/snapshot.ts';
import { costPerSchool } from './cost.ts';
import type { CourseResult } from './course.ts';
import { readStatistics, workflowsOf } from './statistics.ts';
import type { SchoolCase, Year } from './year.ts';

const registrations = z.object({
  registrations: z.array(
    z.object({
      registrationId: z.string(),
      reference: z.string(),
      status: z.string(),
      awardedLevel: z.string().nullable(),
    }),
  ),
});
const entry = z
  .object({
    kind: z.string(),
    at: z.string(),
    executionArn: z.string().optional(),
    after: z.string().optional(),
    reason: z.string().nullish(),
  })
  .loose();
type Entry = z.output<typeof entry>;
const allocation = z.object({
  attempts: z.array(
    z.object({
      stages: z.array(z.object({ name: z.string(), objective: z.number(), bound: z.number() }).loose()),
      placed: z.number(),
    }),
  ),
});
const journey = z.object({ timeline: z.array(entry) });

/** Names of design section 8 for a registration that has come to its end. */
const ENDED: ReadonlySet<string> = new Set([
  'LAPSED',
  'WITHDRAWN',
  'MISSED',
  'AWARDED',
  'AWARDED_LOWER',
  'DEFERRED_FURTHER_EVIDENCE',
  'WORKING_TOWARDS',
  'NOT_AWARDED',
]);

/** Builds the report of design section 8 from what the APIs and the local cloud's counters tell. */
export async function buildReport(
  year: Year,
  run: { course: CourseResult; wallSeconds: number; simulatedDays: number },
) {
  const admin = await year.person(staff.admin);
  const rows = registrations.parse(
    await admin.get(`/api/admin/rounds/${year.roundId}/registrations`),
  ).registrations;
  const byId = new Map(rows.map((row) => [row.registrationId, row]));
  const journeys = new Map<string, Entry[]>();
  await year.everyone(rows, async ({ registrationId }) => {
    const read = journey.parse(await admin.get(`/api/admin/registrations/${registrationId}`));
    journeys.set(registrationId, read.timeline);
  });
  const stageDays = new Map<string, number[]>();
  const schoolResults = [];
  for (const school of year.schools) {
    const row = school.registrationId === undefined ? undefined : byId.get(school.registrationId);
    const entries = journeys.get(row?.registrationId ?? '') ?? [];
    countDays(entries, stageDays);
    schoolResults.push(resultOf(school, row, entries));
  }
  const snapshot = await readSnapshot({ endpoint: year.cloud.endpoint, ...year.cloud.store });
  const violations = await verify(snapshot, {
    submissionsBucket: year.cloud.store.submissionsBucket,
    now: year.cloud.now,
  });
  const statistics = await readStatistics(year.cloud);
  const eligible = year.schools.filter((school) => school.applicant.flaw === undefined).length;
  const outcomes = countBy(schoolResults.map((result) => result.outcome));
  const awarded = (outcomes.AWARDED ?? 0) + (outcomes.AWARDED_LOWER ?? 0);
  const unfinished = schoolResults.filter(
    (result) => result.outcome !== 'REFUSED' && !ENDED.has(result.outcome),
  );
  return {
    schools: { eligible, refused: year.schools.length - eligible },
    schoolResults,
    outcomes: {
      byOutcome: outcomes,
      byLevel: countBy(schoolResults.flatMap((result) => (result.level === null ? [] : [result.level]))),
    },
    stages: Object.fromEntries([...stageDays].map(([status, days]) => [status, median(days)])),
    workflows: workflowsOf(statistics),
    lambda: statistics.lambda,
    http: statistics.http,
    dynamodb: statistics.dynamodb,
    s3: statistics.s3,
    events: statistics.events,
    emails: statistics.emails,
    allocation: { stages: await firstSolve(admin, year.roundId) },
    costUsdPerSchool: costPerSchool(statistics, eligible),
    wallSeconds: Math.round(run.wallSeconds),
    peakMemoryMb: statistics.peakMemoryMb,
    simulatedDays: run.simulatedDays,
    invariants: countViolations(violations),
    violations: violations.slice(0, 50),
    emailsInterrupted: interruptedEmails(snapshot.items),
    documentMismatches: run.course.documentMismatches,
    awarded,
    ok:
      violations.length === 0 &&
      unfinished.length === 0 &&
      run.course.documentMismatches === 0 &&
      (eligible < 60 || awarded * 2 >= eligible),
  };
}
export type RoundReport = Awaited<ReturnType<typeof buildReport>>;

/** Objective and bound of the stages of the solve that placed most submissions: the round's first, all others mend it. */
async function firstSolve(admin: Visitor, roundId: string) {
  const { attempts } = allocation.parse(await admin.get(`/api/panel/rounds/${roundId}/allocation`));
  const most = attempts.reduce<(typeof attempts)[number] | undefined>(
    (best, each) => (best === undefined || each.placed > best.placed ? each : best),
    undefined,
  );
  return (most?.stages ?? []).map(({ name, objective, bound }) => ({ name, objective, bound }));
}

function resultOf(
  school: SchoolCase,
  row: z.output<typeof registrations>['registrations'][number] | undefined,
  entries: readonly Entry[],
) {
  const outcome = row?.status ?? 'REFUSED';
  const isAwarded = outcome === 'AWARDED' || outcome === 'AWARDED_LOWER';
  return {
    urn: school.applicant.school.urn,
    name: school.applicant.school.name,
    reference: row?.reference ?? null,
    outcome,
    level: isAwarded ? (row?.awardedLevel ?? null) : null,
    reason: isAwarded
      ? null
      : row === undefined
        ? (school.refusedBecause ?? 'not sent')
        : (entries.find((entry) => movedTo(entry) === outcome && typeof entry.reason === 'string')?.reason ??
          outcome),
    executions: [
      ...new Set(entries.flatMap((entry) => (entry.executionArn === undefined ? [] : [entry.executionArn]))),
    ],
  };
}

/** The status that an audit entry gave the registration, where it changed it. */
function movedTo(entry: Entry): string | undefined {
  if (entry.kind !== 'CHANGE' || entry.after === undefined) return undefined;
  return statusChange.safeParse(JSON.parse(entry.after)).data?.status;
}

const statusChange = z.object({ status: z.string() }).loose();

/** Days that a registration stood in each status, from the audit entries of its changes. */
function countDays(entries: readonly Entry[], into: Map<string, number[]>): void {
  let current: { status: string; since: number } | undefined;
  for (const entry of [...entries].sort((a, b) => a.at.localeCompare(b.at))) {
    if (entry.kind !== 'CHANGE' || entry.after === undefined) continue;
    const after = statusChange.safeParse(JSON.parse(entry.after));
    if (!after.success || !ENDED.has(after.data.status) === false) continue;
    if (current !== undefined)
      into.set(current.status, [
        ...(into.get(current.status) ?? []),
        (Date.parse(entry.at) - current.since) / 86_400_000,
      ]);
    current = { status: after.data.status, since: Date.parse(entry.at) };
  }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}

/** The report in a few lines for the terminal. */
export function printReport(report: RoundReport): string {
  const pairs = (record: Record<string, number>): string =>
    Object.entries(record)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  return [
    '',
    `${report.schools.eligible} eligible schools, ${report.schools.refused} refused`,
    `Outcomes: ${pairs(report.outcomes.byOutcome)}`,
    `Levels: ${pairs(report.outcomes.byLevel)}`,
    ...Object.entries(report.workflows).map(
      ([name, workflow]) => `  ${name}: ${pairs(workflow.executions)}, ${workflow.transitions} transitions`,
    ),
    `${report.simulatedDays} simulated days in ${report.wallSeconds} s, peak memory ${report.peakMemoryMb} MB`,
    `Usage a school: $${report.costUsdPerSchool.usage.toFixed(4)}`,
    `Invariants: ${pairs(report.invariants)}`,
    report.ok ? 'All went well.' : 'Something did not go as it must: see the report.',
  ].join('\n');
}
