import { useState } from 'preact/hooks';
import { assessorContract } from '../../functions/http/assessor/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { formatBytes } from '../shared/bytes.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { MaterialPart, ReviewForm, useReadingText } from '../shared/review.tsx';
import { Details, formatDay, formatInstant, Loading, Notice, SummaryList } from '../shared/show.tsx';

type Assignment = RouteResponse<typeof assessorContract.readAssignment>;

/** One assignment: the offer, then the reading room. */
export function AssignmentPage(props: { assignmentId?: string }) {
  const assignmentId = props.assignmentId ?? '';
  const assignment = useApi(assessorContract.readAssignment, { params: { assignmentId } });
  return (
    <Loading of={assignment}>{(data) => <AssignmentView data={data} reload={assignment.reload} />}</Loading>
  );
}

function AssignmentView({ data, reload }: { data: Assignment; reload: () => Promise<void> }) {
  const t = useReadingText();
  const params = { assignmentId: data.assignmentId };
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const accept = () =>
    submission.run(async () => {
      const { dueOn } = await call(assessorContract.acceptAssignment, { params });
      await reload();
      setTold(t('assessor.accepted', { when: formatDay(dueOn) }));
    });
  return (
    <>
      <a class="govuk-back-link" href="/assessor/">
        {t('assessor.back')}
      </a>
      {told !== undefined && <Notice success>{told}</Notice>}
      <Heading caption={`${data.school.town} · ${t(`level.${data.targetLevel}`)}`}>
        {data.school.name}
      </Heading>
      <SummaryList
        rows={[
          { key: t('assessor.state'), value: t(`assignment.${data.status}`) },
          { key: t('assessor.language'), value: t(`language.${data.language}`) },
          {
            key: t('assessor.size'),
            value: t('assessor.size-value', {
              files: data.files,
              size: formatBytes(data.bytes),
            }),
          },
          { key: t('assessor.pupils'), value: String(data.pupilsOnRoll) },
          ...(data.status === 'OFFERED'
            ? [{ key: t('assessor.answer'), value: formatInstant(data.answerBy) }]
            : []),
          ...(data.dueOn === null ? [] : [{ key: t('assessor.due-label'), value: formatDay(data.dueOn) }]),
        ]}
      />
      {data.status === 'OFFERED' && (
        <>
          <ErrorSummary errors={{}} general={submission.general} />
          <Button onClick={() => void accept()} disabled={submission.busy}>
            {t('assessor.accept')}
          </Button>
          <Details summary={t('assessor.decline-open')}>
            <GiveBackForm data={data} reload={reload} offered />
          </Details>
        </>
      )}
      {data.open && data.material !== null && data.criteria !== null && (
        <MaterialPart
          material={data.material}
          criteria={data.criteria}
          open={async (documentId) =>
            (await call(assessorContract.openDocument, { params: { ...params, documentId } })).url
          }
        />
      )}
      {data.open && data.criteria !== null && data.draft !== null && (
        <>
          <ReviewForm
            criteria={data.criteria}
            draft={data.draft}
            check={data.check}
            targetLevel={data.targetLevel}
            save={async (draft) => (await call(assessorContract.saveDraft, { params, body: draft })).check}
            giveBack={async (inconsistencyReason) => {
              await call(assessorContract.returnReview, {
                params,
                body: inconsistencyReason === undefined ? {} : { inconsistencyReason },
              });
              await reload();
              setTold(t('assessor.returned'));
            }}
          />
          <Details summary={t('assessor.withdraw-open')}>
            <GiveBackForm data={data} reload={reload} offered={false} />
          </Details>
        </>
      )}
    </>
  );
}

function GiveBackForm({
  data,
  reload,
  offered,
}: {
  data: Assignment;
  reload: () => Promise<void>;
  offered: boolean;
}) {
  const t = useReadingText();
  const [code, setCode] = useState<'CONFLICT' | 'WORKLOAD' | 'ILLNESS' | 'OTHER'>('WORKLOAD');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const codes = ['CONFLICT', 'WORKLOAD', 'ILLNESS', 'OTHER'] as const;
  const send = () =>
    submission.run(async () => {
      const request = { params: { assignmentId: data.assignmentId }, body: { code, reason } };
      await (offered
        ? call(assessorContract.declineAssignment, request)
        : call(assessorContract.withdrawAssignment, request));
      await reload();
    });
  return (
    <Form onSubmit={() => void send()} label={t(offered ? 'assessor.decline' : 'assessor.withdraw')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Choices
        name="code"
        label={t('assessor.why')}
        options={codes.map((value) => ({ value, label: t(`decline.${value}`) }))}
        value={[code]}
        onChange={([value]) => setCode(codes.find((each) => each === value) ?? 'OTHER')}
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
        {t(offered ? 'assessor.decline' : 'assessor.withdraw')}
      </Button>
    </Form>
  );
}
