import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError, runMain } from '../command-error.ts';
import { readSchools } from '../round/applicants.ts';
import { BEGINS, beginYear, independentAssessorsFor, type RoundOptions } from '../round/begin.ts';
import { CloudProcess } from '../round/cloud-process.ts';
import { runCourse } from '../round/course.ts';
import { Draw } from '../round/draw.ts';
import { root } from '../run-command.ts';
import { verify } from '../verify/invariants.ts';
import { readSnapshot } from '../verify/snapshot.ts';
import type { Violation } from '../verify/violation.ts';
import { differencesBetween, type EndState, endStateOf } from './canonical.ts';
import { drawKills, Executioner } from './kills.ts';

/** Enough for every region; each hub's leader assesses too, and costs a round time. */
const HUBS = 12;

/**
 * `npm run crash -- --count N --kills K --seed S [--schools FILE.csv] [--until DAY]`: one round undisturbed, the same
 * round with the local cloud killed K times, and what differs in the end. Exit 1 where anything does.
 */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  const draw = new Draw(options.seed);
  const round: RoundOptions = {
    schools: {
      file: options.schools,
      register: readSchools(options.schools),
      invented: options.invented,
    },
    count: options.count,
    draw,
    hubs: HUBS,
  };
  const marks: number[] = [];
  const started = Date.now();
  const undisturbed = await runRound(round, options, {
    begin: () => ({
      reach: () => void marks.push(Date.now() - started),
      finish: async () => undefined,
    }),
  });
  const first = marks[0] ?? 0;
  console.log(`Undisturbed: ${Math.round((Date.now() - started) / 1000)} s`);
  const kills = drawKills(
    options.kills,
    marks.map((mark) => mark - first),
    (marks.at(-1) ?? 0) - first,
    draw,
  );
  let done = 0;
  const killed = await runRound(round, options, {
    begin: (cloud, dataDir) => {
      const executioner = new Executioner(cloud, dataDir, kills);
      return {
        reach: (mark) => executioner.reach(mark),
        finish: async () => {
          await executioner.finish();
          done = executioner.done;
        },
      };
    },
  });
  const differences = differencesBetween(undisturbed.state, killed.state);
  const violations = [...undisturbed.violations, ...killed.violations];
  for (const difference of differences) console.log(difference);
  for (const { invariant, where, what } of violations) console.log(`${invariant}: ${where}: ${what}`);
  console.log(`${done} kills, ${differences.length} differences, ${violations.length} invariant violations`);
  return differences.length === 0 && violations.length === 0 ? 0 : 1;
});

/** What happens beside a round: told when it comes to each mark (a day of its course), and asked to come to an end. */
interface Companion {
  reach(mark: number): void;
  finish(): Promise<void>;
}

async function runRound(
  round: RoundOptions,
  options: { readonly until?: string; readonly verbose: boolean },
  companion: { begin(cloud: CloudProcess, dataDir: string): Companion },
): Promise<{ state: EndState; violations: readonly Violation[] }> {
  const dataDir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'psqm-crash-'));
  const cloud = await CloudProcess.start({ simulatedFrom: BEGINS, dataDir, verbose: options.verbose });
  try {
    const { year } = await beginYear(cloud, round);
    const beside = companion.begin(cloud, dataDir);
    let mark = 0;
    beside.reach(mark);
    await runCourse(year, {
      independentAssessors: independentAssessorsFor(round.count),
      ...(options.until === undefined ? {} : { until: options.until }),
      progress: () => beside.reach(++mark),
    });
    await beside.finish();
    await cloud.settle();
    const snapshot = await readSnapshot({ endpoint: cloud.endpoint, ...cloud.store });
    const violations = await verify(snapshot, {
      submissionsBucket: cloud.store.submissionsBucket,
      now: cloud.now,
    });
    const state = await endStateOf(snapshot);
    await cloud.stop();
    return { state, violations };
  } catch (error) {
    cloud.kill();
    throw error;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function argumentsOf(args: string[]) {
  const values = parsed(args);
  const whole = (name: 'count' | 'kills', least: number): number => {
    const number = Number(values[name]);
    if (!Number.isInteger(number) || number < least)
      throw new CommandError(`--${name} takes a whole number from ${least}, not ${values[name]}`);
    return number;
  };
  if (values.until !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(values.until))
    throw new CommandError(`--until takes a day, YYYY-MM-DD, not ${values.until}`);
  return {
    count: whole('count', 1),
    kills: whole('kills', 0),
    seed: values.seed,
    schools: values.schools ?? join(root, 'programme', 'sample-register.csv'),
    invented: values.schools === undefined,
    verbose: values.verbose,
    ...(values.until === undefined ? {} : { until: values.until }),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        count: { type: 'string', default: '3' },
        kills: { type: 'string', default: '20' },
        seed: { type: 'string', default: '1' },
        schools: { type: 'string' },
        until: { type: 'string' },
        verbose: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
