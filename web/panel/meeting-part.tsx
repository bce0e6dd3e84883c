import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { panelContract } from '../../functions/http/panel/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { useMe } from '../shared/session.ts';
import { formatInstant, Loading } from '../shared/show.tsx';
import { useText } from './texts.ts';

type Meetings = RouteResponse<typeof panelContract.listMeetings>;
type Meeting = Meetings['meetings'][number];

/**
 * The panel's meetings: opens one with those present, closes it, leads to the minutes. What is decided in the meeting
 * that sits is its child.
 */
export function MeetingPart(props: { roundId: string; children: (meeting: number) => ComponentChildren }) {
  const { roundId } = props;
  const meetings = useApi(panelContract.listMeetings, { params: { roundId } });
  const t = useText();
  const me = useMe()?.identity ?? undefined;
  const ofPanel = me?.roles.includes('panel') === true;
  return (
    <Loading of={meetings}>
      {(data) => {
        const sitting = data.meetings.find((one) => one.sitting);
        const isPresent = sitting?.present.some(({ personId }) => personId === me?.personId) === true;
        return (
          <>
            <h2 class="govuk-heading-m">{t('meeting.title')}</h2>
            {sitting === undefined && ofPanel && (
              <OpenForm roundId={roundId} data={data} me={me?.personId} reload={meetings.reload} />
            )}
            {sitting === undefined && !ofPanel && <p class="govuk-body">{t('meeting.none-sitting')}</p>}
            {sitting !== undefined && (
              <p class="govuk-inset-text">
                {t('meeting.sitting', {
                  number: sitting.number,
                  names: sitting.present.map(({ name }) => name).join(', '),
                  quorum: sitting.quorum,
                })}
              </p>
            )}
            {sitting !== undefined && isPresent && (
              <>
                {props.children(sitting.number)}
                <CloseForm roundId={roundId} meeting={sitting} reload={meetings.reload} />
              </>
            )}
            {data.meetings.length > 0 && (
              <ul class="govuk-list">
                {data.meetings.map((one) => (
                  <li key={one.number}>
                    <a class="govuk-link" href={`/panel/rounds/${roundId}/meetings/${one.number}`}>
                      {t('meeting.minutes-of', {
                        number: one.number,
                        when: formatInstant(one.openedAt),
                      })}
                    </a>
                  </li>
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Loading>
  );
}

function OpenForm(props: {
  roundId: string;
  data: Meetings;
  me: string | undefined;
  reload: () => Promise<void>;
}) {
  const t = useText();
  const [present, setPresent] = useState<string[]>(props.me === undefined ? [] : [props.me]);
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      await call(panelContract.openMeeting, { params: { roundId: props.roundId }, body: { present } });
      await props.reload();
    });
  return (
    <Form onSubmit={() => void send()} label={t('meeting.open')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Choices
        multiple
        name="present"
        label={t('meeting.present')}
        hint={t('meeting.hint', { quorum: props.data.quorum })}
        options={props.data.members.map(({ personId, name }) => ({ value: personId, label: name }))}
        value={present}
        onChange={setPresent}
        error={submission.errors.present}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('meeting.open')}
      </Button>
    </Form>
  );
}

function CloseForm(props: { roundId: string; meeting: Meeting; reload: () => Promise<void> }) {
  const t = useText();
  const [note, setNote] = useState('');
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      await call(panelContract.closeMeeting, {
        params: { roundId: props.roundId, meeting: props.meeting.number },
        body: { note },
      });
      await props.reload();
    });
  return (
    <Form onSubmit={() => void send()} label={t('meeting.close')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <TextArea
        name="note"
        label={t('meeting.note')}
        hint={t('meeting.note-hint')}
        value={note}
        onInput={setNote}
        rows={2}
        error={submission.errors.note}
      />
      <Button type="submit" secondary disabled={submission.busy}>
        {t('meeting.close')}
      </Button>
    </Form>
  );
}
