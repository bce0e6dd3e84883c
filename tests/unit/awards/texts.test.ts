import { describe, expect, it } from 'vitest';
import assessmentCy from '../../../programme/texts/assessment/cy.json' with { type: 'json' };
import assessmentEn from '../../../programme/texts/assessment/en.json' with { type: 'json' };
import awardsCy from '../../../programme/texts/awards/cy.json' with { type: 'json' };
import awardsEn from '../../../programme/texts/awards/en.json' with { type: 'json' };
import defenceCy from '../../../programme/texts/defence/cy.json' with { type: 'json' };
import defenceEn from '../../../programme/texts/defence/en.json' with { type: 'json' };
import moderationCy from '../../../programme/texts/moderation/cy.json' with { type: 'json' };
import moderationEn from '../../../programme/texts/moderation/en.json' with { type: 'json' };

/** Every key with the placeholders of its text. */
function leaves(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? leaves(value, `${path}${key}.`)
      : [
          [
            `${path}${key}`,
            [...String(value).matchAll(/\{\w+\}/g)]
              .map(([name]) => name)
              .sort()
              .join(' '),
          ],
        ],
  );
}

describe('texts of assessment, moderation and awards', () => {
  it.each([
    ['assessment', assessmentEn, assessmentCy],
    ['moderation', moderationEn, moderationCy],
    ['defence', defenceEn, defenceCy],
    ['awards', awardsEn, awardsCy],
  ])('%s has every text with the same values in English and Welsh', (_, en, cy) => {
    expect(leaves(cy)).toEqual(leaves(en));
  });
});
