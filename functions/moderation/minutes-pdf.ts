import type { Round } from '../programme/model.ts';
import type { Language } from '../shared/access/identity.ts';
import { createDocument } from '../shared/pdf/create-document.ts';
import { formatDateTime } from '../shared/time/london.ts';
import { keptOutIn, type Minutes, outcomeIn } from './minutes.ts';
import { texts } from './texts.ts';

/** The minutes as a tagged PDF in the language of whoever asks; the same minutes at the same instant are the same file. */
export function minutesPdf(
  minutes: Minutes,
  round: Pick<Round, 'label'>,
  language: Language,
  createdAt: Date,
): Promise<Uint8Array> {
  const t = (key: string, values?: Readonly<Record<string, string | number>>): string =>
    texts.text(language, `minutes.${key}`, values);
  const { meeting } = minutes;
  const pdf = createDocument({ title: t('title'), language, landscape: true, createdAt });
  const by = (at: string, name: string): string => t('by', { when: formatDateTime(at, language), name });
  pdf.text(t('title'), { role: 'H1', size: 20, weight: 'bold', after: 4 });
  pdf.text(t('meeting', { number: meeting.number, round: round.label[language] }), { after: 12 });
  pdf.facts([
    [t('opened'), by(meeting.openedAt, minutes.openedBy)],
    [t('closed'), meeting.closedAt === null ? t('not-closed') : by(meeting.closedAt, minutes.closedBy ?? '')],
    [t('present'), minutes.present.join(', ')],
    [t('quorum'), String(meeting.quorum)],
    ...(meeting.note === null ? [] : [[t('note'), meeting.note] as const]),
  ]);
  pdf.space(10);
  pdf.text(t('decisions'), { role: 'H2', size: 14, weight: 'bold' });
  if (minutes.rows.length === 0) pdf.text(t('none'));
  else
    pdf.table(
      [
        { title: t('columns.reference'), share: 0.12 },
        { title: t('columns.school'), share: 0.2 },
        { title: t('columns.proposed'), share: 0.16 },
        { title: t('columns.decided'), share: 0.16 },
        { title: t('columns.by'), share: 0.18 },
        { title: t('columns.kept-out'), share: 0.18 },
      ],
      minutes.rows.map((row) => [
        row.reference,
        row.school,
        outcomeIn(language, row.proposed),
        outcomeIn(language, row.decided),
        row.decidedBy.join(', '),
        keptOutIn(language, row),
      ]),
      { size: 9 },
    );
  const changed = minutes.rows.filter((row) => row.changed);
  if (changed.length > 0) {
    pdf.text(t('changed-title'), { role: 'H2', size: 14, weight: 'bold' });
    for (const row of changed) pdf.text(`${row.school} (${row.reference}): ${row.reason ?? ''}`);
  }
  if (minutes.postponed.length > 0) {
    pdf.text(t('postponed-title'), { role: 'H2', size: 14, weight: 'bold' });
    pdf.text(t('no-quorum'));
    for (const row of minutes.postponed) pdf.text(`${row.school} (${row.reference})`);
  }
  if (minutes.withheld > 0) pdf.text(t('withheld', { count: minutes.withheld }));
  return pdf.finish();
}
