import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDocument } from '../../../functions/shared/pdf/create-document.ts';
import { runsOf } from '../../../functions/shared/pdf/fonts.ts';

function poppler(tool: 'pdftotext' | 'pdfinfo', bytes: Uint8Array): string | undefined {
  const file = join(mkdtempSync(join(tmpdir(), 'pdf-')), 'made.pdf');
  writeFileSync(file, bytes);
  try {
    return execFileSync(tool, tool === 'pdftotext' ? ['-layout', file, '-'] : [file], { encoding: 'utf8' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function sample(): Promise<Uint8Array> {
  const document = createDocument({
    title: 'Anfoneb tŷ',
    language: 'cy',
    createdAt: new Date('2026-09-01T10:00:00.000Z'),
  });
  document.text('Ysgol Tŷ Ŵyl', { role: 'H1', size: 24, weight: 'bold', align: 'center' });
  document.facts([['Rhif', 'INV-2026-00001']]);
  document.table(
    [
      { title: 'Disgrifiad', share: 0.7 },
      { title: 'Swm', share: 0.3, align: 'right' },
    ],
    [...Array.from({ length: 80 }, (_, at) => [`Llinell ${at}`, '£850.00']), ['Cyfanswm', '£68,000.00']],
    { strong: [80] },
  );
  return document.finish();
}

describe('a document', () => {
  it('is tagged and carries its title and language', async () => {
    const bytes = await sample();
    const raw = Buffer.from(bytes).toString('latin1');
    expect(raw.startsWith('%PDF-1.7')).toBe(true);
    expect(raw).toContain('/Marked true');
    expect(raw).toContain('cy-GB');
    const info = poppler('pdfinfo', bytes);
    if (info !== undefined) {
      expect(info).toMatch(/Title:\s+Anfoneb tŷ/);
      expect(info).toMatch(/Tagged:\s+yes/);
    }
  });

  it('prints Welsh letters and every row of a table over several pages', async () => {
    const text = poppler('pdftotext', await sample());
    if (text === undefined) return;
    expect(text).toContain('Ysgol Tŷ Ŵyl');
    expect(text).toContain('Llinell 79');
    expect(text).toContain('£68,000.00');
  });

  it('is the same file for the same content at the same instant', async () => {
    expect(Buffer.from(await sample()).equals(Buffer.from(await sample()))).toBe(true);
  });
});

describe('runs of fonts', () => {
  it('change only where the letters need it', () => {
    expect(runsOf('Tŷ Ŵyl', 'bold')).toEqual([
      { font: 'bold', text: 'T' },
      { font: 'bold-extended', text: 'ŷ' },
      { font: 'bold', text: ' ' },
      { font: 'bold-extended', text: 'Ŵ' },
      { font: 'bold', text: 'yl' },
    ]);
  });

  it('never contain a letter that the fonts lack', () => {
    expect(
      runsOf('漢 Ἀ', 'regular')
        .map(({ text }) => text)
        .join(''),
    ).toBe('? ?');
  });
});
