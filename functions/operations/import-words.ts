import type { ImportResult } from '../http/admin/reads.ts';
import type { RowRefusal, RowsResult } from '../programme/rows.ts';
import { programmeTexts } from '../programme/texts.ts';
import type { Language } from '../shared/access/identity.ts';

/** Refused rows that are shown with their reasons; the others are counted. */
const SHOWN = 200;

/** Words for what an import refused, in one language. */
export interface RefusalWords {
  readonly row: (refusal: RowRefusal) => { line: number; reason: string };
  readonly file: (code: string, detail: string) => string;
}

export function refusalWords(language: Language): RefusalWords {
  return {
    row: ({ line, code, values }) => ({ line, reason: words(language, code, values) }),
    file: (code, detail) => words(language, code, { columns: detail, line: detail }),
  };
}

/** A row's reason has words of its own (`imports.`), or those of the rule that refused it. */
function words(language: Language, code: string, values: Readonly<Record<string, string | number>>): string {
  for (const key of [`imports.${code}`, `refusals.${code}`]) {
    if (programmeTexts.has(key)) return programmeTexts.text(language, key, values);
  }
  return code;
}

export function toImportResult(
  { accepted, unchanged, refused }: RowsResult,
  language: Language,
): ImportResult {
  return {
    accepted,
    unchanged,
    refusedCount: refused.length,
    refused: refused.slice(0, SHOWN).map(refusalWords(language).row),
  };
}
