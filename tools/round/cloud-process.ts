import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { fetchPatiently } from '../outside/patience.ts';
import { root } from '../run-command.ts';

const ready = z.object({
  siteUrl: z.url(),
  endpoint: z.url(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  table: z.string(),
  submissionsBucket: z.string(),
});
const status = z.object({ now: z.string(), busy: z.number() });

export interface CloudProcessOptions {
  /** Where the simulated clock of an empty store stands. */
  readonly simulatedFrom: Date;
  /** Without it everything is in memory. */
  readonly dataDir?: string;
  /** What it logs goes to standard error. */
  readonly verbose: boolean;
  /** The site has its pages, which programs do without. */
  readonly pages?: boolean;
}

/** psqm on a local cloud in a process of its own, known by its two addresses only. */
export class CloudProcess {
  readonly siteUrl: string;
  readonly endpoint: string;
  /** What the verifier reads the store with, once the round is over; nobody in the round uses it. */
  readonly store: Pick<z.output<typeof ready>, 'region' | 'credentials' | 'table' | 'submissionsBucket'>;
  readonly #options: CloudProcessOptions;
  #child: ChildProcess;
  #now: Date;

  private constructor(options: CloudProcessOptions, child: ChildProcess, at: z.output<typeof ready>) {
    this.#options = options;
    this.#child = child;
    this.siteUrl = at.siteUrl;
    this.endpoint = at.endpoint;
    this.store = at;
    this.#now = options.simulatedFrom;
    // Whatever ends us ends it too: nothing is left running on the machine.
    process.once('exit', () => this.#child.kill('SIGKILL'));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  }

  static async start(options: CloudProcessOptions): Promise<CloudProcess> {
    const child = spawnApp(options, []);
    return new CloudProcess(options, child, await untilReady(child));
  }

  /** The process that runs now. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the process that runs now has ended. */
  ended(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** Starts it again on the same store and addresses, after its end. */
  async restart(): Promise<void> {
    const portOf = (url: string): string => new URL(url).port;
    const again = ['--synthesised', '--port', portOf(this.siteUrl), '--endpoint-port', portOf(this.endpoint)];
    this.#child = spawnApp(this.#options, again);
    await untilReady(this.#child);
  }

  get now(): Date {
    return this.#now;
  }

  /** Lets simulated time pass until `to`; resolves when everything that this set off has settled. */
  async advanceTo(to: Date): Promise<void> {
    if (to.getTime() < this.#now.getTime()) throw new Error('time does not go back');
    const answer = await this.#control('POST', 'clock/advance', { to: to.toISOString() });
    this.#now = new Date(status.parse(answer).now);
  }

  /** Lets what was just done settle without time passing. */
  settle(): Promise<void> {
    return this.advanceTo(this.#now);
  }

  statistics(): Promise<unknown> {
    return this.#control('GET', 'statistics');
  }

  /** What its roles may do, and what they were allowed so far. */
  permissions(): Promise<unknown> {
    return this.#control('GET', 'permissions');
  }

  async stop(): Promise<void> {
    const ended = this.ended();
    await this.#control('POST', 'stop');
    await ended;
  }

  /** Ends the process without ceremony, after an error. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const { response } = await fetchPatiently(`${this.endpoint}/_local/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer: unknown = await response.json();
    if (!response.ok)
      throw new Error(`${method} /_local/${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
}

function spawnApp(options: CloudProcessOptions, more: readonly string[]): ChildProcess {
  return spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'tools/local-app/main.ts'),
      ...(options.dataDir === undefined ? [] : ['--data-dir', options.dataDir]),
      '--simulated-from',
      options.simulatedFrom.toISOString(),
      ...(options.pages === true ? [] : ['--without-pages']),
      ...more,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', options.verbose ? 'inherit' : 'ignore'] },
  );
}

/** Resolves with the addresses that it prints. */
function untilReady(child: ChildProcess): Promise<z.output<typeof ready>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`the local cloud ended with ${code} before it was ready`));
    child.once('error', reject);
    child.once('exit', onExit);
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      child.removeListener('exit', onExit);
      resolve(ready.parse(JSON.parse(line)));
    });
  });
}
