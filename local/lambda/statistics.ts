/** What was counted of one function since the start; durations in real milliseconds. */
interface Counts {
  invocations: number;
  errors: number;
  throttles: number;
  timeouts: number;
  coldStarts: number;
  readonly durations: number[];
  readonly inits: number[];
}

/** More samples than these tell nothing new of a median. */
const MAX_SAMPLES = 10_000;

/** Counts invocations by function. */
export class LambdaStatistics {
  readonly #counts = new Map<string, Counts>();

  invoked(name: string, durationMs: number, coldMs: number | undefined, errorType: string | undefined): void {
    const counts = this.#of(name);
    counts.invocations++;
    if (errorType !== undefined) counts.errors++;
    if (errorType === 'Sandbox.Timedout') counts.timeouts++;
    if (coldMs !== undefined) {
      counts.coldStarts++;
      sample(counts.inits, counts.coldStarts, coldMs);
    }
    sample(counts.durations, counts.invocations, durationMs);
  }

  throttled(name: string): void {
    this.#of(name).throttles++;
  }

  report(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.#counts].map(([name, counts]) => [
        name,
        {
          invocations: counts.invocations,
          errors: counts.errors,
          throttles: counts.throttles,
          timeouts: counts.timeouts,
          coldStarts: counts.coldStarts,
          medianMs: quantile(counts.durations, 0.5),
          p95Ms: quantile(counts.durations, 0.95),
          maxMs: quantile(counts.durations, 1),
          medianInitMs: quantile(counts.inits, 0.5),
        },
      ]),
    );
  }

  #of(name: string): Counts {
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = {
        invocations: 0,
        errors: 0,
        throttles: 0,
        timeouts: 0,
        coldStarts: 0,
        durations: [],
        inits: [],
      };
      this.#counts.set(name, counts);
    }
    return counts;
  }
}

/** Keeps the latest samples in a ring. */
function sample(samples: number[], count: number, value: number): void {
  if (samples.length < MAX_SAMPLES) samples.push(value);
  else samples[count % MAX_SAMPLES] = value;
}

function quantile(samples: readonly number[], part: number): number | null {
  if (samples.length === 0) return null;
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return value === undefined ? null : Math.round(value * 100) / 100;
}
