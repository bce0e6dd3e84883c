import { useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { type DeadlineName, deadlineNames } from '../../functions/programme/model.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, Select, TextArea, TextInput, useSubmission } from '../shared/forms.tsx';
import { formatDay, SummaryList } from '../shared/show.tsx';
import type { Journey } from './journey-page.tsx';
import { useText, useWords } from './texts.ts';

interface Moved {
  readonly deadline: DeadlineName;
  readonly day: string;
  readonly reason: string;
}

/** Moves one deadline to another day, with a reason. `dayOf` tells the day that it has now, where that is known. */
export function MoveDeadlineForm(props: {
  label: string;
  button: string;
  dayOf: (deadline: DeadlineName) => string | undefined;
  move: (moved: Moved) => Promise<void>;
}) {
  const t = useText();
  const words = useWords();
  const [deadline, setDeadline] = useState<DeadlineName>('submissionDue');
  const [day, setDay] = useState('');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const now = props.dayOf(deadline);
  const send = async (): Promise<void> => {
    if (!(await submission.run(() => props.move({ deadline, day, reason })))) return;
    setDay('');
    setReason('');
  };
  return (
    <Form onSubmit={() => void send()} label={props.label}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Select
        name="deadline"
        label={t('deadline.which')}
        value={deadline}
        onChange={(value) => setDeadline(deadlineNames.find((one) => one === value) ?? deadline)}
        options={deadlineNames.map((value) => ({ value, label: words('dates', value).text }))}
        error={submission.errors.deadline}
      />
      <TextInput
        name="day"
        label={t('deadline.new-day')}
        hint={now === undefined ? t('deadline.day-hint') : t('deadline.day-now', { day: formatDay(now) })}
        type="date"
        width={10}
        value={day}
        onInput={setDay}
        error={submission.errors.day}
      />
      <TextArea
        name="reason"
        label={t('reason.label')}
        hint={t('reason.hint')}
        rows={2}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <Button type="submit" disabled={submission.busy}>
        {props.button}
      </Button>
    </Form>
  );
}

/** Deadlines that one school has of its own, and another one moved for it. */
export function MoveSchoolDeadline(props: {
  registration: Journey['registration'];
  done: (message: string) => Promise<void>;
}) {
  const t = useText();
  const words = useWords();
  const { registrationId, movedDeadlines, school } = props.registration;
  const own = Object.entries(movedDeadlines);
  const move = async (moved: Moved): Promise<void> => {
    await call(adminProgrammeContract.moveRegistrationDeadline, { params: { registrationId }, body: moved });
    await props.done(
      t('deadline.moved-school', {
        deadline: words('dates', moved.deadline).text,
        day: formatDay(moved.day),
        school: school.name,
      }),
    );
  };
  return (
    <>
      <h2 class="govuk-heading-m" id="move-deadline" tabIndex={-1}>
        {t('deadline.for-school')}
      </h2>
      {own.length > 0 && (
        <SummaryList
          rows={own.map(([name, day]) => ({ key: words('dates', name).text, value: formatDay(day) }))}
        />
      )}
      <MoveDeadlineForm
        label={t('deadline.for-school')}
        button={t('deadline.move-school')}
        dayOf={(deadline) => movedDeadlines[deadline]}
        move={move}
      />
    </>
  );
}
