import * as z from 'zod';
import { ServiceError, UnsupportedError } from './errors.ts';

/** A boolean of a template, which CloudFormation also takes as text. */
export const booleanProperty = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((text) => text === 'true'),
]);

/**
 * Parses a call's input or a resource's properties against a strict schema. A member that the schema does not know is
 * refused by its name (`UnsupportedError`), a wrong value as the service would (`code`, 400).
 */
export function parseInput<T>(
  what: string,
  schema: z.ZodType<T>,
  input: unknown,
  code = 'ValidationException',
): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      const path = [...issue.path, issue.keys[0] ?? ''].join('.');
      throw new UnsupportedError(`${what} ${path}`);
    }
  }
  const issue = parsed.error.issues[0];
  throw new ServiceError(
    code,
    `${what}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid input'}`,
  );
}
