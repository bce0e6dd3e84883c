import { useState } from 'preact/hooks';
import { hubContract } from '../../functions/http/hub/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { useText } from './texts.ts';

type School = RouteResponse<typeof hubContract.school>;

/** One school: what is next, its level, action plan, attendance, people and history. */
export function SchoolPage(props: { registrationId?: string }) {
  const registrationId = props.registrationId ?? '';
  const school = useApi(hubContract.school, { params: { registrationId } });
  return <Loading of={school}>{(data) => <SchoolView school={data} reload={school.reload} />}</Loading>;
}

function SchoolView(props: { school: School; reload: () => Promise<void> }) {
  const { school, reload } = props;
  const t = useText();
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await reload();
    setTold(message);
  };
  return (
    <>
      <a class="govuk-back-link" href="/hub/">
        {t('back-to-schools')}
      </a>
      {told !== undefined && <Notice success>{told}</Notice>}
      <Heading caption={`${school.reference} · ${school.town}`}>{school.schoolName}</Heading>
      <div class="govuk-inset-text">
        <p class="govuk-body govuk-!-font-weight-bold">
          {t('school.next')}: {t(`next.${school.next.code}`)}
        </p>
        {school.next.by !== null && (
          <p class="govuk-body">{t('schools.by', { when: formatInstant(school.next.by) })}</p>
        )}
      </div>
      <p class="govuk-body">
        <a
          class="govuk-link govuk-!-font-weight-bold"
          href={`/hub/schools/${school.registrationId}/submission`}
        >
          {t(school.can.signOff ? 'school.read-and-sign-off' : 'school.read-submission')}
        </a>
      </p>
      <LevelPart school={school} done={done} />
      <ActionPlanPart school={school} done={done} />
      <Table
        caption={t('school.sessions')}
        head={[t('school.session'), t('school.date'), t('school.attended')]}
        rows={school.training.sessions.map((session) => [
          String(session.session),
          formatDay(session.date),
          t(session.attended === null ? 'school.not-recorded' : session.attended ? 'yes' : 'no'),
        ])}
      />
      <h2 class="govuk-heading-m">{t('school.people')}</h2>
      <SummaryList
        rows={school.contacts.map((contact) => ({
          key: t(`contact.${contact.role}`),
          value: (
            <>
              {contact.name}
              <br />
              <a class="govuk-link" href={`mailto:${contact.email}`}>
                {contact.email}
              </a>
            </>
          ),
        }))}
      />
      <h2 class="govuk-heading-m">{t('school.history')}</h2>
      <ol class="govuk-list">
        {school.timeline.map((step) => (
          <li key={`${step.at}${step.code}`}>
            <span class="govuk-hint">{formatInstant(step.at)}</span> {step.text}
          </li>
        ))}
      </ol>
    </>
  );
}

interface PartProps {
  readonly school: School;
  readonly done: (message: string) => Promise<void>;
}

function LevelPart({ school, done }: PartProps) {
  const t = useText();
  const { level } = school.training;
  const [chosen, setChosen] = useState<string>(level.request?.to ?? level.target);
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const params = { registrationId: school.registrationId };
  const options = [level.target, ...level.allowed].map((value) => ({ value, label: t(`level.${value}`) }));
  const confirm = () =>
    submission.run(async () => {
      const to = [level.target, ...level.allowed].find((each) => each === chosen);
      if (to === undefined) return;
      await call(hubContract.confirmLevel, { params, body: { level: to, reason } });
      await done(t('level.confirmed-notice'));
    });
  return (
    <section aria-labelledby="level-heading">
      <h2 class="govuk-heading-m" id="level-heading">
        {t('level.heading')}
      </h2>
      <p class="govuk-body">
        {t(`level.${level.target}`)}, {t(level.confirmed ? 'level.is-confirmed' : 'level.not-confirmed')}.{' '}
        {t('level.until', { when: formatInstant(level.changeUntil) })}
      </p>
      {level.request !== null && (
        <div class="govuk-inset-text">
          <p class="govuk-body">
            {t('level.asked', { name: level.request.byName, level: t(`level.${level.request.to}`) })}
          </p>
          <p class="govuk-body">{level.request.reason}</p>
        </div>
      )}
      {school.can.confirmLevel && (
        <Form onSubmit={() => void confirm()} label={t('level.heading')}>
          <ErrorSummary errors={submission.errors} general={submission.general} />
          <Choices
            name="level"
            label={t('level.which')}
            options={options}
            value={[chosen]}
            onChange={([value]) => setChosen(value ?? level.target)}
            error={submission.errors.level}
          />
          {chosen !== level.target && (
            <TextArea
              name="reason"
              label={t('level.reason')}
              value={reason}
              onInput={setReason}
              rows={2}
              error={submission.errors.reason}
            />
          )}
          <Button type="submit" disabled={submission.busy}>
            {t('level.confirm')}
          </Button>
        </Form>
      )}
    </section>
  );
}

function ActionPlanPart({ school, done }: PartProps) {
  const t = useText();
  const plan = school.training.actionPlan;
  const [text, setText] = useState('');
  const submission = useSubmission();
  const params = { registrationId: school.registrationId };
  const send = () =>
    submission.run(async () => {
      if (school.can.giveFeedback) await call(hubContract.giveFeedback, { params, body: { text } });
      else await call(hubContract.recordActionPlan, { params, body: { note: text } });
      setText('');
      await done(t('plan.sent'));
    });
  const open = async (documentId: string): Promise<void> => {
    const { url } = await call(hubContract.documentFile, { params: { ...params, documentId } });
    window.open(url, '_blank', 'noopener');
  };
  const { document } = plan;
  return (
    <section aria-labelledby="plan-heading">
      <h2 class="govuk-heading-m" id="plan-heading">
        {t('plan.heading')}
      </h2>
      <p class="govuk-body">
        {plan.receivedAt === null
          ? t('plan.missing', { when: formatInstant(plan.due) })
          : t('plan.received', { when: formatInstant(plan.receivedAt) })}
      </p>
      {plan.text !== null && <blockquote class="govuk-inset-text psqm-prose">{plan.text}</blockquote>}
      {document !== null && document.status === 'ACCEPTED' && (
        <Button secondary onClick={() => void open(document.documentId)}>
          {t('plan.open', { name: document.name })}
        </Button>
      )}
      {plan.feedback !== null && (
        <div class="govuk-inset-text">
          <p class="govuk-body">
            {t('plan.feedback-given', { name: plan.feedback.byName, when: formatInstant(plan.feedback.at) })}
          </p>
          <p class="govuk-body psqm-prose">{plan.feedback.text}</p>
        </div>
      )}
      {(school.can.giveFeedback || school.can.recordActionPlan) && (
        <Form onSubmit={() => void send()} label={t('plan.heading')}>
          <ErrorSummary errors={submission.errors} general={submission.general} />
          <TextArea
            name={school.can.giveFeedback ? 'text' : 'note'}
            label={t(school.can.giveFeedback ? 'plan.feedback' : 'plan.note')}
            hint={t(school.can.giveFeedback ? 'plan.feedback-hint' : 'plan.note-hint')}
            value={text}
            onInput={setText}
            error={submission.errors.text ?? submission.errors.note}
          />
          <Button type="submit" disabled={submission.busy}>
            {t(school.can.giveFeedback ? 'plan.send-feedback' : 'plan.record')}
          </Button>
        </Form>
      )}
    </section>
  );
}
