import { useState } from 'preact/hooks';
import { panelContract } from '../../functions/http/panel/contract.ts';
import { papersContract } from '../../functions/http/panel-papers/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { saveFile } from '../shared/save-file.ts';
import { formatInstant, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { outcomeWords } from './outcome-list.tsx';
import { useText } from './texts.ts';

type Minutes = RouteResponse<typeof panelContract.readMinutes>;

/** The minutes of one meeting, to read and to save. */
export function MinutesPage(props: { roundId?: string; meeting?: string }) {
  const roundId = props.roundId ?? '';
  const meeting = Number(props.meeting);
  const minutes = useApi(panelContract.readMinutes, { params: { roundId, meeting } });
  return <Loading of={minutes}>{(data) => <MinutesView roundId={roundId} data={data} />}</Loading>;
}

function MinutesView({ roundId, data }: { roundId: string; data: Minutes }) {
  const t = useText();
  const language = useLanguage();
  const { meeting } = data;
  return (
    <>
      <a class="govuk-back-link" href={`/panel/rounds/${roundId}`}>
        {t('case.back')}
      </a>
      <Heading caption={data.label[language]}>
        {t('meeting.minutes-of', { number: meeting.number, when: formatInstant(meeting.openedAt) })}
      </Heading>
      <SummaryList
        rows={[
          { key: t('meeting.present'), value: meeting.present.map(({ name }) => name).join(', ') },
          { key: t('meeting.quorum'), value: String(meeting.quorum) },
          {
            key: t('meeting.closed'),
            value: meeting.closedAt === null ? t('meeting.not-closed') : formatInstant(meeting.closedAt),
          },
          ...(data.note === null ? [] : [{ key: t('meeting.note'), value: data.note }]),
        ]}
      />
      <Table
        caption={t('meeting.decisions')}
        head={[
          t('outcomes.school'),
          t('case.proposed'),
          t('case.decided'),
          t('meeting.reason'),
          t('meeting.decided-by'),
          t('meeting.kept-out'),
        ]}
        empty={t('meeting.no-decisions')}
        rows={data.rows.map((row) => [
          <a class="govuk-link" href={`/panel/cases/${row.registrationId}`}>
            {row.school}
          </a>,
          outcomeWords(t, row.proposed),
          outcomeWords(t, row.decided),
          row.reason ?? '',
          row.decidedBy.join(', '),
          row.keptOut.map(({ name, because }) => `${name}: ${t(`kept-out.${because}`)}`).join(', '),
        ])}
      />
      {data.postponed.length > 0 && (
        <>
          <h2 class="govuk-heading-m">{t('meeting.postponed')}</h2>
          <p class="govuk-body">{t('meeting.postponed-why')}</p>
          <ul class="govuk-list govuk-list--bullet">
            {data.postponed.map(({ reference, school }) => (
              <li key={reference}>
                {school} ({reference})
              </li>
            ))}
          </ul>
        </>
      )}
      {data.withheld > 0 && <p class="govuk-inset-text">{t('meeting.withheld', { count: data.withheld })}</p>}
      <SaveForm roundId={roundId} data={data} />
    </>
  );
}

function SaveForm({ roundId, data }: { roundId: string; data: Minutes }) {
  const t = useText();
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const savePdf = () =>
    submission.run(async () => {
      const { url } = await call(papersContract.minutesFile, {
        params: { roundId, meeting: data.meeting.number },
      });
      window.location.assign(url);
    });
  const saveCsv = () => {
    saveFile(data.csv.fileName, data.csv.text, 'text/csv');
    setTold(t('meeting.saved', { file: data.csv.fileName }));
  };
  return (
    <Form onSubmit={() => void savePdf()} label={t('meeting.save')}>
      {told !== undefined && <Notice success>{told}</Notice>}
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <div class="govuk-button-group">
        <Button type="submit" disabled={submission.busy}>
          {t('meeting.save-pdf')}
        </Button>
        <Button secondary onClick={saveCsv}>
          {t('meeting.save-csv')}
        </Button>
      </div>
    </Form>
  );
}
