import { describe, expect, it } from 'vitest';
import { staffQueues } from '../../../functions/operations/queues.ts';
import type { TextTree } from '../../../functions/shared/texts/texts.ts';
import operationsCy from '../../../programme/texts/operations/cy.json' with { type: 'json' };
import operationsEn from '../../../programme/texts/operations/en.json' with { type: 'json' };
import peopleCy from '../../../programme/texts/people/cy.json' with { type: 'json' };
import peopleEn from '../../../programme/texts/people/en.json' with { type: 'json' };
import programmeCy from '../../../programme/texts/programme/cy.json' with { type: 'json' };
import programmeEn from '../../../programme/texts/programme/en.json' with { type: 'json' };

const leaves = (tree: TextTree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : leaves(value, `${path}${key}.`),
  );
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe.each([
  ['programme', programmeEn, programmeCy],
  ['people', peopleEn, peopleCy],
  ['operations', operationsEn, operationsCy],
])('the texts of %s', (_area, en, cy) => {
  it('say the same in both languages, with the same values', () => {
    const welsh = new Map(leaves(cy));
    expect([...welsh.keys()]).toEqual(leaves(en).map(([key]) => key));
    for (const [key, text] of leaves(en))
      expect(placeholders(welsh.get(key) ?? ''), key).toEqual(placeholders(text));
  });
});

it('name every queue of the staff', () => {
  expect(Object.keys(operationsEn.queues)).toEqual(staffQueues.map(({ queue }) => queue));
});
