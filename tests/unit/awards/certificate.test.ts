import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CertificateContent, renderCertificate } from '../../../functions/awards/certificates.ts';
import { sampleRegistration } from '../../support/school-year.ts';

const content: CertificateContent = {
  certificateNumber: 'PSQM-2027-ABCDEFGH',
  school: { ...sampleRegistration().school, name: 'Ysgol Gŵyl Ŷd', town: 'Llandŷ' },
  language: 'cy',
  level: 'OUTREACH',
  roundLabel: { en: 'Round 16 - Spring 2018-2019', cy: 'Rownd 16 - Gwanwyn 2018-2019' },
  awardedOn: '2027-10-04',
  expiresOn: '2030-10-04',
  verifyAt: 'https://psqm.example/verify/?number=PSQM-2027-ABCDEFGH',
};
const at = new Date('2027-10-04T08:00:00Z');

/** The output of a poppler tool; undefined where poppler is not installed. */
function poppler(tool: 'pdftotext' | 'pdfinfo', bytes: Uint8Array): string | undefined {
  const file = join(mkdtempSync(join(tmpdir(), 'certificate-')), 'made.pdf');
  writeFileSync(file, bytes);
  try {
    return execFileSync(tool, tool === 'pdftotext' ? ['-layout', file, '-'] : [file], { encoding: 'utf8' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

describe('a certificate', () => {
  it('is the same file for the same content, so that a repeated task changes nothing', async () => {
    const [once, again] = [await renderCertificate(content, at), await renderCertificate(content, at)];
    expect(Buffer.from(once).equals(Buffer.from(again))).toBe(true);
    expect(Buffer.from(once).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('says school, level, round, number and validity in the language of the school, accents right', async (test) => {
    const text = poppler('pdftotext', await renderCertificate(content, at));
    if (text === undefined) test.skip('poppler is not installed');
    for (const words of [
      'Ysgol Gŵyl Ŷd',
      'Llandŷ',
      'Gwyddoniaeth Cynradd Outreach',
      'Rownd 16 - Gwanwyn 2018-2019',
      'PSQM-2027-ABCDEFGH',
      '4 Hydref 2027',
      '4 Hydref 2030',
      content.verifyAt,
    ]) {
      expect(text).toContain(words);
    }
  });

  it('is one tagged page, however long the name of the school', async (test) => {
    const name =
      'St Mary Magdalene and All Saints Church of England Voluntary Controlled Primary School and Nursery of the Two Rivers Federation';
    const long = { ...content, language: 'en', school: { ...content.school, name } } as const;
    const info = poppler('pdfinfo', await renderCertificate(long, at));
    if (info === undefined) test.skip('poppler is not installed');
    expect(info).toMatch(/Pages:\s+1/);
    expect(info).toMatch(/Tagged:\s+yes/);
  });
});
