import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cloudError } from '../cloud-errors.ts';
import { CommandError, runMain } from '../command-error.ts';
import { startLocalApp } from '../local-app/start-app.ts';
import { Inbox } from '../outside/inbox.ts';
import { Visitor } from '../outside/visitor.ts';
import { root } from '../run-command.ts';
import { seedWhereEmpty } from './seed-where-empty.ts';
import { welcome } from './welcome.ts';

/** `npm start [-- --port N] [--data-dir DIR] [--fresh] [--register FILE.csv]`: the whole of psqm on this machine. */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  if (options.fresh) rmSync(options.dataDir, { recursive: true, force: true });
  const app = await startLocalApp({
    sitePort: options.port,
    dataDir: options.dataDir,
    log: (source, message) => console.error(`${source}: ${message}`),
  });
  const inbox = new Inbox(app.cloud.endpoint);
  const visitor = new Visitor(app.siteUrl, inbox);
  const stop = (): void => void app.stop();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const seeded = await seedWhereEmpty(visitor, {
      now: new Date(app.cloud.context.clock.now()),
      ...(options.register === undefined
        ? {}
        : { register: { name: basename(options.register), bytes: readFileSync(options.register) } }),
    });
    console.log(
      welcome({ siteUrl: app.siteUrl, endpoint: app.cloud.endpoint, dataDir: options.dataDir, ...seeded }),
    );
    await app.cloud.stopped.catch((error: unknown) => {
      throw cloudError(error, options.port);
    });
  } catch (error) {
    // Nothing may go on behind a command that has failed.
    await app.stop();
    throw error;
  }
  return 0;
});

function argumentsOf(args: string[]) {
  const { values } = parse(args);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CommandError(`--port takes a number from 0 to 65535, not ${values.port}`);
  const { register } = values;
  if (register !== undefined && !existsSync(register))
    throw new CommandError(`--register: there is no file ${register}`);
  return {
    port,
    dataDir: resolve(values['data-dir'] ?? join(root, '.local')),
    fresh: values.fresh,
    ...(register === undefined ? {} : { register }),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8700' },
        'data-dir': { type: 'string' },
        fresh: { type: 'boolean', default: false },
        register: { type: 'string' },
      },
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
