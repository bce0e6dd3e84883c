import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { configOf, stageNames } from '../../lib/config/stages.ts';
import { buildSite, siteDirectory } from '../../web/build.ts';
import { CommandError, runMain } from '../command-error.ts';
import { root } from '../run-command.ts';
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
  await listOpenExecutions(config.region, stage);
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

/** What runs now goes on under the definition with which it began: a function must still accept that input (design section 3). */
async function listOpenExecutions(region: string, stage: string): Promise<void> {
  const client = new SFNClient({ region });
  const machines =
    (await client.send(new ListStateMachinesCommand({ maxResults: 1000 }))).stateMachines ?? [];
  for (const machine of machines) {
    const { tags } = await client.send(
      new ListTagsForResourceCommand({ resourceArn: machine.stateMachineArn }),
    );
    const has = (key: string, value: string): boolean =>
      tags?.some((tag) => tag.key === key && tag.value === value) === true;
    if (!has('programme', 'psqm') || !has('stage', stage)) continue;
    const byDefinition = new Map<string, number>();
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new ListExecutionsCommand({
          stateMachineArn: machine.stateMachineArn,
          statusFilter: 'RUNNING',
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      for (const execution of page.executions ?? []) {
        const described = await client.send(
          new DescribeStateMachineForExecutionCommand({ executionArn: execution.executionArn }),
        );
        const updated = described.updateDate?.toISOString() ?? 'unknown';
        byDefinition.set(updated, (byDefinition.get(updated) ?? 0) + 1);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    for (const [definition, count] of byDefinition)
      console.log(`${machine.name}: ${count} open executions of the definition of ${definition}`);
  }
}

function cdk(args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'node_modules', '.bin', 'cdk'), args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
