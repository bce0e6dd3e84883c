import type * as z from 'zod';

/** Key of the shared words (`input.`) for what is wrong with one field, with its values. */
export interface WrongInput {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What is wrong with a field as its schema says it, in terms that a person can act on. */
export function wrongInput(issue: z.core.$ZodIssue): WrongInput {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return of('missing');
      if (issue.origin === 'string') return of('too-short', { minimum: Number(issue.minimum) });
      if (issue.origin === 'array') return of('choose');
      return issue.inclusive === false
        ? of('above', { minimum: Number(issue.minimum) })
        : of('at-least', { minimum: Number(issue.minimum) });
    case 'too_big':
      return issue.origin === 'string'
        ? of('too-long', { maximum: Number(issue.maximum) })
        : of('at-most', { maximum: Number(issue.maximum) });
    case 'invalid_format':
      if (issue.format === 'email') return of('email');
      return issue.format === 'date' ? of('date') : of('shape');
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int' ? of('number') : of('missing');
    case 'invalid_value':
    case 'invalid_union':
      return of('choose');
    default:
      return of('shape');
  }
}

const of = (key: string, values: Readonly<Record<string, string | number>> = {}): WrongInput => ({
  key: `input.${key}`,
  values,
});
