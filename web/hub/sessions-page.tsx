import { useState } from 'preact/hooks';
import { hubContract } from '../../functions/http/hub/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, Select, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatDay, Loading, Notice } from '../shared/show.tsx';
import { useText } from './texts.ts';

type HubSessions = RouteResponse<typeof hubContract.sessions>['hubs'][number];

/** Dates and places of the hub's sessions, and who came. */
export function SessionsPage() {
  const t = useText();
  const sessions = useApi(hubContract.sessions, {});
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await sessions.reload();
    setTold(message);
  };
  return (
    <>
      {told !== undefined && <Notice success>{told}</Notice>}
      <Heading>{t('sessions.title')}</Heading>
      <Loading of={sessions}>
        {(data) =>
          data.hubs.map((hub) => <HubPart key={hub.hubId} hub={hub} roundId={data.roundId} done={done} />)
        }
      </Loading>
    </>
  );
}

interface PartProps {
  readonly hub: HubSessions;
  readonly roundId: string;
  readonly done: (message: string) => Promise<void>;
}

function HubPart({ hub, roundId, done }: PartProps) {
  return (
    <section>
      <h2 class="govuk-heading-m">{hub.name}</h2>
      <AttendanceForm hub={hub} roundId={roundId} done={done} />
      <DatesForm hub={hub} roundId={roundId} done={done} />
    </section>
  );
}

function AttendanceForm({ hub, roundId, done }: PartProps) {
  const t = useText();
  const [session, setSession] = useState(String(hub.sessions[0]?.session ?? 1));
  const at = hub.sessions.findIndex((each) => String(each.session) === session);
  const [present, setPresent] = useState<string[]>([]);
  const submission = useSubmission();
  const choose = (value: string): void => {
    setSession(value);
    const index = hub.sessions.findIndex((each) => String(each.session) === value);
    setPresent(
      hub.schools.filter((school) => school.attended[index] === true).map((school) => school.registrationId),
    );
  };
  const save = () =>
    submission.run(async () => {
      await call(hubContract.recordAttendance, {
        params: { session },
        body: {
          hubId: hub.hubId,
          roundId,
          attendance: hub.schools.map((school) => ({
            registrationId: school.registrationId,
            attended: present.includes(school.registrationId),
          })),
        },
      });
      await done(t('sessions.attendance-saved'));
    });
  if (hub.schools.length === 0) return <p class="govuk-body">{t('schools.none')}</p>;
  return (
    <Form onSubmit={() => void save()} label={t('sessions.attendance')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <h3 class="govuk-heading-s">{t('sessions.attendance')}</h3>
      <Select
        name={`${hub.hubId}-session`}
        label={t('sessions.which')}
        value={session}
        onChange={choose}
        options={hub.sessions.map((each) => ({
          value: String(each.session),
          label: `${each.session}: ${formatDay(each.date)}`,
        }))}
      />
      <Choices
        multiple
        name={`${hub.hubId}-present`}
        label={t('sessions.who-came', { date: formatDay(hub.sessions[at]?.date ?? '2000-01-01') })}
        options={hub.schools.map((school) => ({ value: school.registrationId, label: school.schoolName }))}
        value={present}
        onChange={setPresent}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('sessions.save-attendance')}
      </Button>
    </Form>
  );
}

function DatesForm({ hub, roundId, done }: PartProps) {
  const t = useText();
  const [rows, setRows] = useState(
    hub.sessions.map((each) => ({ date: each.date, time: each.time ?? '', place: each.place ?? '' })),
  );
  const submission = useSubmission();
  const set = (index: number, change: Partial<(typeof rows)[number]>): void =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  const save = () =>
    submission.run(async () => {
      await call(hubContract.setSessions, {
        body: {
          hubId: hub.hubId,
          roundId,
          sessions: rows.map((row) => ({ date: row.date, time: row.time || null, place: row.place || null })),
        },
      });
      await done(t('sessions.dates-saved'));
    });
  return (
    <Form onSubmit={() => void save()} label={t('sessions.dates')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <h3 class="govuk-heading-s">{t('sessions.dates')}</h3>
      {rows.map((row, index) => (
        <fieldset class="govuk-fieldset" key={hub.sessions[index]?.session ?? index}>
          <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">
            {t('sessions.number', { number: index + 1 })}
          </legend>
          <TextInput
            name={`sessions.${index}.date`}
            label={t('sessions.date')}
            type="date"
            value={row.date}
            onInput={(date) => set(index, { date })}
            width={10}
            error={submission.errors[`sessions.${index}.date`]}
          />
          <TextInput
            name={`sessions.${index}.time`}
            label={t('sessions.time')}
            value={row.time}
            onInput={(time) => set(index, { time })}
            width={5}
            error={submission.errors[`sessions.${index}.time`]}
          />
          <TextInput
            name={`sessions.${index}.place`}
            label={t('sessions.place')}
            value={row.place}
            onInput={(place) => set(index, { place })}
            error={submission.errors[`sessions.${index}.place`]}
          />
        </fieldset>
      ))}
      <Button type="submit" secondary disabled={submission.busy}>
        {t('sessions.save-dates')}
      </Button>
    </Form>
  );
}
