import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import * as z from 'zod';
import { CommandError, runMain } from '../command-error.ts';
import { Inbox } from '../outside/inbox.ts';
import { Visitor } from '../outside/visitor.ts';
import { staff } from '../seed/people.ts';
import { importCsv, importRegister, seedProgramme } from '../seed/seed.ts';
import { awardsCsv } from './admin-acts.ts';
import { chooseApplicants, readSchools } from './applicants.ts';
import { Bank } from './bank.ts';
import { CloudProcess } from './cloud-process.ts';
import { daysBetween, runCourse } from './course.ts';
import { Draw } from './draw.ts';
import { buildReport, printReport } from './report.ts';
import { schoolStory } from './story.ts';
import { calendarOf, dayAfter, type SchoolCase, Year } from './year.ts';

const ROUND_ID = 'R26-AUTUMN';
const START = '2026-09-07';
const OPENS = '2026-05-05';

/** `npm run round -- --schools FILE.csv --count N --seed S --report OUT.json [--data-dir DIR] [--until DAY]`. */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  const started = Date.now();
  const draw = new Draw(options.seed);
  const register = readSchools(options.schools);
  const applicants = chooseApplicants(register.schools, options.count, draw);
  const dataDir = options.dataDir ?? mkdtempSync(join(scratch(), 'psqm-round-'));
  const cloud = await CloudProcess.start({
    simulatedFrom: new Date(`${dayAfter(OPENS, -10)}T08:00:00Z`),
    dataDir,
    verbose: options.verbose,
  });
  try {
    const inbox = new Inbox(cloud.endpoint);
    const admin = new Visitor(cloud.siteUrl, inbox);
    await admin.signIn(staff.admin);
    const independentAssessors = Math.max(8, Math.ceil(options.count / 12));
    await seedProgramme(admin, {
      roundId: ROUND_ID,
      label: { en: 'Round 26 - Autumn 2026-2027', cy: 'Rownd 26 - Hydref 2026-2027' },
      start: START,
      calendar: { registrationOpens: OPENS },
      hubs: 90,
      independentAssessors,
      funderPlaces: Math.max(2, Math.round(options.count * 0.06)),
    });
    const { accepted } = await importRegister(
      admin,
      { name: basename(options.schools), bytes: register.bytes, invented: false },
      () => cloud.advanceTo(new Date(cloud.now.getTime() + 60_000)),
    );
    await importCsv(
      admin,
      'awards',
      awardsCsv(
        applicants,
        register.schools.slice(0, 300).map((school) => school.urn),
      ),
    );
    const round = z.object({ calendar: calendarOf }).parse(await admin.get(`/api/admin/rounds/${ROUND_ID}`));
    const year = new Year({
      cloud,
      inbox,
      draw,
      bank: new Bank(),
      roundId: ROUND_ID,
      calendar: round.calendar,
      schools: casesOf(applicants, options.count, draw),
    });
    const last = options.until ?? dayAfter(year.calendar.results, 3);
    const bar = new SingleBar({
      format: '{bar} {percentage}% | {day} {what}',
      hideCursor: true,
      noTTYOutput: !process.stdout.isTTY,
      notTTYSchedule: 15_000,
    });
    bar.start(daysBetween(OPENS, last) + 3, 0, { day: OPENS, what: `register of ${accepted} schools` });
    const course = await runCourse(year, {
      independentAssessors,
      ...(options.until === undefined ? {} : { until: options.until }),
      progress: (day, what) => bar.increment(1, { day, what }),
    }).finally(() => bar.stop());
    const report = await buildReport(year, {
      course,
      wallSeconds: (Date.now() - started) / 1000,
      simulatedDays: daysBetween(dayAfter(OPENS, -10), year.today),
    });
    writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
    console.log(printReport(report));
    await cloud.stop();
    return report.ok ? 0 : 1;
  } catch (error) {
    cloud.kill();
    throw error;
  } finally {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
});

/** Where a store that nobody keeps is fastest: in memory where the system has such a file system. */
function scratch(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
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
      declared: false,
      withdrawn: false,
      actionPlanSent: false,
    };
  });
}

function argumentsOf(args: string[]) {
  const { values } = parsed(args);
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1)
    throw new CommandError(`--count takes a whole number above 0, not ${values.count}`);
  if (values.schools === undefined)
    throw new CommandError(
      '--schools FILE.csv is needed: columns urn, name, town, postcode, open_date, close_date',
    );
  if (values.until !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(values.until))
    throw new CommandError(`--until takes a day, YYYY-MM-DD, not ${values.until}`);
  const dataDir = values['data-dir'] === undefined ? undefined : resolve(values['data-dir']);
  if (dataDir !== undefined && existsSync(dataDir) && readdirSync(dataDir).length > 0)
    throw new CommandError(`--data-dir ${dataDir} is not empty`);
  return {
    count,
    schools: values.schools,
    seed: values.seed,
    report: values.report,
    verbose: values.verbose,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(values.until === undefined ? {} : { until: values.until }),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        schools: { type: 'string' },
        count: { type: 'string', default: '5' },
        seed: { type: 'string', default: '1' },
        report: { type: 'string', default: 'round-report.json' },
        'data-dir': { type: 'string' },
        until: { type: 'string' },
        verbose: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
