import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError, runMain } from '../command-error.ts';
import { outputOf, startLocalApp } from '../local-app/start-app.ts';
import { countViolations, interruptedEmails, verify } from './invariants.ts';
import { readSnapshot } from './snapshot.ts';

/** `npm run verify -- --data-dir DIR`: recomputes every invariant of a store; exit 1 on a violation. Its time stands still meanwhile. */
await runMain(async () => {
  const { values } = parseArgs({ options: { 'data-dir': { type: 'string' } } });
  const dataDir = values['data-dir'];
  if (dataDir === undefined) throw new CommandError('--data-dir DIR is needed');
  if (!existsSync(resolve(dataDir, 'journal.sqlite')))
    throw new CommandError(`--data-dir: ${dataDir} holds no store`);
  const app = await startLocalApp({
    sitePort: 0,
    withoutPages: true,
    dataDir: resolve(dataDir),
    simulatedFrom: 0,
    log: (source, message) => console.error(`${source}: ${message}`),
  });
  try {
    const { cloud } = app;
    const snapshot = await readSnapshot({
      endpoint: cloud.endpoint,
      region: cloud.context.region,
      credentials: cloud.rootCredentials,
      table: outputOf(cloud, 'ProgrammeTableName'),
    });
    const violations = await verify(snapshot, {
      submissionsBucket: outputOf(cloud, 'SubmissionsBucketName'),
      now: new Date(cloud.context.clock.now()),
    });
    for (const { invariant, where, what } of violations) console.log(`${invariant}: ${where}: ${what}`);
    for (const [name, count] of Object.entries(countViolations(violations))) console.log(`${name}: ${count}`);
    console.log(`emails interrupted in sending: ${interruptedEmails(snapshot.items)}`);
    return violations.length === 0 ? 0 : 1;
  } finally {
    await app.stop();
  }
});
