import { useState } from 'preact/hooks';
import { moderatorContract } from '../../functions/http/moderator/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { type Outcome, OutcomeChoice } from '../shared/outcome-choice.tsx';
import { Heading } from '../shared/page.tsx';
import { MaterialPart, ReviewForm, useReadingText } from '../shared/review.tsx';
import { Details, formatDay, Loading, Notice, Table } from '../shared/show.tsx';

type Reading = RouteResponse<typeof moderatorContract.readReading>;

/** A second reading, blind to the first; or an adjudication with both side by side. */
export function ReadingPage(props: { readingId?: string }) {
  const readingId = props.readingId ?? '';
  const reading = useApi(moderatorContract.readReading, { params: { readingId } });
  return <Loading of={reading}>{(data) => <ReadingView data={data} reload={reading.reload} />}</Loading>;
}

function ReadingView({ data, reload }: { data: Reading; reload: () => Promise<void> }) {
  const t = useReadingText();
  const params = { readingId: data.readingId };
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await reload();
    setTold(message);
  };
  return (
    <>
      <a class="govuk-back-link" href="/moderator/">
        {t('moderator.back')}
      </a>
      {told !== undefined && <Notice success>{told}</Notice>}
      <Heading
        caption={`${data.school.town} · ${t(`level.${data.targetLevel}`)} · ${t(`moderator.${data.kind}`)}`}
      >
        {data.school.name}
      </Heading>
      <p class="govuk-body">{t('assessor.due', { when: formatDay(data.dueOn) })}</p>
      {data.material !== null && data.criteria !== null && (
        <MaterialPart
          material={data.material}
          criteria={data.criteria}
          open={async (documentId) =>
            (await call(moderatorContract.openDocument, { params: { ...params, documentId } })).url
          }
        />
      )}
      {data.open && data.kind === 'SECOND_READING' && data.criteria !== null && data.draft !== null && (
        <ReviewForm
          criteria={data.criteria}
          draft={data.draft}
          check={data.check}
          targetLevel={data.targetLevel}
          save={async (draft) => (await call(moderatorContract.saveDraft, { params, body: draft })).check}
          giveBack={async (inconsistencyReason) => {
            await call(moderatorContract.returnReading, {
              params,
              body: inconsistencyReason === undefined ? {} : { inconsistencyReason },
            });
            await done(t('moderator.returned'));
          }}
        />
      )}
      {data.kind === 'ADJUDICATION' && data.reviews !== null && <Comparison data={data} />}
      {data.open && data.kind === 'ADJUDICATION' && <AdjudicationForm data={data} done={done} />}
      {data.open && <RefusalForm data={data} done={done} />}
    </>
  );
}

function Comparison({ data }: { data: Reading }) {
  const t = useReadingText();
  const language = useLanguage();
  const reviews = data.reviews ?? [];
  const judgementOf = (review: (typeof reviews)[number], criterionId: string): string => {
    const id = review.judgements.find((each) => each.criterionId === criterionId)?.judgement;
    return data.criteria?.judgements.find((each) => each.id === id)?.title[language] ?? '';
  };
  return (
    <>
      <Table
        caption={t('moderator.comparison')}
        head={[t('moderator.criterion'), ...reviews.map((review) => t(`reader.${review.reader}`))]}
        rows={(data.criteria?.criteria ?? []).map((criterion) => [
          criterion.title[language],
          ...reviews.map((review) => judgementOf(review, criterion.id)),
        ])}
      />
      {reviews.map((review) => (
        <Details
          key={review.reader}
          summary={t('moderator.review-of', { reader: t(`reader.${review.reader}`) })}
        >
          <p class="govuk-body govuk-!-font-weight-bold">
            {t(`outcome.${review.recommendation.outcome}`, {
              level: review.recommendation.level === null ? '' : t(`level.${review.recommendation.level}`),
            })}
          </p>
          <p class="govuk-body psqm-prose">{review.feedback}</p>
          <p class="govuk-body psqm-prose">{review.notes}</p>
        </Details>
      ))}
    </>
  );
}

interface PartProps {
  readonly data: Reading;
  readonly done: (message: string) => Promise<void>;
}

function AdjudicationForm({ data, done }: PartProps) {
  const t = useReadingText();
  const [decided, setDecided] = useState<Outcome>({ outcome: 'AWARDED', level: data.targetLevel });
  const [feedback, setFeedback] = useState<'FIRST' | 'SECOND'>('FIRST');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      await call(moderatorContract.adjudicate, {
        params: { readingId: data.readingId },
        body: { ...decided, reason, feedback },
      });
      await done(t('moderator.adjudicated'));
    });
  return (
    <Form onSubmit={() => void send()} label={t('moderator.ADJUDICATION')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <h2 class="govuk-heading-m">{t('moderator.decide')}</h2>
      <OutcomeChoice
        t={t}
        name="outcome"
        label={t('moderator.outcome')}
        lowerLabel={t('review.lower-level')}
        target={data.targetLevel}
        value={decided}
        onChange={setDecided}
        error={submission.errors.outcome}
      />
      <Choices
        name="feedback"
        label={t('moderator.feedback')}
        options={(['FIRST', 'SECOND'] as const).map((value) => ({ value, label: t(`reader.${value}`) }))}
        value={[feedback]}
        onChange={([value]) => setFeedback(value === 'SECOND' ? 'SECOND' : 'FIRST')}
      />
      <TextArea
        name="reason"
        label={t('moderator.reason')}
        hint={t('moderator.reason-hint')}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('moderator.send')}
      </Button>
    </Form>
  );
}

function RefusalForm({ data, done }: PartProps) {
  const t = useReadingText();
  const [code, setCode] = useState<'CONFLICT' | 'OTHER'>('CONFLICT');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      await call(moderatorContract.refuseReading, {
        params: { readingId: data.readingId },
        body: { code, reason },
      });
      await done(t('moderator.refused'));
    });
  return (
    <Details summary={t('moderator.refuse-open')}>
      <Form onSubmit={() => void send()} label={t('moderator.refuse')}>
        <ErrorSummary errors={submission.errors} general={submission.general} />
        <Choices
          name="code"
          label={t('assessor.why')}
          options={(['CONFLICT', 'OTHER'] as const).map((value) => ({ value, label: t(`decline.${value}`) }))}
          value={[code]}
          onChange={([value]) => setCode(value === 'OTHER' ? 'OTHER' : 'CONFLICT')}
        />
        <TextArea
          name="reason"
          label={t('assessor.reason')}
          rows={2}
          value={reason}
          onInput={setReason}
          error={submission.errors.reason}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('moderator.refuse')}
        </Button>
      </Form>
    </Details>
  );
}
