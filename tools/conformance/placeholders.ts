import * as z from 'zod';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const startedSchema = z.looseObject({ executionStartedEventDetails: z.looseObject({ input: z.unknown() }) });

/** Words that a recording puts in the place of what differs from run to run. */
const WORDS = ['date', 'datetime', 'timestamp', 'start-date', 'stop-date'];

/**
 * What a recording wrote instead of a value of the input: the input as given and as its first event has it differ in
 * exactly these places.
 */
export class Placeholders {
  readonly #words: ReadonlySet<string>;

  private constructor(words: ReadonlySet<string>) {
    this.#words = words;
  }

  /** Learns from the input and the recorded `ExecutionStarted`. */
  static learn(input: unknown, started: unknown): Placeholders {
    const words = new Set(WORDS);
    const parsed = startedSchema.safeParse(started);
    if (parsed.success) collect(input, parsed.data.executionStartedEventDetails.input, words);
    return new Placeholders(words);
  }

  has(word: string): boolean {
    return this.#words.has(word);
  }
}

function collect(given: unknown, recorded: unknown, words: Set<string>): void {
  if (typeof recorded === 'string') {
    if (typeof given === 'string' && given !== recorded) words.add(recorded);
  } else if (Array.isArray(given) && Array.isArray(recorded)) {
    given.forEach((item, index) => {
      collect(item, recorded[index], words);
    });
  } else if (isObject(given) && isObject(recorded)) {
    for (const [key, item] of Object.entries(given)) collect(item, recorded[key], words);
  }
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * Whether a value is what was recorded. A recorded text stands for any value where it is a placeholder: a word learnt
 * from the input, the name of its own member, or a text with parts in angle brackets, which stand for any text.
 */
export function agrees(recorded: unknown, actual: unknown, placeholders: Placeholders, key = ''): boolean {
  if (typeof recorded === 'string') return agreesText(recorded, actual, placeholders, key);
  if (Array.isArray(recorded)) {
    return (
      Array.isArray(actual) &&
      recorded.length === actual.length &&
      recorded.every((item, index) => agrees(item, actual[index], placeholders, key))
    );
  }
  if (isObject(recorded)) {
    if (!isObject(actual)) {
      // A text of JSON is recorded parsed.
      return typeof actual === 'string' && agrees(recorded, parseJson(actual), placeholders, key);
    }
    const names = Object.keys(recorded).sort();
    return (
      JSON.stringify(names) === JSON.stringify(Object.keys(actual).sort()) &&
      names.every((name) => agrees(recorded[name], actual[name], placeholders, name))
    );
  }
  return recorded === actual;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function agreesText(recorded: string, actual: unknown, placeholders: Placeholders, key: string): boolean {
  if (recorded === actual) return true;
  if (placeholders.has(recorded)) return actual !== undefined;
  if (key !== '' && bare(recorded) === bare(key)) return actual !== undefined;
  if (typeof actual !== 'string' || !/<[^<>]+>/.test(recorded)) return false;
  const pattern = recorded
    .split(/<[^<>]+>/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*');
  return new RegExp(`^${pattern}$`).test(actual);
}
