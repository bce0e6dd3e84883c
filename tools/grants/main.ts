import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError, runMain } from '../command-error.ts';
import { readSchools } from '../round/applicants.ts';
import { BEGINS, beginYear, independentAssessorsFor } from '../round/begin.ts';
import { CloudProcess } from '../round/cloud-process.ts';
import { runCourse } from '../round/course.ts';
import { Draw } from '../round/draw.ts';
import { root } from '../run-command.ts';
import { listGrants, permissions, reasons } from './grants.ts';

/**
 * `npm run grants -- --count N --seed S [--schools FILE.csv]`: runs a round and holds what its roles were allowed against
 * what their policies grant. Exit status 1 where an action without a reason was unused or would not have been missed.
 */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  const why = reasons.parse(JSON.parse(readFileSync(join(root, 'tools/grants/reasons.json'), 'utf8')));
  const dataDir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'psqm-grants-'));
  const cloud = await CloudProcess.start({ simulatedFrom: BEGINS, dataDir, verbose: false });
  try {
    const { year } = await beginYear(cloud, {
      schools: {
        file: options.schools,
        register: readSchools(options.schools),
        invented: options.invented,
      },
      count: options.count,
      draw: new Draw(options.seed),
      hubs: 90,
    });
    let month = '';
    await runCourse(year, {
      independentAssessors: independentAssessorsFor(options.count),
      progress(day) {
        if (day.slice(0, 7) !== month) console.log(`${day}`);
        month = day.slice(0, 7);
      },
    });
    const grants = listGrants(permissions.parse(await cloud.permissions()), why);
    for (const { role, action, calls, missed, reason } of grants) {
      const use = calls === 0 ? 'unused' : missed ? `used ${calls} times` : `used ${calls} times, not missed`;
      console.log(`${role}: ${action}: ${use}${reason === undefined ? '' : ` (${reason})`}`);
    }
    const open = grants.filter((grant) => grant.reason === undefined);
    const unused = open.filter((grant) => grant.calls === 0);
    const notMissed = open.filter((grant) => grant.calls > 0 && !grant.missed);
    for (const grant of [...unused, ...notMissed])
      console.log(`Without a reason: ${grant.role}: ${grant.action}`);
    console.log(`${grants.length} actions, ${unused.length} unused, ${notMissed.length} not missed`);
    await cloud.stop();
    return unused.length + notMissed.length === 0 ? 0 : 1;
  } catch (error) {
    cloud.kill();
    throw error;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

function argumentsOf(args: string[]) {
  const { values } = parsed(args);
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1)
    throw new CommandError(`--count takes a whole number above 0, not ${values.count}`);
  return {
    count,
    seed: values.seed,
    schools: values.schools ?? join(root, 'programme', 'sample-register.csv'),
    invented: values.schools === undefined,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        count: { type: 'string', default: '30' },
        seed: { type: 'string', default: '1' },
        schools: { type: 'string' },
      },
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
