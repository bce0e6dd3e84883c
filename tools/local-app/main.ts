import { parseArgs } from 'node:util';
import { cloudError } from '../cloud-errors.ts';
import { runMain } from '../command-error.ts';
import { dieInTransaction } from './die-in-transaction.ts';
import { outputOf, startLocalApp } from './start-app.ts';

/**
 * psqm on a local cloud for another program: prints one line of JSON with its addresses once it is ready and runs until
 * it is stopped over `/_local/stop` or by a signal.
 */
await runMain(async () => {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      'simulated-from': { type: 'string' },
      port: { type: 'string', default: '0' },
      'endpoint-port': { type: 'string', default: '0' },
      synthesised: { type: 'boolean', default: false },
      'without-pages': { type: 'boolean', default: false },
    },
  });
  const dataDir = values['data-dir'];
  const from = values['simulated-from'];
  const app = await startLocalApp({
    sitePort: Number(values.port),
    endpointPort: Number(values['endpoint-port']),
    synthesised: values.synthesised,
    withoutPages: values['without-pages'],
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(from === undefined ? {} : { simulatedFrom: Date.parse(from) }),
    log: (source, message) => console.error(`${source}: ${message}`),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void app.stop());
  // For trials of durability: dies within one of the next changes of its journal, before that is committed.
  process.on('SIGUSR2', () => dieInTransaction(app.cloud.context.journal.db));
  console.log(
    JSON.stringify({
      siteUrl: app.siteUrl,
      endpoint: app.cloud.endpoint,
      region: app.cloud.context.region,
      credentials: app.cloud.rootCredentials,
      table: outputOf(app.cloud, 'ProgrammeTableName'),
      submissionsBucket: outputOf(app.cloud, 'SubmissionsBucketName'),
    }),
  );
  await app.cloud.stopped.catch((error: unknown) => {
    throw cloudError(error, Number(values.port));
  });
  return 0;
});
