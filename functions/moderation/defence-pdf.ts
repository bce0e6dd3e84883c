import cy from '../../programme/texts/defence/cy.json' with { type: 'json' };
import en from '../../programme/texts/defence/en.json' with { type: 'json' };
import type { Language } from '../shared/access/identity.ts';
import { createDocument, type PdfDocument } from '../shared/pdf/create-document.ts';
import { createTexts } from '../shared/texts/texts.ts';
import { formatDateTime } from '../shared/time/london.ts';
import { type DefenceFile, differencesIn } from './defence.ts';
import { keptOutIn, outcomeIn } from './minutes.ts';
import { texts } from './texts.ts';

/** Words of the defence file, apart from those that the panel's pages carry. */
const defenceTexts = createTexts({ en, cy });

type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** The defence file as one tagged PDF for people; its JSON holds every field besides. */
export function defencePdf(file: DefenceFile, language: Language, createdAt: Date): Promise<Uint8Array> {
  const t: Words = (key, values) => defenceTexts.text(language, key, values);
  const at = (instant: string): string => formatDateTime(instant, language);
  const pdf = createDocument({ title: t('title', { school: file.school.name }), language, createdAt });
  const heading = (key: string): void => {
    pdf.space(8);
    pdf.text(t(key), { role: 'H2', size: 14, weight: 'bold' });
  };
  pdf.text(t('title', { school: file.school.name }), { role: 'H1', size: 20, weight: 'bold', after: 10 });
  const differences = differencesIn(file);
  pdf.facts([
    [t('reference'), file.reference],
    [t('round'), file.rules.round[language]],
    [t('made'), `${at(file.madeAt)}, ${file.madeBy}`],
    [t('target'), texts.text(language, `levels.${file.targetLevel}`)],
    [t('criteria'), file.rules.criteria],
    [t('checklist'), file.rules.checklist],
    [t('hashes'), differences === 0 ? t('hashes-agree') : t('hashes-differ', { count: differences })],
  ]);
  heading('submission');
  for (const version of file.submission) {
    pdf.text(t('version', { version: version.version, when: at(version.frozenAt) }), {
      role: 'H3',
      weight: 'bold',
    });
    pdf.table(
      [
        { title: t('what'), share: 0.3 },
        { title: 'SHA-256', share: 0.5 },
        { title: t('stored'), share: 0.2 },
      ],
      version.objects.map((one) => [
        one.what,
        one.recorded,
        one.agrees ? t('agrees') : (one.stored ?? t('not-there')),
      ]),
      { size: 8 },
    );
  }
  heading('allocation');
  for (const one of file.assignments) {
    const barred = Object.entries(one.explanation.barred).map(
      ([rule, count]) => `${t(`bars.${rule}`)} (${count})`,
    );
    pdf.text(
      [
        `${one.assessor.name}, ${at(one.offeredAt)}${one.endReason === null ? '' : `: ${one.endReason}`}`,
        t('why', { eligible: one.explanation.eligible, load: one.explanation.load }),
        ...(barred.length === 0 ? [] : [t('barred', { rules: barred.join(', ') })]),
      ].join('\n'),
    );
  }
  heading('readings');
  for (const reading of file.readings) {
    pdf.text(t(`reader.${reading.kind}`, { name: reading.reader.name, when: at(reading.returnedAt) }), {
      role: 'H3',
      weight: 'bold',
    });
    pdf.text(outcomeIn(language, reading.recommendation));
    pdf.table(
      [
        { title: t('criterion'), share: 0.2 },
        { title: t('judgement'), share: 0.2 },
        { title: t('strengths'), share: 0.6 },
      ],
      reading.judgements.map((one) => [one.criterionId, one.judgement ?? '', one.strengths]),
      { size: 9 },
    );
    pdf.text(reading.feedback);
    if (reading.inconsistencyReason !== null) pdf.text(reading.inconsistencyReason);
  }
  addDecision(pdf, file, language, t);
  heading('letters');
  if (file.letters.length === 0) pdf.text(t('none'));
  for (const letter of file.letters)
    if (letter.kind === 'EMAIL') pdf.text(`${at(letter.at)}: ${letter.subject} (${letter.to})`, { size: 9 });
  heading('reads');
  if (file.reads.length === 0) pdf.text(t('none'));
  for (const read of file.reads)
    pdf.text(
      `${at(read.at)}: ${read.by} (${read.as}), ${read.documentId}, ${read.sha256}: ${read.agrees ? t('agrees') : t('differs')}`,
      { size: 8, after: 2 },
    );
  heading('steps');
  pdf.table(
    [
      { title: t('when'), share: 0.2 },
      { title: t('who'), share: 0.22 },
      { title: t('step'), share: 0.28 },
      { title: t('reason'), share: 0.3 },
    ],
    file.timeline.flatMap((entry) =>
      entry.kind === 'CHANGE' ? [[at(entry.at), entry.actor.name, entry.action, entry.reason ?? '']] : [],
    ),
    { size: 8 },
  );
  return pdf.finish();
}

function addDecision(pdf: PdfDocument, file: DefenceFile, language: Language, t: Words): void {
  pdf.space(8);
  pdf.text(t('decision'), { role: 'H2', size: 14, weight: 'bold' });
  const { moderation, proposed, decision, meeting, draw } = file;
  const row = meeting?.row ?? null;
  pdf.facts([
    ...(draw === null
      ? []
      : [[t('draw'), t('draw-of', { attempt: draw.attempt, seed: draw.seed ?? '' })] as const]),
    ...(moderation?.adjudication === null || moderation === null
      ? []
      : [
          [
            t('adjudication'),
            `${moderation.adjudication.adjudicator.name}: ${outcomeIn(language, moderation.adjudication)}. ${moderation.adjudication.reason}`,
          ] as const,
        ]),
    [t('proposed'), proposed === null ? t('none') : outcomeIn(language, proposed)],
    [t('decided'), decision === null ? t('none') : outcomeIn(language, decision)],
    ...(decision?.reason ? [[t('reason'), decision.reason] as const] : []),
    ...(meeting === null
      ? []
      : [
          [
            t('meeting'),
            t('meeting-of', {
              number: meeting.number,
              when: formatDateTime(meeting.openedAt, language),
              quorum: meeting.quorum,
              names: meeting.present.join(', '),
            }),
          ] as const,
        ]),
    ...(row === null ? [] : [[t('decided-by'), row.decidedBy.join(', ')] as const]),
    ...(row === null || row.keptOut.length === 0 ? [] : [[t('kept-out'), keptOutIn(language, row)] as const]),
  ]);
  if (decision !== null) pdf.text(decision.feedback);
}
