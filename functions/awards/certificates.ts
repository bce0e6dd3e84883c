import { toBuffer } from 'qrcode';
import type { Level, Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { createDocument } from '../shared/pdf/create-document.ts';
import { formatDate } from '../shared/time/london.ts';
import { texts } from './texts.ts';

/** What a certificate says (domain.md 1.9). */
export interface CertificateContent {
  readonly certificateNumber: string;
  readonly school: Registration['school'];
  readonly language: Registration['language'];
  readonly level: Level;
  readonly roundLabel: Round['label'];
  readonly awardedOn: string;
  readonly expiresOn: string;
  /** Address that the QR code leads to. */
  readonly verifyAt: string;
}

const ACCENT = '#1f5673';
const QR_PIXELS = 480;
const QR_POINTS = 84;

/** The certificate as a one-page landscape PDF, tagged, in the school's language. The same content is the same file. */
export async function renderCertificate(content: CertificateContent, createdAt: Date): Promise<Uint8Array> {
  const { language } = content;
  const say = (key: string, values: Record<string, string> = {}): string =>
    texts.text(language, `certificate.${key}`, values);
  const level = texts.text(language, `levels.${content.level}`);
  const pdf = createDocument({
    title: say('title', { school: content.school.name, level }),
    language,
    landscape: true,
    createdAt,
  });
  const centred = { align: 'center' } as const;
  pdf.frame(22, ACCENT, 3);
  pdf.frame(28, ACCENT, 0.75);
  pdf.space(14);
  pdf.text(say('programme'), { ...centred, size: 24, weight: 'bold', color: ACCENT, role: 'H1', after: 2 });
  pdf.text(say('celebrating'), { ...centred, size: 13, after: 22 });
  pdf.text(say('awarded-to'), { ...centred, size: 13, after: 4 });
  const size = content.school.name.length > 60 ? 22 : 30;
  pdf.text(content.school.name, { ...centred, size, weight: 'bold', role: 'H2', after: 2 });
  pdf.text(content.school.town, { ...centred, size: 13, after: 18 });
  pdf.text(level, { ...centred, size: 26, weight: 'bold', color: ACCENT, role: 'H2', after: 4 });
  pdf.text(content.roundLabel[language], { ...centred, size: 15, after: 14 });
  const from = formatDate(content.awardedOn, language);
  const until = formatDate(content.expiresOn, language);
  pdf.text(say('validity', { from, until }), { ...centred, size: 12, after: 4 });
  pdf.text(say('university'), { ...centred, size: 12, after: 12 });
  const qr = await toBuffer(content.verifyAt, {
    type: 'png',
    width: QR_PIXELS,
    margin: 1,
    errorCorrectionLevel: 'M',
  });
  pdf.image(qr, { width: QR_POINTS, alt: say('qr', { address: content.verifyAt }), align: 'center' });
  pdf.text(say('number', { number: content.certificateNumber }), { ...centred, size: 10, after: 1 });
  pdf.text(content.verifyAt, { ...centred, size: 9, color: '#505a5f', after: 0 });
  return pdf.finish();
}
