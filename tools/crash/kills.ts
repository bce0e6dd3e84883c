import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudProcess } from '../round/cloud-process.ts';
import type { Draw } from '../round/draw.ts';
import { tearLastRecord } from './torn-write.ts';

/** One end of the local cloud by force, `afterMs` of real time after the round came to a mark (a day of its course). */
export interface Kill {
  readonly mark: number;
  readonly afterMs: number;
  /** In the middle of a change of the journal, not at any moment. */
  readonly inTransaction: boolean;
  /** The last record of the journal's log is cut off, after this share of its length. */
  readonly tornAfter: number | undefined;
  /** The DynamoDB engine is killed at the same moment. */
  readonly withEngine: boolean;
  /** It is killed once more while it starts, so long after its beginning. */
  readonly againAfterMs: number | undefined;
}

/** How long a process may take to come to its next change of the journal, before it is killed anyway. */
const NEXT_CHANGE_MS = 1_500;

/**
 * Draws `count` kills over a round of which the undisturbed run came to its marks at `marks` (ms since its beginning)
 * and ended at `end`: uniformly over its real time, since what happens takes time.
 */
export function drawKills(count: number, marks: readonly number[], end: number, draw: Draw): Kill[] {
  return Array.from({ length: count }, (_, index): Kill => {
    const at = draw.number('kill at', index) * end;
    const next = marks.findIndex((mark) => mark > at);
    const mark = (next === -1 ? marks.length : next) - 1;
    return {
      mark,
      afterMs: at - (marks[mark] ?? 0),
      inTransaction: index % 3 === 1,
      tornAfter: index % 4 === 2 ? draw.number('torn', index) : undefined,
      withEngine: index % 10 === 5,
      againAfterMs: index % 10 === 9 ? draw.number('again', index) * 3000 : undefined,
    };
  }).sort((a, b) => a.mark - b.mark || a.afterMs - b.afterMs);
}

/** Carries the kills out, one after the other, as the round comes to their marks. */
export class Executioner {
  readonly #cloud: CloudProcess;
  readonly #dataDir: string;
  readonly #waiting: Kill[];
  #work: Promise<void> = Promise.resolve();
  #done = 0;

  constructor(cloud: CloudProcess, dataDir: string, kills: readonly Kill[]) {
    this.#cloud = cloud;
    this.#dataDir = dataDir;
    this.#waiting = [...kills];
  }

  /** Ends by force so far. */
  get done(): number {
    return this.#done;
  }

  /** The round has come to a mark. */
  reach(mark: number): void {
    while (this.#waiting[0] !== undefined && this.#waiting[0].mark <= mark) this.#schedule();
  }

  /** Resolves when every kill is done; those whose mark did not come are carried out now. */
  async finish(): Promise<void> {
    while (this.#waiting.length > 0) this.#schedule();
    await this.#work;
  }

  #schedule(): void {
    const kill = this.#waiting.shift();
    if (kill === undefined) return;
    const due = new Promise<void>((resolve) => setTimeout(resolve, kill.afterMs));
    this.#work = Promise.all([due, this.#work]).then(() => this.#carryOut(kill));
    // The round then fails for want of the cloud, and would not say why.
    this.#work.catch((error: unknown) => console.error('The cloud could not be started again:', error));
  }

  async #carryOut(kill: Kill): Promise<void> {
    await this.#end(kill);
    if (kill.tornAfter !== undefined) tearLastRecord(this.#dataDir, kill.tornAfter);
    if (kill.againAfterMs !== undefined) {
      const timer = setTimeout(() => this.#cloud.kill(), kill.againAfterMs);
      await this.#cloud.restart().catch(() => undefined);
      await this.#cloud.ended();
      clearTimeout(timer);
    }
    await this.#cloud.restart();
    this.#done++;
    console.log(`Kill ${this.#done} on day ${kill.mark}: ${describe(kill)}`);
  }

  async #end(kill: Kill): Promise<void> {
    const ended = this.#cloud.ended();
    if (kill.inTransaction && this.#cloud.pid !== undefined) {
      process.kill(this.#cloud.pid, 'SIGUSR2');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, NEXT_CHANGE_MS).unref())]);
    }
    if (kill.withEngine) killEngine(this.#dataDir);
    this.#cloud.kill();
    await ended;
  }
}

function describe(kill: Kill): string {
  const parts = [
    kill.inTransaction ? 'in the middle of a change' : 'at any moment',
    ...(kill.tornAfter === undefined ? [] : ['the last record cut off']),
    ...(kill.withEngine ? ['with the engine'] : []),
    ...(kill.againAfterMs === undefined ? [] : ['and again while it started']),
  ];
  return parts.join(', ');
}

function killEngine(dataDir: string): void {
  const file = join(dataDir, 'dynamodb', 'engine.pid');
  if (!existsSync(file)) return;
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  } catch {
    // It has ended with the process that it served.
  }
}
