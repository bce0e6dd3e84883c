import type * as z from 'zod';
import { InvalidInputError } from './errors.ts';

/** Parses `value` by `schema`; throws `InvalidInputError` naming `what` and every path that is wrong. */
export function parse<S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(
    what,
    result.error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message })),
  );
}
