import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startCloud } from '../../local/cloud.ts';
import { cloudError } from '../cloud-errors.ts';
import { CommandError, runMain } from '../command-error.ts';

/**
 * `npm run local-cloud -- --port P --data-dir DIR [--lambda-endpoint URL]`: the local cloud empty, without the app, for
 * any AWS SDK or CLI. Prints credentials that are allowed everything first, the line that it is ready last. Without
 * `--data-dir` everything is in memory; with `--lambda-endpoint` every function is invoked there.
 */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  const cloud = await startCloud({
    ...options,
    log: (source, message) => console.error(`${source}: ${message}`),
  }).catch((error: unknown) => {
    throw cloudError(error, options.port);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void cloud.stop());
  const { accessKeyId, secretAccessKey } = cloud.rootCredentials;
  console.log(`AWS_ACCESS_KEY_ID=${accessKeyId}`);
  console.log(`AWS_SECRET_ACCESS_KEY=${secretAccessKey}`);
  console.log(`AWS_REGION=${cloud.context.region}`);
  console.log(`AWS_ENDPOINT_URL=${cloud.endpoint}`);
  console.log(`Ready on ${cloud.endpoint}`);
  await cloud.stopped.catch((error: unknown) => {
    throw cloudError(error, options.port);
  });
  return 0;
});

function argumentsOf(args: string[]): { port: number; dataDir?: string; lambdaEndpoint?: string } {
  const values = parsed(args);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CommandError(`--port takes a number from 0 to 65535, not ${values.port}`);
  const dataDir = values['data-dir'];
  const lambdaEndpoint = values['lambda-endpoint'];
  if (lambdaEndpoint !== undefined && !/^https?:$/.test(URL.parse(lambdaEndpoint)?.protocol ?? ''))
    throw new CommandError(`--lambda-endpoint takes an http or https URL, not ${lambdaEndpoint}`);
  return {
    port,
    ...(dataDir === undefined ? {} : { dataDir: resolve(dataDir) }),
    ...(lambdaEndpoint === undefined ? {} : { lambdaEndpoint }),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '4566' },
        'data-dir': { type: 'string' },
        'lambda-endpoint': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
