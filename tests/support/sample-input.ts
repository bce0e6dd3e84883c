import fc from 'fast-check';
import * as z from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Values of a body by the name of their property, in place of made-up ones: ids that must exist, for example. */
export type NamedValues = Readonly<Record<string, unknown>>;

/**
 * The smallest input that a schema accepts, made from the schema alone so that a new route needs nothing written for it:
 * required properties only, first choice of every enum and union, strings by their format or pattern. Throws where the
 * schema has a rule of its own that this does not meet; `named` then gives the value.
 */
export function sampleInput(schema: z.ZodType, named: NamedValues = {}): unknown {
  const made = fromJsonSchema(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), named);
  const parsed = schema.safeParse(made);
  if (!parsed.success)
    throw new Error(
      `no input was found for a schema: ${JSON.stringify({ made, issues: parsed.error.issues })}`,
    );
  return made;
}

function fromJsonSchema(schema: JsonSchema, named: NamedValues): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const choice = (schema.anyOf ?? schema.oneOf)?.[0];
  if (choice !== undefined) return fromJsonSchema(asSchema(choice), named);
  if (schema.allOf !== undefined)
    return fromJsonSchema(Object.assign({}, ...schema.allOf.map(asSchema)), named);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, named);
    case 'array': {
      const item = Array.isArray(schema.items) ? schema.items[0] : schema.items;
      return Array.from({ length: schema.minItems ?? 0 }, () =>
        item === undefined ? null : fromJsonSchema(asSchema(item), named),
      );
    }
    case 'string':
      return stringOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function objectOf(schema: JsonSchema, named: NamedValues): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const name of schema.required ?? []) {
    const property = schema.properties?.[name] ?? schema.additionalProperties;
    made[name] = name in named ? named[name] : fromJsonSchema(asSchema(property ?? {}), named);
  }
  return made;
}

function stringOf(schema: JsonSchema): string {
  switch (schema.format) {
    case 'email':
      return 'somebody@sample.example';
    case 'date':
      return '2026-10-01';
    case 'date-time':
      return '2026-10-01T09:00:00.000Z';
    case 'uri':
      return 'https://sample.example/';
    case 'uuid':
      return '00000000-0000-4000-8000-000000000001';
  }
  if (schema.pattern !== undefined)
    return fc.sample(fc.stringMatching(new RegExp(schema.pattern)), { seed: 1, numRuns: 1 })[0] ?? '';
  return 'sample '
    .repeat(20)
    .slice(0, Math.max(schema.minLength ?? 0, 7))
    .trim()
    .padEnd(schema.minLength ?? 0, 'x');
}

function numberOf(schema: JsonSchema): number {
  if (typeof schema.exclusiveMinimum === 'number') return schema.exclusiveMinimum + 1;
  return Math.max(schema.minimum ?? 1, 1);
}

const asSchema = (schema: JsonSchema | boolean): JsonSchema => (typeof schema === 'boolean' ? {} : schema);
