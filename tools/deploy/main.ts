import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { configOf, stageNames } from '../../lib/config/stages.ts';
import { buildSite, siteDirectory } from '../../web/build.ts';
import { CommandError, runMain } from '../command-error.ts';
import { root } from '../run-command.ts';
import { openExecutions } from './open-executions.ts';
import { publishSite } from './publish-site.ts';
import { smokeTest } from './smoke-test.ts';

const outputsFile = z.record(z.string(), z.record(z.string(), z.string()));

/** `npm run deploy -- --stage NAME`: lists open executions by definition, deploys every stack, publishes the pages, runs the smoke test. */
await runMain(async () => {
  const { values } = parseArgs({ options: { stage: { type: 'string' } } });
  const { stage } = values;
  if (stage === undefined || !stageNames.includes(stage) || stage === 'local') {
    throw new CommandError(
      `--stage NAME is needed: one of ${stageNames.filter((name) => name !== 'local').join(', ')}`,
    );
  }
  const config = configOf(stage);
  if (config.mailFrom.endsWith('example.org'))
    throw new CommandError(
      `stage ${stage} still has example addresses: put the owner's into lib/config/stages.ts first`,
    );
  for (const { machine, count, definitionOf } of await openExecutions(
    new SFNClient({ region: config.region }),
    stage,
  ))
    console.log(`${machine}: ${count} open executions of the definition of ${definitionOf}`);
  await buildSite();
  const outputs = join(root, '.build', `outputs-${stage}.json`);
  const code = await cdk([
    'deploy',
    '--all',
    '--require-approval',
    'broadening',
    '--outputs-file',
    outputs,
    '-c',
    `stage=${stage}`,
  ]);
  if (code !== 0) return code;
  const all = Object.assign(
    {},
    ...Object.values(outputsFile.parse(JSON.parse(readFileSync(outputs, 'utf8')))),
  );
  const { SiteBucket, SiteUrl, DistributionId } = z
    .object({ SiteBucket: z.string(), SiteUrl: z.url(), DistributionId: z.string() })
    .parse(all);
  const count = await publishSite(new S3Client({ region: config.region }), SiteBucket, siteDirectory);
  console.log(
    `${count} files published; pages are never cached, so distribution ${DistributionId} needs no invalidation`,
  );
  await smokeTest(SiteUrl);
  console.log(`Deployed: ${SiteUrl}`);
  return 0;
});

function cdk(args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'node_modules', '.bin', 'cdk'), args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
