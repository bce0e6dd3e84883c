import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError, runMain } from '../command-error.ts';
import { synthesise } from '../synth/synthesise.ts';
import { measureAllocation } from './allocation.ts';
import { type FunctionFigures, measureFunctions } from './functions.ts';
import { measureLocalCloud } from './local-cloud.ts';
import { median, timed } from './numbers.ts';
import { measureRegister } from './register.ts';
import { measureSeverity } from './severity.ts';
import { measureStatements } from './statements.ts';

const parts = [
  'synth',
  'functions',
  'register',
  'allocation',
  'severity',
  'statements',
  'local-cloud',
] as const;
type Part = (typeof parts)[number];

/**
 * `npm run bench [-- --only PART]`: figures of the app on this machine. Functions: size of the bundle, own bytes without
 * the AWS SDK, cold import with the SDK that each loads. Register: time of an import, 95th percentile of a thousand
 * searches. Synth: time of a synthesis. Allocation: objective and
 * bound of every stage, time, memory. Statements: cost per line of reading and matching, for more and more lines against as
 * many open invoices. Local cloud: transitions of state machines with few and many open executions, invocations, events,
 * the way over the gateway, memory. Milliseconds are this machine's; ratios are what can be compared.
 */
await runMain(async () => {
  const chosen = partsOf(process.argv.slice(2));
  const [cpu] = cpus();
  console.log(`machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`);
  if (chosen.has('synth')) await printSynth();
  if (chosen.has('functions')) await printFunctions();
  if (chosen.has('register')) await printRegister();
  if (chosen.has('allocation')) await printAllocation();
  if (chosen.has('severity')) printSeverity();
  if (chosen.has('statements')) printStatements();
  if (chosen.has('local-cloud')) await printLocalCloud();
  return 0;
});

function partsOf(args: string[]): ReadonlySet<Part> {
  try {
    const { only } = parseArgs({ args, options: { only: { type: 'string', multiple: true } } }).values;
    if (only === undefined) return new Set(parts);
    return new Set(
      only.map((name) => {
        const part = parts.find((each) => each === name);
        if (part === undefined) throw new Error(`--only takes ${parts.join(', ')}, not ${name}`);
        return part;
      }),
    );
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

function printSeverity(): void {
  const { rounds, assessors, intervals, covered, width } = measureSeverity();
  console.log(
    `severity: over ${rounds} simulated rounds of ${assessors} assessors the 95 % interval covers the truth in ${(100 * covered).toFixed(1)} % of ${intervals} (mean width ${width.toFixed(2)} steps)`,
  );
}

async function printStatements(): Promise<void> {
  const figures = await measureStatements([1_000, 10_000, 100_000]);
  const [first] = figures;
  for (const { lines, readMicros, matchMicros, confirmed, megabytes } of figures) {
    const ratio =
      first === undefined ? 1 : (readMicros + matchMicros) / (first.readMicros + first.matchMicros);
    console.log(
      `statements: ${lines} lines against ${lines} open invoices: ${readMicros.toFixed(0)} µs a line to read, ${matchMicros.toFixed(0)} µs to match (${ratio.toFixed(2)} × the cost of a line in ${first?.lines}), ${confirmed} confirmed, ${megabytes.toFixed(0)} MB`,
    );
  }
}

async function printLocalCloud(): Promise<void> {
  const { transitions, waiting, lambda, events, gateway } = await measureLocalCloud();
  const first = transitions[0]?.perSecond ?? Number.NaN;
  for (const { open, perSecond } of transitions)
    console.log(
      `state machines: ${perSecond.toFixed(0)} durable transitions a second with ${open} open executions (${(perSecond / first).toFixed(2)} × the rate with ${transitions[0]?.open}); bound by the processor: expressions, and one transaction of the journal for what a turn does`,
    );
  console.log(
    `waiting executions: ${waiting.executions} took ${waiting.megabytes.toFixed(0)} MB; they live in the journal, and what is in memory is the garbage of starting them`,
  );
  console.log(
    `lambda: ${lambda.warmPerSecond.toFixed(0)} warm invocations a second, ${lambda.oneAfterTheOtherMs.toFixed(2)} ms each one after the other, cold start ${lambda.coldMs.toFixed(0)} ms (${(lambda.coldMs / lambda.oneAfterTheOtherMs).toFixed(0)} ×); bound by the hop between threads, a cold one by starting a thread and loading code`,
  );
  console.log(
    `events: ${events.perSecond.toFixed(0)} a second matched against ${events.rules} rules; bound by the processor: one event is flattened once and every pattern looked at`,
  );
  console.log(
    `gateway: a read by the AWS SDK ${gateway.overGatewayMs.toFixed(2)} ms, of the engine alone ${gateway.engineMs.toFixed(2)} ms: ${(gateway.overGatewayMs - gateway.engineMs).toFixed(2)} ms for SDK, signature, permissions and the socket`,
  );
}

async function printSynth(): Promise<void> {
  const outdir = mkdtempSync(join(tmpdir(), 'psqm-bench-'));
  try {
    const { value, ms } = await timed(() => synthesise({ stage: 'local', outdir, quiet: true }));
    if (value.code !== 0) throw new Error(`the app could not be synthesised:\n${value.output}`);
    console.log(`synth: ${seconds(ms)} s, bundling and cdk-nag included`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function printFunctions(): Promise<void> {
  const isTerminal = process.stderr.isTTY;
  const figures = await measureFunctions((done, of) => {
    if (isTerminal) process.stderr.write(`\rimports: ${done} of ${of}`);
  });
  if (isTerminal) process.stderr.write('\r\x1b[K');
  const middle = median(figures.map(({ importMs }) => importMs));
  console.log(
    `\n${'function'.padEnd(40)}${['bundle KB', 'own KB', 'import ms', 'ratio'].map((head) => head.padStart(11)).join('')}`,
  );
  for (const one of [...figures].sort((a, b) => b.importMs - a.importMs)) console.log(rowOf(one, middle));
  const all = figures.map(({ ownBytes }) => ownBytes);
  console.log(
    `functions: ${figures.length}; median own ${kilobytes(median(all))} KB, import ${middle.toFixed(0)} ms; largest import ${(Math.max(...figures.map(({ importMs }) => importMs)) / middle).toFixed(1)} times the median\n`,
  );
}

function rowOf({ name, bytes, ownBytes, importMs }: FunctionFigures, middle: number): string {
  const cells = [kilobytes(bytes), kilobytes(ownBytes), importMs.toFixed(0), (importMs / middle).toFixed(2)];
  return `${name.padEnd(40)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}

async function printRegister(): Promise<void> {
  const figures = await measureRegister();
  const { schools, source, importMs, searches, found, medianMs, p95Ms, p95Ratio } = figures;
  console.log(`register: ${schools} schools of ${source} imported in ${seconds(importMs)} s`);
  console.log(
    `searches: ${searches} over the API, ${found} found a school; median ${medianMs.toFixed(1)} ms, 95th percentile ${p95Ms.toFixed(1)} ms, ${p95Ratio.toFixed(2)} times a call that does nothing`,
  );
}

async function printAllocation(): Promise<void> {
  for await (const { size, stages, seconds: took, memoryMb } of measureAllocation()) {
    const { submissions, assessors, candidates, capacity, again } = size;
    const what = `${submissions} × ${assessors}, ${candidates} candidates, capacity ${capacity}${again ? ', again' : ''}`;
    const told = stages
      .map(({ name, objective, bound }) => `${name} ${objective} (bound ${bound})`)
      .join(', ');
    console.log(`allocation: ${what}: ${took.toFixed(1)} s, ${memoryMb} MB; ${told}`);
  }
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
