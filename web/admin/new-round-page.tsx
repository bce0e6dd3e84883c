import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Details } from '../shared/show.tsx';
import { useAudience } from './audience.ts';
import { type CalendarAnswers, CalendarFields } from './calendar-fields.tsx';
import { RoundFileForm } from './round-file.tsx';
import { useText } from './texts.ts';

const SESSIONS = 6;

/** A new round: a name and the day on which training starts; every other date follows and can be changed as a draft. */
export function NewRoundPage() {
  const t = useText();
  const { base } = useAudience();
  const { route } = useLocation();
  const [answers, setAnswers] = useState({ roundId: '', en: '', cy: '', start: '' });
  const [dates, setDates] = useState<CalendarAnswers>({ days: {}, sessions: Array(SESSIONS).fill('') });
  const submission = useSubmission();
  const set = (change: Partial<typeof answers>): void => setAnswers({ ...answers, ...change });
  const create = () =>
    submission.run(async () => {
      const { roundId, en, cy, start } = answers;
      const known = Object.fromEntries(Object.entries(dates.days).filter(([, day]) => day !== ''));
      const sessions = dates.sessions.filter((day) => day !== '');
      await call(adminProgrammeContract.createRound, {
        body: {
          roundId,
          label: { en, cy },
          start,
          calendar: { ...known, ...(sessions.length === 0 ? {} : { sessions }) },
        },
      });
      route(`${base}/rounds/${roundId}`);
    });
  const { errors } = submission;
  return (
    <>
      <a class="govuk-back-link" href={`${base}/rounds`}>
        {t('rounds.back')}
      </a>
      <ErrorSummary errors={errors} general={submission.general} />
      <Heading>{t('rounds.new')}</Heading>
      <Form onSubmit={() => void create()} label={t('rounds.new')}>
        <TextInput
          name="roundId"
          label={t('round.short-name')}
          hint={t('round.short-name-hint')}
          width={20}
          value={answers.roundId}
          onInput={(value) => set({ roundId: value.toUpperCase() })}
          error={errors.roundId}
        />
        <TextInput
          name="label.en"
          label={t('round.label-en')}
          hint={t('round.label-hint')}
          value={answers.en}
          onInput={(en) => set({ en })}
          error={errors['label.en']}
        />
        <TextInput
          name="label.cy"
          label={t('round.label-cy')}
          value={answers.cy}
          onInput={(cy) => set({ cy })}
          error={errors['label.cy']}
        />
        <TextInput
          name="start"
          label={t('round.start')}
          hint={t('round.start-hint')}
          type="date"
          width={10}
          value={answers.start}
          onInput={(start) => set({ start })}
          error={errors.start}
        />
        <Details summary={t('round.known-dates')}>
          <p class="govuk-body">{t('round.known-dates-hint')}</p>
          <CalendarFields answers={dates} onChange={setDates} errors={errors} />
        </Details>
        <Button type="submit" disabled={submission.busy}>
          {t('round.create')}
        </Button>
      </Form>
      <Details summary={t('round.from-file')}>
        <RoundFileForm done={(roundId) => Promise.resolve(route(`${base}/rounds/${roundId}`))} />
      </Details>
    </>
  );
}
