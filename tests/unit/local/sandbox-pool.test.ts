import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../local/lambda/model.ts';
import { SandboxPool } from '../../../local/lambda/pool.ts';
import type { Sandbox } from '../../../local/lambda/worker.ts';

/** Sandboxes whose invocations end when the test says so. */
function createHouse(options: { maxSandboxes: number; maxPerFunction: number; maxStarting?: number }) {
  const started: string[] = [];
  const ended: string[] = [];
  const running: { functionName: string; finish: (outcome?: Outcome) => void; crash: () => void }[] = [];
  const pool = new SandboxPool({
    maxStarting: 10,
    ...options,
    start(functionName): Sandbox {
      started.push(functionName);
      let usable = true;
      return {
        functionName,
        initMs: 1,
        ready: Promise.resolve(),
        get usable() {
          return usable;
        },
        idleSince: 0,
        invoke: () =>
          new Promise((resolve) => {
            const done: Outcome = { kind: 'success', payload: '1' };
            running.push({
              functionName,
              finish: (outcome = done) => resolve(outcome),
              crash: () => {
                usable = false;
                resolve({ kind: 'failure', failure: { errorType: 'x', errorMessage: 'x' } });
              },
            });
          }),
        async end() {
          ended.push(functionName);
        },
      };
    },
  });
  const invoke = (name: string) =>
    pool.invoke(name, { type: 'invoke', requestId: '1', payload: '{}', arn: 'a', timeoutMs: 1 });
  /** Ends what runs, and what begins because of it, until nothing runs. */
  const finishAll = async () => {
    for (let turns = 0; turns < 1000; turns++) {
      running.shift()?.finish();
      await new Promise((resolve) => setImmediate(resolve));
      if (running.length === 0) return;
    }
  };
  return { pool, invoke, started, ended, running, finishAll };
}

describe('the sandboxes', () => {
  it('are used again while warm', async () => {
    const house = createHouse({ maxSandboxes: 5, maxPerFunction: 3 });
    for (let i = 0; i < 3; i++) {
      const result = house.invoke('a');
      await house.finishAll();
      expect((await result).coldMs).toBe(i === 0 ? 1 : undefined);
    }
    expect(house.started).toEqual(['a']);
  });

  it('multiply only for an invocation that waited in vain', async () => {
    const house = createHouse({ maxSandboxes: 5, maxPerFunction: 2 });
    const all = [house.invoke('a'), house.invoke('a'), house.invoke('a')];
    expect(house.started).toEqual(['a']);
    expect(house.pool.inFlight('a')).toBe(3);
    await expect.poll(() => house.started.length, { timeout: 5_000 }).toBe(2);
    await house.finishAll();
    await Promise.all(all);
    expect(house.started).toEqual(['a', 'a']);
  });

  it('make place by the one idle the longest, a spare one first', async () => {
    const house = createHouse({ maxSandboxes: 2, maxPerFunction: 2 });
    for (const name of ['a', 'b', 'c']) {
      const result = house.invoke(name);
      await house.finishAll();
      await result;
    }
    expect(house.ended).toEqual(['a']);
    expect(house.pool.size).toBe(2);
  });

  it('multiply at the cost of a spare one, and not of the only one that another function has', async () => {
    const house = createHouse({ maxSandboxes: 3, maxPerFunction: 2 });
    const only = house.invoke('other');
    await house.finishAll();
    await only;
    const spares = [house.invoke('twice'), house.invoke('twice')];
    await expect.poll(() => house.started.length, { timeout: 5_000 }).toBe(3);
    await house.finishAll();
    await Promise.all(spares);
    const busy = [house.invoke('a'), house.invoke('a')];
    // The first takes the spare one of `twice`, the second would have to take an only one, and waits instead.
    await expect.poll(() => house.ended, { timeout: 5_000 }).toEqual(['twice']);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(house.ended).toEqual(['twice']);
    await house.finishAll();
    await Promise.all(busy);
  });

  it('exceed the room rather than let a function wait for itself, and go back afterwards', async () => {
    const house = createHouse({ maxSandboxes: 1, maxPerFunction: 1 });
    const outer = house.invoke('outer');
    const inner = house.invoke('inner');
    await expect.poll(() => house.started, { timeout: 5_000 }).toEqual(['outer', 'inner']);
    await house.finishAll();
    await Promise.all([outer, inner]);
    expect(house.pool.size).toBe(1);
  });

  it('are replaced after a crash', async () => {
    const house = createHouse({ maxSandboxes: 1, maxPerFunction: 1 });
    const first = house.invoke('a');
    house.running.shift()?.crash();
    await first;
    const second = house.invoke('a');
    await house.finishAll();
    await second;
    expect(house.started).toEqual(['a', 'a']);
    expect(house.ended).toEqual(['a']);
  });

  it('answer nothing once stopped', async () => {
    const house = createHouse({ maxSandboxes: 1, maxPerFunction: 1 });
    let answered = false;
    void house.invoke('a').then(() => {
      answered = true;
    });
    await house.pool.stop();
    await house.finishAll();
    expect(answered).toBe(false);
    expect(house.ended).toEqual(['a']);
  });
});
