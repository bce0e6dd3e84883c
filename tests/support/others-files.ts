import { expect } from 'vitest';
import type { ParsedLine } from '../../functions/payments/statements/model.ts';
import { readBankFile } from './read-statements.ts';

/** Files as other people's banks and software write them: each legal or nearly so, with what must come of it. */
type Expected = Partial<
  Pick<ParsedLine, 'pence' | 'direction' | 'reversal' | 'endToEndId' | 'payerName' | 'valueOn'>
> & {
  readonly words?: string;
};
export interface OthersFile {
  readonly what: string;
  readonly file: string | Uint8Array;
  readonly opening?: number | null;
  readonly closing?: number | null;
  readonly entries?: number;
  readonly lines: readonly Expected[];
}

/** Holds what a file is read as to what is expected of it. */
export async function comesTo({ file, opening, closing, entries, lines }: OthersFile): Promise<void> {
  const { statements } = await readBankFile(file);
  const [first] = statements;
  if (opening !== undefined) expect(first?.summary.openingPence).toBe(opening);
  if (closing !== undefined) expect(statements.at(-1)?.summary.closingPence).toBe(closing);
  if (entries !== undefined)
    expect(statements.reduce((sum, { summary }) => sum + summary.entries, 0)).toBe(entries);
  const read = statements.flatMap((each) => each.lines);
  expect(read).toMatchObject(lines.map(({ words: _words, ...fields }) => fields));
  for (const [at, { words = '' }] of lines.entries()) expect(read[at]?.narrative).toContain(words);
}
