import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runAslConformance } from '../../../tools/conformance/asl.ts';

const recorded = fileURLToPath(new URL('../../../../shared/asl-conformance', import.meta.url));

describe.runIf(existsSync(recorded))('scenarios recorded against AWS', () => {
  it('end as recorded, by the recorded way', async () => {
    const result = await runAslConformance(recorded);
    expect(result.differences).toEqual([]);
    expect(result.agree).toBe(result.of);
    expect(result.historiesAgree).toBe(result.histories);
    expect(result.of).toBeGreaterThan(50);
  });
});
