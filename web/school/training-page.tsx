import { useState } from 'preact/hooks';
import type * as z from 'zod';
import { schoolContract } from '../../functions/http/school/contract.ts';
import { level, levels } from '../../functions/programme/model.ts';
import type { trainingView } from '../../functions/submissions/views.ts';
import { ACTION_PLAN } from '../../functions/training/model.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, Loading, Notice, Table, Tag } from '../shared/show.tsx';
import { BackToSchool } from './back.tsx';
import { FileList, useChecks } from './files.tsx';
import { useText } from './texts.ts';
import { UploadField } from './upload-field.tsx';

type Training = z.output<typeof trainingView>;

/** Sessions and attendance, the action plan with its feedback, and a request for another level. */
export function TrainingPage(props: { registrationId?: string }) {
  const t = useText();
  const registrationId = props.registrationId ?? '';
  const view = useApi(schoolContract.registration, { params: { registrationId } });
  const plan = view.data?.training?.actionPlan.document;
  useChecks(registrationId, plan ? [plan] : [], view.reload);
  return (
    <>
      <BackToSchool registrationId={registrationId} />
      <Loading of={view}>
        {(data) => (
          <>
            <Heading caption={data.schoolName}>{t('training.title')}</Heading>
            {data.training === null ? (
              <p class="govuk-body">{t('training.not-yet')}</p>
            ) : (
              <>
                <ActionPlan
                  registrationId={registrationId}
                  training={data.training}
                  canSend={data.can.sendActionPlan}
                  reload={view.reload}
                />
                <Sessions training={data.training} />
                <LevelChange
                  registrationId={registrationId}
                  training={data.training}
                  canAsk={data.can.requestLevelChange}
                  reload={view.reload}
                />
              </>
            )}
          </>
        )}
      </Loading>
    </>
  );
}

function Sessions(props: { training: Training }) {
  const t = useText();
  const { sessions, minimumSessions } = props.training;
  const attended = (value: boolean | null) =>
    value === null ? (
      t('training.not-recorded')
    ) : value ? (
      <Tag colour="green">{t('training.attended')}</Tag>
    ) : (
      <Tag colour="orange">{t('training.absent')}</Tag>
    );
  return (
    <>
      <Table
        caption={t('training.sessions')}
        head={[t('training.session'), t('training.date'), t('training.place'), t('training.attendance')]}
        rows={sessions.map((session) => [
          session.session,
          `${formatDay(session.date)}${session.time === null ? '' : `, ${session.time}`}`,
          session.place ?? t('training.place-unknown'),
          attended(session.attended),
        ])}
      />
      <p class="govuk-body">{t('training.minimum', { minimum: minimumSessions })}</p>
    </>
  );
}

function ActionPlan(props: {
  registrationId: string;
  training: Training;
  canSend: boolean;
  reload: () => Promise<void>;
}) {
  const t = useText();
  const { actionPlan } = props.training;
  const { registrationId } = props;
  const [text, setText] = useState(actionPlan.text ?? '');
  const [sent, setSent] = useState(false);
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    setSent(false);
    if (text.trim() === '') return submission.setErrors({ text: t('plan.needed') });
    const went = await submission.run(async () => {
      await call(schoolContract.sendActionPlan, { params: { registrationId }, body: { text } });
      await props.reload();
    });
    setSent(went);
  };
  return (
    <section>
      <h2 class="govuk-heading-m">{t('plan.title')}</h2>
      {sent && <Notice success>{t('plan.sent')}</Notice>}
      <p class="govuk-body">
        {t(`plan.state.${actionPlan.state}`, {
          due: formatInstant(actionPlan.due),
          received: actionPlan.receivedAt === null ? '' : formatInstant(actionPlan.receivedAt),
        })}{' '}
        {actionPlan.late && <Tag colour="red">{t('next.late')}</Tag>}
      </p>
      {actionPlan.document !== null && (
        <FileList registrationId={registrationId} files={[actionPlan.document]} />
      )}
      {actionPlan.feedback !== null && (
        <div class="govuk-inset-text">
          <h3 class="govuk-heading-s">
            {t('plan.feedback', {
              name: actionPlan.feedback.byName,
              at: formatInstant(actionPlan.feedback.at),
            })}
          </h3>
          <p class="govuk-body psqm-prose">{actionPlan.feedback.text}</p>
        </div>
      )}
      {props.canSend ? (
        <>
          <UploadField
            registrationId={registrationId}
            documentType={ACTION_PLAN}
            label={t('plan.file')}
            hint={t('plan.file-hint')}
            onSent={props.reload}
          />
          <Form onSubmit={() => void send()} label={t('plan.text')}>
            <ErrorSummary errors={submission.errors} general={submission.general} />
            <TextArea
              name="text"
              label={t('plan.text')}
              rows={10}
              value={text}
              onInput={setText}
              error={submission.errors.text}
            />
            <Button type="submit" disabled={submission.busy}>
              {t('plan.send')}
            </Button>
          </Form>
        </>
      ) : (
        actionPlan.text !== null && <p class="govuk-body psqm-prose">{actionPlan.text}</p>
      )}
    </section>
  );
}

function LevelChange(props: {
  registrationId: string;
  training: Training;
  canAsk: boolean;
  reload: () => Promise<void>;
}) {
  const t = useText();
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const { allowed, changeUntil, confirmed, request, target } = props.training.level;
  const ask = async (): Promise<void> => {
    const chosen = level.safeParse(to).data;
    const errors: Record<string, string> = {};
    if (chosen === undefined) errors.to = t('change.to-needed');
    if (reason.trim() === '') errors.reason = t('change.reason-needed');
    if (chosen === undefined || Object.keys(errors).length > 0) return submission.setErrors(errors);
    await submission.run(async () => {
      await call(schoolContract.requestLevelChange, {
        params: { registrationId: props.registrationId },
        body: { to: chosen, reason },
      });
      await props.reload();
      document.getElementById('level')?.focus();
    });
  };
  return (
    <section>
      <h2 class="govuk-heading-m" id="level" tabIndex={-1}>
        {t('change.title')}
      </h2>
      <p class="govuk-body">
        {t(confirmed ? 'change.confirmed' : 'change.unconfirmed', { level: t(`level.${target}`) })}
      </p>
      {request !== null ? (
        <p class="govuk-inset-text">
          {t('change.asked', {
            level: t(`level.${request.to}`),
            name: request.byName,
            at: formatInstant(request.at),
          })}
        </p>
      ) : props.canAsk && allowed.length > 0 ? (
        <Form onSubmit={() => void ask()} label={t('change.title')}>
          <ErrorSummary errors={submission.errors} general={submission.general} />
          <p class="govuk-body">{t('change.until', { until: formatInstant(changeUntil) })}</p>
          <Choices
            name="to"
            label={t('change.to')}
            value={[to]}
            onChange={([value]) => setTo(value ?? '')}
            options={levels
              .filter((value) => allowed.includes(value))
              .map((value) => ({ value, label: t(`level.${value}`) }))}
            error={submission.errors.to ?? submission.errors.level}
          />
          <TextArea
            name="reason"
            label={t('change.reason')}
            value={reason}
            onInput={setReason}
            error={submission.errors.reason}
          />
          <Button type="submit" secondary disabled={submission.busy}>
            {t('change.button')}
          </Button>
        </Form>
      ) : (
        <p class="govuk-body">{t('change.not-now')}</p>
      )}
    </section>
  );
}
