import { useState } from 'preact/hooks';
import { adminCourseContract, adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { saveFile } from '../shared/save-file.ts';
import { Details, formatDay, formatInstant, Loading, Notice, SummaryList } from '../shared/show.tsx';
import { useAudience } from './audience.ts';
import { calendarNames } from './calendar-fields.tsx';
import { DraftForm } from './draft-form.tsx';
import { MoveDeadlineForm } from './move-deadline.tsx';
import { Criteria, Documents, Fees, Policies } from './round-contents.tsx';
import { givenOf, type Round, RoundFileForm } from './round-file.tsx';
import { RoundTag } from './rounds-page.tsx';
import { useText, useWords } from './texts.ts';

/** One round: its dates and how to move one, opening and closing it, and all that it is made of. */
export function RoundPage(props: { roundId?: string }) {
  const { reads } = useAudience();
  const round = useApi(reads.readRound, { params: { roundId: props.roundId ?? '' } });
  return <Loading of={round}>{(data) => <RoundView round={data} reload={round.reload} />}</Loading>;
}

function RoundView({ round, reload }: { round: Round; reload: () => Promise<void> }) {
  const t = useText();
  const language = useLanguage();
  const { base, mayAct } = useAudience();
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await reload();
    setTold(message);
  };
  return (
    <>
      <a class="govuk-back-link" href={`${base}/rounds`}>
        {t('rounds.back')}
      </a>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading caption={round.roundId}>{round.label[language]}</Heading>
      <p class="govuk-body">
        <RoundTag status={round.status} /> {t(`round-status.${round.status}-text`)}
      </p>
      {round.resultsReleasedAt !== null && (
        <p class="govuk-body">{t('round.released', { when: formatInstant(round.resultsReleasedAt) })}</p>
      )}
      {mayAct && <OpenRound round={round} done={done} />}
      <Dates round={round} />
      {mayAct && round.status !== 'DRAFT' && <MoveRoundDeadline round={round} done={done} />}
      {mayAct && round.status === 'DRAFT' && (
        <Details summary={t('draft.title')}>
          <DraftForm key={JSON.stringify(round)} round={round} done={() => done(t('draft.saved'))} />
        </Details>
      )}
      <Fees round={round} />
      <Policies round={round} />
      <Criteria round={round} />
      <Documents round={round} />
      <h2 class="govuk-heading-m">{t('round.whole')}</h2>
      <p class="govuk-body">{t('round.whole-hint')}</p>
      <Button
        secondary
        onClick={() =>
          saveFile(`${round.roundId}.json`, JSON.stringify(givenOf(round), null, 2), 'application/json')
        }
      >
        {t('round.save-file')}
      </Button>
      {mayAct && round.status === 'DRAFT' && (
        <Details summary={t('round.change-from-file')}>
          <RoundFileForm done={() => done(t('draft.saved'))} />
        </Details>
      )}
      {mayAct && round.status !== 'DRAFT' && <CourseOfRound round={round} done={done} />}
    </>
  );
}

interface PartProps {
  readonly round: Round;
  readonly done: (message: string) => Promise<void>;
}

function OpenRound({ round, done }: PartProps) {
  const t = useText();
  const submission = useSubmission();
  if (round.status === 'OPEN') return null;
  const open = () =>
    submission.run(async () => {
      await call(adminProgrammeContract.openRound, { params: { roundId: round.roundId } });
      await done(t('round.opened', { day: formatDay(round.calendar.registrationOpens) }));
    });
  return (
    <>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Button disabled={submission.busy} onClick={() => void open()}>
        {t('round.open')}
      </Button>
    </>
  );
}

function Dates({ round }: { round: Round }) {
  const t = useText();
  const words = useWords();
  return (
    <>
      <h2 class="govuk-heading-m">{t('round.dates')}</h2>
      <SummaryList
        rows={[
          ...calendarNames.map((name) => ({
            key: words('dates', name).text,
            value: formatDay(round.calendar[name]),
          })),
          {
            key: t('round.sessions'),
            value: round.calendar.sessions.map((day, index) => (
              <div key={`${day} ${index + 1}`}>
                {index + 1}: {formatDay(day)}
              </div>
            )),
          },
        ]}
      />
    </>
  );
}

function MoveRoundDeadline({ round, done }: PartProps) {
  const t = useText();
  const words = useWords();
  return (
    <>
      <h2 class="govuk-heading-m">{t('deadline.for-round')}</h2>
      <p class="govuk-body">{t('deadline.for-round-hint')}</p>
      <MoveDeadlineForm
        label={t('deadline.for-round')}
        button={t('deadline.move-round')}
        dayOf={(deadline) => round.calendar[deadline]}
        move={async (moved) => {
          await call(adminProgrammeContract.moveRoundDeadline, {
            params: { roundId: round.roundId },
            body: moved,
          });
          await done(
            t('deadline.moved-round', {
              deadline: words('dates', moved.deadline).text,
              day: formatDay(moved.day),
            }),
          );
        }}
      />
    </>
  );
}

function CourseOfRound({ round, done }: PartProps) {
  const t = useText();
  const params = { roundId: round.roundId };
  return (
    <>
      <h2 class="govuk-heading-m">{t('round.course')}</h2>
      <Details summary={t('round.moderate')}>
        <p class="govuk-body">{t('round.moderate-hint')}</p>
        <ReasonForm
          name="moderate"
          label={t('round.moderate')}
          button={t('round.moderate')}
          run={async (reason) => {
            await call(adminCourseContract.moderateNow, { params, body: { reason } });
            await done(t('round.moderating'));
          }}
        />
      </Details>
      {round.status === 'OPEN' && (
        <Details summary={t('round.close')}>
          <p class="govuk-body">{t('round.close-hint')}</p>
          <ReasonForm
            name="close"
            label={t('round.close')}
            button={t('round.close')}
            warning
            run={async (reason) => {
              await call(adminProgrammeContract.closeRound, { params, body: { reason } });
              await done(t('round.closed'));
            }}
          />
        </Details>
      )}
    </>
  );
}
