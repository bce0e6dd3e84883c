import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchingRules } from '../../../functions/payments/matching-rules.ts';
import { candidateReasons } from '../../../functions/payments/model.ts';
import { statementTexts } from '../../../functions/payments/statements/texts.ts';
import { paymentsTexts } from '../../../functions/payments/texts.ts';
import accountsCy from '../../../programme/texts/payer-statements/cy.json' with { type: 'json' };
import accountsEn from '../../../programme/texts/payer-statements/en.json' with { type: 'json' };
import cy from '../../../programme/texts/payments/cy.json' with { type: 'json' };
import en from '../../../programme/texts/payments/en.json' with { type: 'json' };
import lettersCy from '../../../programme/texts/payments-letters/cy.json' with { type: 'json' };
import lettersEn from '../../../programme/texts/payments-letters/en.json' with { type: 'json' };
import statementsCy from '../../../programme/texts/statements/cy.json' with { type: 'json' };
import statementsEn from '../../../programme/texts/statements/en.json' with { type: 'json' };

type Tree = { [key: string]: string | Tree };
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : leaves(value, `${path}${key}.`),
  );
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

/** What the stage's code says, as text. */
const folder = join(import.meta.dirname, '..', '..', '..', 'functions', 'payments');
const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
const named = (pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([, name = '']) => name);

describe('texts of payments', () => {
  it.each([
    ['payments', en, cy],
    ['letters', lettersEn, lettersCy],
    ['statements', statementsEn, statementsCy],
    ['payers’ statements', accountsEn, accountsCy],
  ])('of %s are there in both languages with the same placeholders', (_area, english, ofWales) => {
    const welsh = new Map(leaves(ofWales));
    expect([...welsh.keys()]).toEqual(leaves(english).map(([key]) => key));
    for (const [key, text] of leaves(english))
      expect([key, placeholders(welsh.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  });

  it('say every refusal, reason and step of an invoice that the code knows', () => {
    const refusals = [
      ...named(/(?<!Row)RefusedError\(\s*'([a-z0-9-]+)'/g),
      ...named(/refuseAt\(\s*[^']*?'(statement-[a-z0-9-]+)'/g),
      ...named(/here\('(statement-[a-z0-9-]+)'/g),
      ...named(/refuse\([^']*'(statement-[a-z0-9-]+)'/g),
      'statement-camt052',
      'statement-camt054',
    ];
    expect(refusals.length).toBeGreaterThan(20);
    for (const refusal of refusals)
      expect([
        refusal,
        paymentsTexts.has(`refusals.${refusal}`) || statementTexts.has(`refusals.${refusal}`),
      ]).toEqual([refusal, true]);
    for (const row of named(/RowRefusedError\(\s*'([a-z0-9-]+)'/g))
      expect(paymentsTexts.has(`imports.${row}`)).toBe(true);
    for (const reason of candidateReasons) expect(paymentsTexts.has(`reasons.${reason}`)).toBe(true);
    for (const rule of matchingRules)
      expect([rule, paymentsTexts.has(`rules.${rule}`)]).toEqual([rule, true]);
    for (const each of ['reversed', 'part-left', 'unparked'])
      expect([each, paymentsTexts.has(`queued.${each}`)]).toEqual([each, true]);
    for (const note of named(/notes: \[\{ code: '([a-z-]+)'/g))
      expect(statementTexts.has(`notes.${note}`)).toBe(true);
    const steps = named(/action: '((?:invoice|credit|credit-note|receipt)\.[a-z-]+)'/g);
    expect(steps.length).toBeGreaterThan(10);
    for (const step of steps) expect([step, paymentsTexts.has(`history.${step}`)]).toEqual([step, true]);
  });
});
