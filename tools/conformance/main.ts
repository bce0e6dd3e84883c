import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { runAslConformance } from './asl.ts';

/** The EventBridge half, where it is part of this checkout. */
const eventsModuleSchema = z.object({
  runEventConformance: z.custom<(file: string) => Promise<unknown>>((value) => typeof value === 'function'),
});
const eventsResultSchema = z.object({ agree: z.number(), of: z.number() });

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** `npm run conformance [-- --asl DIR --events FILE]`: exit 0 where all agree, 1 where not, 2 for bad arguments. */
async function main(): Promise<number> {
  let options: { asl?: string | undefined; events?: string | undefined };
  try {
    options = parseArgs({ options: { asl: { type: 'string' }, events: { type: 'string' } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const asl = options.asl ?? `${SHARED}asl-conformance`;
  const events = options.events ?? `${SHARED}eventbridge-conformance/cases.json`;
  for (const path of [asl, events]) {
    if (!existsSync(path)) {
      process.stderr.write(`${path} does not exist\n`);
      return 2;
    }
  }
  const states = await runAslConformance(asl);
  for (const difference of states.differences) process.stdout.write(`${difference}\n`);
  const patterns = await runEvents(events);
  process.stdout.write(
    `${states.agree} of ${states.of} agree (status/output/error), ${states.historiesAgree} of ${states.histories} histories agree\n`,
  );
  if (patterns !== undefined) process.stdout.write(`${patterns.agree} of ${patterns.of} patterns agree\n`);
  const all =
    states.agree === states.of &&
    states.historiesAgree === states.histories &&
    (patterns === undefined || patterns.agree === patterns.of);
  return all ? 0 : 1;
}

async function runEvents(file: string): Promise<z.output<typeof eventsResultSchema> | undefined> {
  const module = new URL('./eventbridge.ts', import.meta.url);
  if (!existsSync(fileURLToPath(module))) return undefined;
  const { runEventConformance } = eventsModuleSchema.parse(await import(module.href));
  return eventsResultSchema.parse(await runEventConformance(file));
}

process.exitCode = await main();
