import { useState } from 'preact/hooks';
import { panelContract } from '../../functions/http/panel/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { type Outcome, OutcomeChoice } from '../shared/outcome-choice.tsx';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { useMe } from '../shared/session.ts';
import { Details, formatDay, formatInstant, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { AppealPart } from './appeal-part.tsx';
import { DefencePart } from './defence-part.tsx';
import { useText } from './texts.ts';

type Case = RouteResponse<typeof panelContract.readCase>;

/** Everything behind one proposed outcome, and the panel's own decision where it differs. */
export function CasePage(props: { registrationId?: string }) {
  const registrationId = props.registrationId ?? '';
  const found = useApi(panelContract.readCase, { params: { registrationId } });
  return <Loading of={found}>{(data) => <CaseView data={data} reload={found.reload} />}</Loading>;
}

function CaseView({ data, reload }: { data: Case; reload: () => Promise<void> }) {
  const t = useText();
  const language = useLanguage();
  const [told, setTold] = useState<string | undefined>(undefined);
  const words = (outcome: { outcome: string; level: string | null } | null): string =>
    outcome === null
      ? t('case.none-yet')
      : t(`outcome.${outcome.outcome}`, { level: outcome.level === null ? '' : t(`level.${outcome.level}`) });
  const judgementOf = (review: Case['reviews'][number], criterionId: string): string => {
    const id = review.judgements.find((each) => each.criterionId === criterionId)?.judgement;
    return data.judgements.find((each) => each.id === id)?.title[language] ?? '';
  };
  return (
    <>
      <a class="govuk-back-link" href="/panel/">
        {t('case.back')}
      </a>
      {told !== undefined && <Notice success>{told}</Notice>}
      <Heading caption={`${data.reference} · ${data.school.town}`}>{data.school.name}</Heading>
      <SummaryList
        rows={[
          { key: t('outcomes.target'), value: t(`level.${data.targetLevel}`) },
          { key: t('outcomes.stage'), value: t(`stage.${data.stage}`) },
          { key: t('case.proposed'), value: words(data.proposed) },
          ...(data.proposed === null
            ? []
            : [
                { key: t('case.basis'), value: t(`basis.${data.proposed.basis}`) },
                { key: t('case.confirm-by'), value: formatDay(data.proposed.confirmBy) },
              ]),
          ...(data.decision === null
            ? []
            : [
                {
                  key: t('case.decided'),
                  value: `${words(data.decision)}, ${data.decision.confirmedBy.name}, ${formatInstant(data.decision.at)}`,
                },
              ]),
          ...(data.hold === null ? [] : [{ key: t('outcomes.held'), value: data.hold.reason }]),
        ]}
      />
      {data.blocked !== null && <p class="govuk-inset-text">{t(`blocked.${data.blocked}`)}</p>}
      {data.blind && <p class="govuk-inset-text">{t('case.blind')}</p>}
      {data.moderation !== null && data.moderation.comparison !== null && (
        <p class="govuk-body">
          {t(`case.${nameOf(data.moderation.comparison)}`, {
            count: data.moderation.comparison.apart.length,
          })}
        </p>
      )}
      {data.reviews.length > 0 && (
        <Table
          caption={t('case.readings')}
          head={[
            t('case.criterion'),
            ...data.reviews.map((review) => `${t(`reader.${review.kind}`)}: ${review.reader.name}`),
          ]}
          rows={data.criteria.map((criterion) => [
            criterion.title[language],
            ...data.reviews.map((review) => judgementOf(review, criterion.id)),
          ])}
        />
      )}
      {data.reviews.map((review) => (
        <Details key={review.kind} summary={`${t(`reader.${review.kind}`)}: ${words(review.recommendation)}`}>
          <h3 class="govuk-heading-s">{t('case.feedback')}</h3>
          <p class="govuk-body psqm-prose">{review.feedback}</p>
          <h3 class="govuk-heading-s">{t('case.notes')}</h3>
          <p class="govuk-body psqm-prose">{review.notes}</p>
          {review.inconsistencyReason !== null && (
            <p class="govuk-body psqm-prose">{review.inconsistencyReason}</p>
          )}
        </Details>
      ))}
      {data.moderation !== null && data.moderation.adjudication !== null && (
        <div class="govuk-inset-text">
          <p class="govuk-body govuk-!-font-weight-bold">
            {t('case.adjudication', {
              name: data.moderation.adjudication.adjudicator.name,
              outcome: words(data.moderation.adjudication),
            })}
          </p>
          <p class="govuk-body psqm-prose">{data.moderation.adjudication.reason}</p>
        </div>
      )}
      <Details summary={t('case.assignments')}>
        <ul class="govuk-list">
          {data.assignments.map((assignment) => (
            <li key={assignment.assignmentId}>
              {assignment.assessor.name}, {formatInstant(assignment.offeredAt)}
              {assignment.endReason === null ? '' : `: ${assignment.endReason}`}
            </li>
          ))}
        </ul>
      </Details>
      {data.blocked !== 'CONFLICT' && data.decision !== null && <AppealPart data={data} />}
      {data.blocked !== 'CONFLICT' && <DefencePart registrationId={data.registrationId} />}
      {data.stage === 'PROPOSED' && data.blocked === null && <ConflictForm data={data} />}
      {data.stage === 'PROPOSED' && data.blocked === null && data.proposed !== null && (
        <InMeeting
          data={data}
          done={async () => {
            await reload();
            setTold(t('case.confirmed'));
          }}
        />
      )}
    </>
  );
}

/** Which of the texts tells how far the second reading lies from the first. */
const nameOf = ({ within, sameRecommendation }: { within: boolean; sameRecommendation: boolean }) =>
  within ? ('within' as const) : sameRecommendation ? ('beyond' as const) : ('differs' as const);

/** A member of the panel sees that the school is not theirs to decide. */
function ConflictForm({ data }: { data: Case }) {
  const t = useText();
  const [told, setTold] = useState(false);
  return told ? (
    <Notice success>{t('conflict.done')}</Notice>
  ) : (
    <Details summary={t('conflict.title')}>
      <p class="govuk-body">{t('conflict.hint')}</p>
      <ReasonForm
        name="conflict"
        label={t('conflict.title')}
        button={t('conflict.send')}
        run={async (reason) => {
          const { registrationId } = data;
          await call(panelContract.declareConflict, { params: { registrationId }, body: { reason } });
          setTold(true);
        }}
      />
    </Details>
  );
}

/** The decision, where a meeting is open and I am in it. */
function InMeeting({ data, done }: { data: Case; done: () => Promise<void> }) {
  const t = useText();
  const me = useMe()?.identity ?? undefined;
  const meetings = useApi(panelContract.listMeetings, { params: { roundId: data.roundId } });
  return (
    <Loading of={meetings}>
      {({ meetings: all }) => {
        const mine = all.find(
          (one) => one.sitting && one.present.some(({ personId }) => personId === me?.personId),
        );
        return mine === undefined ? (
          <p class="govuk-inset-text">{t('meeting.needed')}</p>
        ) : (
          <DecideForm data={data} meeting={mine.number} done={done} />
        );
      }}
    </Loading>
  );
}

function DecideForm(props: { data: Case; meeting: number; done: () => Promise<void> }) {
  const { data, meeting, done } = props;
  const t = useText();
  const [decided, setDecided] = useState<Outcome>(
    data.proposed ?? { outcome: 'AWARDED', level: data.targetLevel },
  );
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const { outcome, level } = decided;
  const differs = outcome !== data.proposed?.outcome || level !== data.proposed?.level;
  const send = () =>
    submission.run(async () => {
      const decision = {
        registrationId: data.registrationId,
        outcome,
        level,
        ...(differs ? { reason } : {}),
      };
      const answer = await call(panelContract.confirmOutcomes, {
        params: { roundId: data.roundId },
        body: { meeting, decisions: [decision] },
      });
      const refused = answer.refused[0];
      if (refused !== undefined) {
        submission.setErrors({ outcome: refused.message });
        return;
      }
      await done();
    });
  return (
    <Form onSubmit={() => void send()} label={t('case.decide')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <OutcomeChoice
        t={t}
        name="outcome"
        label={t('case.decide')}
        lowerLabel={t('case.lower-level')}
        target={data.targetLevel}
        value={decided}
        onChange={setDecided}
        error={submission.errors.outcome}
      />
      {differs && (
        <TextArea
          name="reason"
          label={t('case.reason')}
          hint={t('case.reason-hint')}
          value={reason}
          onInput={setReason}
          rows={3}
          error={submission.errors.reason}
        />
      )}
      <Button type="submit" disabled={submission.busy}>
        {t('case.confirm')}
      </Button>
    </Form>
  );
}
