import { describe, expect, it } from 'vitest';
import { refusalCodes } from '../../../functions/submissions/model.ts';
import { texts } from '../../../functions/submissions/texts.ts';
import submissionsCy from '../../../programme/texts/submissions/cy.json' with { type: 'json' };
import submissionsEn from '../../../programme/texts/submissions/en.json' with { type: 'json' };
import submissionLettersCy from '../../../programme/texts/submissions-letters/cy.json' with { type: 'json' };
import submissionLettersEn from '../../../programme/texts/submissions-letters/en.json' with { type: 'json' };
import trainingCy from '../../../programme/texts/training/cy.json' with { type: 'json' };
import trainingEn from '../../../programme/texts/training/en.json' with { type: 'json' };
import trainingLettersCy from '../../../programme/texts/training-letters/cy.json' with { type: 'json' };
import trainingLettersEn from '../../../programme/texts/training-letters/en.json' with { type: 'json' };

type Tree = { [key: string]: string | Tree };
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : leaves(value, `${path}${key}.`),
  );
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

describe.each([
  ['training', trainingEn as Tree, trainingCy as Tree],
  ['submissions', submissionsEn as Tree, submissionsCy as Tree],
  ['letters of training', trainingLettersEn as Tree, trainingLettersCy as Tree],
  ['letters about submissions', submissionLettersEn as Tree, submissionLettersCy as Tree],
])('texts of %s', (_area, en, cy) => {
  it('are there in both languages with the same placeholders', () => {
    const welsh = new Map(leaves(cy));
    expect([...welsh.keys()]).toEqual(leaves(en).map(([key]) => key));
    for (const [key, text] of leaves(en))
      expect([key, placeholders(welsh.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  });
});

it('says in words why a file was refused, for every reason', () => {
  for (const code of refusalCodes) expect(texts.has(`documents.${code}`)).toBe(true);
});
