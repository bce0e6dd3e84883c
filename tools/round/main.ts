import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { CommandError, runMain } from '../command-error.ts';
import { readSchools } from './applicants.ts';
import { BEGINS, beginYear, independentAssessorsFor, OPENS } from './begin.ts';
import { CloudProcess } from './cloud-process.ts';
import { daysBetween, runCourse } from './course.ts';
import { Draw } from './draw.ts';
import { buildReport, printReport } from './report.ts';
import { dayAfter } from './year.ts';

/** `npm run round -- --schools FILE.csv --count N --seed S --report OUT.json [--data-dir DIR] [--until DAY]`. */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  const started = Date.now();
  const schools = { file: options.schools, register: readSchools(options.schools), invented: false };
  const dataDir = options.dataDir ?? mkdtempSync(join(scratch(), 'psqm-round-'));
  const cloud = await CloudProcess.start({
    simulatedFrom: BEGINS,
    dataDir,
    verbose: options.verbose,
  });
  try {
    const { year, registered } = await beginYear(cloud, {
      schools,
      count: options.count,
      draw: new Draw(options.seed),
      hubs: 90,
    });
    const last = options.until ?? dayAfter(year.calendar.results, 3);
    const bar = new SingleBar({
      format: '{bar} {percentage}% | {day} {what}',
      hideCursor: true,
      noTTYOutput: !process.stdout.isTTY,
      notTTYSchedule: 15_000,
    });
    bar.start(daysBetween(OPENS, last) + 3, 0, { day: OPENS, what: `register of ${registered} schools` });
    const course = await runCourse(year, {
      independentAssessors: independentAssessorsFor(options.count),
      ...(options.until === undefined ? {} : { until: options.until }),
      progress: (day, what) => bar.increment(1, { day, what }),
    }).finally(() => bar.stop());
    const report = await buildReport(year, {
      course,
      wallSeconds: (Date.now() - started) / 1000,
      simulatedDays: daysBetween(BEGINS.toISOString().slice(0, 10), year.today),
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
