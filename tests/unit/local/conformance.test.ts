import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runEventConformance } from '../../../tools/conformance/eventbridge.ts';

const recorded = fileURLToPath(
  new URL('../../../../shared/eventbridge-conformance/cases.json', import.meta.url),
);

describe.runIf(existsSync(recorded))('patterns recorded against AWS', () => {
  it('all agree', async () => {
    const { agree, of, differences } = await runEventConformance(recorded);
    expect(differences).toEqual([]);
    expect(agree).toBe(of);
  });
});
