import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
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

/** psqm on a local cloud in a process of its own, known by its two addresses only. */
export class CloudProcess {
  readonly siteUrl: string;
  readonly endpoint: string;
  /** What the verifier reads the store with, once the round is over; nobody in the round uses it. */
  readonly store: Pick<z.output<typeof ready>, 'region' | 'credentials' | 'table' | 'submissionsBucket'>;
  readonly #child: ChildProcess;
  #now: Date;

  private constructor(child: ChildProcess, at: z.output<typeof ready>, now: Date) {
    this.#child = child;
    this.siteUrl = at.siteUrl;
    this.endpoint = at.endpoint;
    this.store = at;
    this.#now = now;
  }

  /**
   * Starts it with the simulated clock at `simulatedFrom`; what it logs goes to standard error where `verbose`, and the
   * site has its pages, which programs do without, where `pages`.
   */
  static start(options: {
    simulatedFrom: Date;
    dataDir: string;
    verbose: boolean;
    pages?: boolean;
  }): Promise<CloudProcess> {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        join(root, 'tools/local-app/main.ts'),
        '--data-dir',
        options.dataDir,
        '--simulated-from',
        options.simulatedFrom.toISOString(),
        ...(options.pages === true ? [] : ['--without-pages']),
      ],
      { cwd: root, stdio: ['ignore', 'pipe', options.verbose ? 'inherit' : 'ignore'] },
    );
    // Whatever ends us ends it too: nothing is left running on the machine.
    process.once('exit', () => child.kill('SIGKILL'));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the local cloud ended with ${code} before it was ready`)),
      );
      createInterface({ input: child.stdout }).once('line', (line) => {
        child.removeAllListeners('exit');
        resolve(new CloudProcess(child, ready.parse(JSON.parse(line)), options.simulatedFrom));
      });
    });
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

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    await this.#control('POST', 'stop');
    await ended;
  }

  /** Ends the process without ceremony, after an error. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.endpoint}/_local/${path}`, {
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
