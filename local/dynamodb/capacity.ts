import * as z from 'zod';

/** Capacity units used since the start, by table and by index of it. */
export interface TableUnits {
  readUnits: number;
  writeUnits: number;
  readonly indexes: Record<string, { readUnits: number; writeUnits: number }>;
}

const unitsSchema = z.object({ CapacityUnits: z.number() });
const consumedSchema = z.object({
  TableName: z.string(),
  CapacityUnits: z.number(),
  Table: unitsSchema.optional(),
  GlobalSecondaryIndexes: z.record(z.string(), unitsSchema).optional(),
  LocalSecondaryIndexes: z.record(z.string(), unitsSchema).optional(),
});
const replySchema = z.union([consumedSchema, z.array(consumedSchema)]);

/** The actions that report capacity, and whether what they use is read or write units. */
export const CAPACITY_ACTIONS: Readonly<Record<string, 'read' | 'write'>> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  TransactGetItems: 'read',
  Query: 'read',
  Scan: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  TransactWriteItems: 'write',
};

const MEMBER = '"ConsumedCapacity":';

/**
 * Adds `ReturnConsumedCapacity` to a request that does not ask for capacity itself, by text, since a parse of every
 * request costs more than the rest of the proxy. `added` tells whether the reply has to lose the member again.
 */
export function askForCapacity(body: string): { body: string; added: boolean } {
  // Inside an attribute's value its quotes would be escaped, so that the bare text can only be the member itself.
  if (body.includes('"ReturnConsumedCapacity":')) return { body, added: false };
  const open = body.indexOf('{');
  if (open < 0) return { body, added: false };
  const rest = body.slice(open + 1);
  const separator = rest.trimStart().startsWith('}') ? '' : ',';
  return { body: `{"ReturnConsumedCapacity":"INDEXES"${separator}${rest}`, added: true };
}

/** Takes the capacity out of a reply's text: what was used, by table, and the reply without it. */
export function takeCapacity(reply: string): {
  consumed: readonly z.infer<typeof consumedSchema>[];
  reply: string;
} {
  for (let at = reply.indexOf(MEMBER); at >= 0; at = reply.indexOf(MEMBER, at + 1)) {
    const start = at + MEMBER.length;
    const end = endOfValue(reply, start);
    if (end === undefined) continue;
    const parsed = replySchema.safeParse(parse(reply.slice(start, end)));
    // An attribute of an item may bear the same name; its value has a type letter and no CapacityUnits.
    if (!parsed.success) continue;
    return {
      consumed: Array.isArray(parsed.data) ? parsed.data : [parsed.data],
      reply: withoutMember(reply, at, end),
    };
  }
  return { consumed: [], reply };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** End of the object or list that begins at `start`; table and index names hold no brackets. */
function endOfValue(text: string, start: number): number | undefined {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) return i + 1;
      if (depth < 0) return undefined;
    }
  }
  return undefined;
}

function withoutMember(text: string, start: number, end: number): string {
  if (text[end] === ',') return text.slice(0, start) + text.slice(end + 1);
  if (text[start - 1] === ',') return text.slice(0, start - 1) + text.slice(end);
  return text.slice(0, start) + text.slice(end);
}

/** Sums what requests consumed. */
export class CapacityCounter {
  readonly #tables = new Map<string, TableUnits>();

  add(kind: 'read' | 'write', consumed: readonly z.infer<typeof consumedSchema>[]): void {
    for (const entry of consumed) {
      let table = this.#tables.get(entry.TableName);
      if (table === undefined) {
        table = { readUnits: 0, writeUnits: 0, indexes: {} };
        this.#tables.set(entry.TableName, table);
      }
      const member = kind === 'read' ? 'readUnits' : 'writeUnits';
      table[member] += entry.Table?.CapacityUnits ?? entry.CapacityUnits;
      for (const [name, units] of Object.entries({
        ...entry.GlobalSecondaryIndexes,
        ...entry.LocalSecondaryIndexes,
      })) {
        const index = table.indexes[name] ?? { readUnits: 0, writeUnits: 0 };
        table.indexes[name] = index;
        index[member] += units.CapacityUnits;
      }
    }
  }

  tables(): Record<string, TableUnits> {
    return Object.fromEntries(this.#tables);
  }
}
