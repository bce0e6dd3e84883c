import latinRegular from '@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff';
import latinBold from '@fontsource/noto-sans/files/noto-sans-latin-700-normal.woff';
import latinExtendedRegular from '@fontsource/noto-sans/files/noto-sans-latin-ext-400-normal.woff';
import latinExtendedBold from '@fontsource/noto-sans/files/noto-sans-latin-ext-700-normal.woff';
import { openTypeOf } from './woff.ts';

export type Weight = 'regular' | 'bold';
export type FontName = 'regular' | 'bold' | 'regular-extended' | 'bold-extended';

/** Noto Sans comes in subsets: Latin, and Latin Extended with Welsh ŵ and ŷ and the letters of other names. */
export const fontFiles: Readonly<Record<FontName, Uint8Array>> = {
  regular: openTypeOf(latinRegular),
  bold: openTypeOf(latinBold),
  'regular-extended': openTypeOf(latinExtendedRegular),
  'bold-extended': openTypeOf(latinExtendedBold),
};

/** Letters that the Latin subset lacks and the extended one has. */
const EXTENDED =
  /[\u0100-\u02bb\u02bd-\u02c5\u02c7-\u02cc\u02ce-\u02d7\u02dd-\u02ff\u1d00-\u1dbf\u1e00-\u1eff\u2113\u2c60-\u2c7f\ua722-\ua7ff]/;
/** Letters that either subset has; anything else is replaced, because a missing glyph prints as nothing. */
const LATIN =
  /[\u0020-\u007e\u00a0-\u00ff\u0131\u0152\u0153\u02bb\u02bc\u02c6\u02da\u02dc\u2000-\u200b\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u2032\u2033\u2039\u203a\u2044\u20ac\u2122\u2212]/;

export interface Run {
  readonly font: FontName;
  readonly text: string;
}

/** `text` cut where the font changes; letters outside both subsets lose their accents or become `?`. */
export function runsOf(text: string, weight: Weight): Run[] {
  const runs: { font: FontName; text: string }[] = [];
  for (const character of text.normalize('NFC')) {
    const [font, printed] = glyphOf(character, weight);
    const last = runs.at(-1);
    if (last?.font === font) last.text += printed;
    else runs.push({ font, text: printed });
  }
  return runs;
}

function glyphOf(character: string, weight: Weight): [FontName, string] {
  if (EXTENDED.test(character)) return [`${weight}-extended`, character];
  if (LATIN.test(character)) return [weight, character];
  const plain = character.normalize('NFD').charAt(0);
  return [weight, LATIN.test(plain) ? plain : '?'];
}
