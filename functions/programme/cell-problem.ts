import type * as z from 'zod';

/** What is wrong with a cell: a code of the words `imports.<code>`, which name the column and what it takes. */
export interface CellProblem {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

const SHOWN_CHARACTERS = 60;

/**
 * What a schema says of one row, for the person who made the file: which column, what stands there and what may. A
 * schema that knows better which words fit gives their code as its message (`cell-...`).
 */
export function cellProblem(
  issue: z.core.$ZodIssue | undefined,
  row: Readonly<Record<string, string>>,
): CellProblem {
  const column = String(issue?.path[0] ?? '');
  const cell = row[column] ?? '';
  const values = {
    column,
    value: cell.length > SHOWN_CHARACTERS ? `${cell.slice(0, SHOWN_CHARACTERS)}…` : cell,
  };
  if (issue === undefined) return { code: 'column', values };
  if (cell === '') return { code: 'cell-empty', values };
  if (issue.message.startsWith('cell-')) return { code: issue.message, values };
  switch (issue.code) {
    case 'invalid_value':
      return { code: 'cell-not-among', values: { ...values, allowed: issue.values.map(String).join(', ') } };
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int'
        ? { code: 'cell-no-number', values }
        : { code: 'column', values };
    case 'too_small':
      return issue.origin === 'string' ? { code: 'cell-empty', values } : { code: 'cell-no-number', values };
    case 'too_big':
      return issue.origin === 'string'
        ? { code: 'cell-too-long', values: { ...values, maximum: String(issue.maximum) } }
        : { code: 'cell-no-number', values };
    case 'invalid_format':
      return { code: formats[issue.format] ?? 'column', values };
    default:
      return { code: 'column', values };
  }
}

const formats: Readonly<Record<string, string>> = { email: 'cell-no-email', date: 'cell-no-day' };
