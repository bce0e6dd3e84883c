import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
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

/** The words of a PDF's first page. */
async function textOf(bytes: Uint8Array): Promise<string> {
  const loading = getDocument({ data: new Uint8Array(bytes), useSystemFonts: false });
  const document = await loading.promise;
  const page = await document.getPage(1);
  const { items } = await page.getTextContent();
  await loading.destroy();
  return items
    .map((item) => ('str' in item ? item.str : ''))
    .join('')
    .normalize('NFC');
}

describe('a certificate', () => {
  it('is the same file for the same content, so that a repeated task changes nothing', async () => {
    const [once, again] = [await renderCertificate(content, at), await renderCertificate(content, at)];
    expect(Buffer.from(once).equals(Buffer.from(again))).toBe(true);
    expect(Buffer.from(once).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('says school, level, round, number and validity in the language of the school, accents right', async () => {
    const text = await textOf(await renderCertificate(content, at));
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

  it('is one tagged page, however long the name of the school', async () => {
    const name =
      'St Mary Magdalene and All Saints Church of England Voluntary Controlled Primary School and Nursery of the Two Rivers Federation';
    const long = { ...content, language: 'en', school: { ...content.school, name } } as const;
    const raw = Buffer.from(await renderCertificate(long, at)).toString('latin1');
    expect(raw.match(/\/Type \/Page\b/g)).toHaveLength(1);
    expect(raw).toContain('/MarkInfo');
    expect(raw).toContain('/Lang (en-GB)');
  });
});
