const LIMIT = 10;
/** Bounds the search on hostile patterns; what is not found by then is accepted. */
const MAX_VISITED = 20_000;
const ANY = -1;

/** A place in an expression that a value has reached. */
interface Position {
  readonly expression: Expression;
  readonly at: number;
  readonly id: string;
  /** Equal states are one state of event-ruler's machine: what precedes an expression's first star is shared. */
  readonly state: string;
}

/**
 * Whether the wildcard expressions that stand on one field are more than EventBridge accepts. Event-ruler counts how
 * many prefixes of them one value could match at the same time (its MachineComplexityEvaluator); EventBridge refuses a
 * rule above ten.
 * @param patterns one entry a term, each with its expressions
 */
export function isTooComplex(patterns: readonly (readonly string[])[]): boolean {
  const expressions = patterns.flatMap((sources, term) =>
    [...new Set(sources)].map((source, index) => new Expression(source, term, index)),
  );
  const alphabet = new Set(expressions.flatMap((expression) => expression.tokens));
  const bytes = [...alphabet].filter((byte) => byte !== ANY).concat(256);
  let frontier: Position[][] = [expressions.map((expression) => expression.position(0))];
  const visited = new Set<string>();
  while (frontier.length > 0 && visited.size < MAX_VISITED) {
    const next: Position[][] = [];
    for (const active of frontier) {
      for (const byte of bytes) {
        const reached = step(active, byte);
        if (reached.size === 0) continue;
        if (weight(reached) > LIMIT) return true;
        const id = [...reached.keys()].sort().join('\n');
        if (visited.has(id)) continue;
        visited.add(id);
        next.push([...reached.values()]);
      }
    }
    frontier = next;
  }
  return false;
}

/** How many states are occupied; expressions of one term share those of a common beginning. */
function weight(reached: ReadonlyMap<string, Position>): number {
  return new Set([...reached.values()].map(({ state }) => state)).size;
}

function step(active: readonly Position[], byte: number): Map<string, Position> {
  const reached = new Map<string, Position>();
  const add = (position: Position): void => {
    reached.set(position.id, position);
    if (position.expression.tokens[position.at] === ANY) add(position.expression.position(position.at + 1));
  };
  for (const position of active) {
    const { tokens } = position.expression;
    if (tokens[position.at] === byte) add(position.expression.position(position.at + 1));
    if (position.at > 0 && tokens[position.at - 1] === ANY) add(position);
  }
  return reached;
}

class Expression {
  readonly tokens: readonly number[];
  readonly #term: number;
  readonly #index: number;
  readonly #firstStar: number;

  constructor(source: string, term: number, index: number) {
    this.tokens = tokenize(source);
    this.#term = term;
    this.#index = index;
    this.#firstStar = this.tokens.indexOf(ANY);
  }

  position(at: number): Position {
    const id = `${this.#term}:${this.#index}@${at}`;
    const shared = this.#firstStar < 0 || at <= this.#firstStar + 1;
    const state = shared ? `${this.#term}:${this.tokens.slice(0, at).join()}` : id;
    return { expression: this, at, id, state };
  }
}

/** The UTF-8 bytes of the expression in its quotes, a star being `ANY`. */
function tokenize(source: string): number[] {
  const tokens: number[] = [0x22];
  const bytes = new TextEncoder().encode(source);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x2a) {
      tokens.push(ANY);
    } else {
      if (byte === 0x5c) at++;
      tokens.push(bytes[at] ?? 0);
    }
  }
  tokens.push(0x22);
  return tokens;
}
