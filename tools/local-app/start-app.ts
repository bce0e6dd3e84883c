import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type LocalCloud, startCloud } from '../../local/cloud.ts';
import { buildSite, siteDirectory } from '../../web/build.ts';
import { cloudError } from '../cloud-errors.ts';
import { CommandError } from '../command-error.ts';
import { publishSite } from '../deploy/publish-site.ts';
import { root } from '../run-command.ts';
import { synthesise } from '../synth/synthesise.ts';

export interface LocalAppOptions {
  /** Port of the site; 0 takes a free one. */
  readonly sitePort: number;
  /** Port of the endpoint; a free one where absent. */
  readonly endpointPort?: number;
  /** The templates are those of the last start on this site port: nothing has changed since. */
  readonly synthesised?: boolean;
  /** undefined keeps everything in memory. */
  readonly dataDir?: string;
  /** Simulated clock from this instant (epoch ms) on an empty store; absent: the real clock. */
  readonly simulatedFrom?: number;
  /** Without the pages: the API alone, for tools that need no browser. */
  readonly withoutPages?: boolean;
  readonly log?: (source: string, message: string) => void;
}

export interface LocalApp {
  readonly cloud: LocalCloud;
  readonly siteUrl: string;
  stop(): Promise<void>;
}

/** Synthesises the app, starts the local cloud on its templates and publishes the pages: the whole of psqm on this machine. */
export async function startLocalApp(options: LocalAppOptions): Promise<LocalApp> {
  checkJava();
  const sitePort = await freePort(options.sitePort);
  const siteUrl = `http://127.0.0.1:${sitePort}`;
  const assemblyDir = join(root, '.build', 'assemblies', `local-${sitePort}`);
  const [synthesis] = await Promise.all([
    options.synthesised === true
      ? undefined
      : synthesise({ stage: 'local', outdir: assemblyDir, siteUrl, quiet: true }),
    options.withoutPages === true ? undefined : buildSite(),
  ]);
  if (synthesis !== undefined && synthesis.code !== 0)
    throw new Error(`the app could not be synthesised:\n${synthesis.output}`);
  const cloud = await startCloud({
    assemblyDir,
    site: { port: sitePort },
    ...(options.endpointPort === undefined ? {} : { port: options.endpointPort }),
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.simulatedFrom === undefined ? {} : { clock: { simulatedFrom: options.simulatedFrom } }),
    ...(options.log === undefined ? {} : { log: options.log }),
  }).catch((error: unknown) => {
    throw cloudError(error, sitePort);
  });
  if (options.withoutPages !== true) await publishPages(cloud);
  return { cloud, siteUrl, stop: () => cloud.stop() };
}

async function publishPages(cloud: LocalCloud): Promise<void> {
  const s3 = new S3Client({
    endpoint: cloud.endpoint,
    region: cloud.context.region,
    forcePathStyle: true,
    credentials: cloud.rootCredentials,
  });
  await publishSite(s3, outputOf(cloud, 'SiteBucket'), siteDirectory);
  s3.destroy();
}

/** An output of the app by its name, in whichever stack it is. */
export function outputOf(cloud: LocalCloud, name: string): string {
  for (const outputs of Object.values(cloud.outputs)) {
    const value = outputs[name];
    if (value !== undefined) return value;
  }
  throw new Error(`no stack has the output ${name}`);
}

function checkJava(): void {
  if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0) {
    throw new CommandError(
      'Java is needed for the local DynamoDB: install Java 17 or later (Debian: apt-get install default-jre-headless)',
    );
  }
}

/** The port itself where it is free, a free one for 0; a taken one is a CommandError. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () =>
      reject(new CommandError(`port ${wanted} is in use: choose another with --port`)),
    );
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}
