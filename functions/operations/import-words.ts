import type { ImportResult } from '../http/admin/reads.ts';
import type { RowRefusal, RowsResult } from '../programme/rows.ts';
import { programmeTexts } from '../programme/texts.ts';
import type { Language } from '../shared/access/identity.ts';
import type { Texts } from '../shared/texts/texts.ts';

/** Refused rows that are shown with their reasons; the others are counted. */
const SHOWN = 200;

/** Words for what an import refused, in one language. */
export interface RefusalWords {
  readonly row: (refusal: RowRefusal) => { line: number; reason: string };
  readonly file: (code: string, detail: string) => string;
}

/** `own` are the words of the stage whose rows they are; others are the programme's. */
export function refusalWords(language: Language, own: Texts = programmeTexts): RefusalWords {
  return {
    row: ({ line, code, values }) => ({ line, reason: words(language, code, values, own) }),
    file: (code, detail) => words(language, code, { columns: detail, line: detail }, own),
  };
}

/** A row's reason has words of its own (`imports.`), or those of the rule that refused it. */
function words(
  language: Language,
  code: string,
  values: Readonly<Record<string, string | number>>,
  own: Texts,
): string {
  for (const key of [`imports.${code}`, `refusals.${code}`]) {
    for (const texts of [own, programmeTexts]) if (texts.has(key)) return texts.text(language, key, values);
  }
  return code;
}

export function toImportResult(
  { accepted, unchanged, refused }: RowsResult,
  language: Language,
  own: Texts = programmeTexts,
): ImportResult {
  return {
    accepted,
    unchanged,
    refusedCount: refused.length,
    refused: refused.slice(0, SHOWN).map(refusalWords(language, own).row),
  };
}
