import { useState } from 'preact/hooks';
import { Button } from '../shared/forms.tsx';
import { Details, formatDay } from '../shared/show.tsx';
import type { Run } from './run-page.tsx';
import { useText, useWords } from './texts.ts';

type RunEvent = Run['events'][number];
const FIRST_EVENTS = 100;

/** Time of day to the millisecond in London: steps follow each other within a second. */
const formatTime = (instant: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZone: 'Europe/London',
  }).format(new Date(instant));

/** What happened in an execution, in order, each with what went in and out; of one state where one is chosen. */
export function RunEvents(props: { run: Run; selected: string | undefined; onShowAll: () => void }) {
  const t = useText();
  const [all, setAll] = useState(false);
  const { run, selected } = props;
  const chosen = selected === undefined ? run.events : run.events.filter((event) => event.state === selected);
  const shown = all ? chosen : chosen.slice(0, FIRST_EVENTS);
  return (
    <section aria-labelledby="events">
      <h2 class="govuk-heading-m" id="events" tabIndex={-1}>
        {selected === undefined ? t('events.title') : t('events.of', { state: selected })}
      </h2>
      {selected !== undefined && (
        <Button secondary onClick={props.onShowAll}>
          {t('events.show-all-states')}
        </Button>
      )}
      {chosen.length === 0 && <p class="govuk-body">{t('events.none')}</p>}
      <ol class="govuk-list psqm-timeline">
        {shown.map((event) => (
          <li key={event.id}>
            <EventText event={event} />
          </li>
        ))}
      </ol>
      {shown.length < chosen.length && (
        <Button secondary onClick={() => setAll(true)}>
          {t('events.show-all', { count: chosen.length })}
        </Button>
      )}
      {run.eventsCut && <p class="govuk-body">{t('events.cut', { count: run.events.length })}</p>}
    </section>
  );
}

function EventText({ event }: { event: RunEvent }) {
  const t = useText();
  const words = useWords();
  const what = words('event-types', event.type);
  return (
    <>
      <span class="psqm-when">
        {event.id}. {formatDay(event.at)}, {formatTime(event.at)}
      </span>{' '}
      <strong lang={what.lang}>{what.text}</strong>
      {event.state !== null && (
        <>
          : <span lang="en">{event.state}</span>
        </>
      )}
      {event.error !== null && (
        <span lang="en" class="psqm-wrap">
          <br />
          {event.error}
          {event.cause === null ? '' : `: ${event.cause}`}
        </span>
      )}
      {event.input !== null && (
        <Details summary={t('events.input')}>
          <Payload text={event.input} />
        </Details>
      )}
      {event.output !== null && (
        <Details summary={t('events.output')}>
          <Payload text={event.output} />
        </Details>
      )}
    </>
  );
}

/** A payload as Step Functions has it, set out where it is JSON. */
export function Payload({ text }: { text: string }) {
  return (
    <pre class="psqm-code" lang="en">
      {readable(text)}
    </pre>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
