import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Choices } from '../shared/forms.tsx';
import { Details, formatDay, formatInstant, Table, Tag, type TagColour } from '../shared/show.tsx';
import { useAudience } from './audience.ts';
import { changedFields } from './changed-fields.ts';
import type { Journey } from './journey-page.tsx';
import { runAddress } from './runs-page.tsx';
import { useText, useWords } from './texts.ts';

type Entry = Journey['timeline'][number];

/** What a reader can choose to see; what runs did is one kind. */
const kinds = ['CHANGE', 'EMAIL', 'RUN', 'EVENT'] as const;
type Kind = (typeof kinds)[number];
/** Events repeat what a change says, for the machines: shown when asked for. */
const shownFirst: readonly Kind[] = ['CHANGE', 'EMAIL', 'RUN'];

function kindOf(entry: Entry): Kind {
  switch (entry.kind) {
    case 'CHANGE':
    case 'EMAIL':
    case 'EVENT':
      return entry.kind;
    case 'RUN_STARTED':
    case 'RUN_ENDED':
    case 'RUN_FAILED':
      return 'RUN';
  }
}

function colourOf(entry: Entry): TagColour {
  switch (entry.kind) {
    case 'CHANGE':
      return 'blue';
    case 'EMAIL':
      return 'purple';
    case 'EVENT':
      return 'grey';
    case 'RUN_STARTED':
    case 'RUN_ENDED':
      return 'green';
    case 'RUN_FAILED':
      return 'red';
  }
}

/** All that happened, the oldest first, under its day. */
export function Timeline({ entries, hubNames }: { entries: readonly Entry[] } & Pick<Journey, 'hubNames'>) {
  const t = useText();
  const [shown, setShown] = useState<readonly string[]>(shownFirst);
  const chosen = entries.filter((entry) => shown.includes(kindOf(entry)));
  const days = [...Map.groupBy(chosen, (entry) => formatDay(entry.at))];
  return (
    <section aria-labelledby="timeline-heading">
      <h2 class="govuk-heading-m" id="timeline-heading">
        {t('timeline.title')}
      </h2>
      <Choices
        multiple
        inline
        name="timeline"
        label={t('timeline.show')}
        options={kinds.map((value) => ({
          value,
          label: t(`timeline.kinds.${value}`, {
            count: entries.filter((entry) => kindOf(entry) === value).length,
          }),
        }))}
        value={shown}
        onChange={setShown}
      />
      {days.length === 0 && <p class="govuk-body">{t('timeline.none')}</p>}
      {days.map(([day, ofDay]) => (
        <section key={day} aria-label={day}>
          <h3 class="govuk-heading-s">{day}</h3>
          <ol class="govuk-list psqm-timeline">
            {ofDay.map((entry, index) => (
              <li key={`${entry.at}${entry.kind}${index}`}>
                <span class="psqm-when">{formatInstant(entry.at).replace(`${day}, `, '')}</span>{' '}
                <Tag colour={colourOf(entry)}>{t(`timeline.tag.${entry.kind}`)}</Tag>{' '}
                <EntryText entry={entry} hubNames={hubNames} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </section>
  );
}

function EntryText({ entry, hubNames }: { entry: Entry } & Pick<Journey, 'hubNames'>): ComponentChildren {
  const t = useText();
  const words = useWords();
  const { base } = useAudience();
  switch (entry.kind) {
    case 'CHANGE': {
      const action = words('actions', entry.action);
      const { actor } = entry;
      return (
        <>
          <strong lang={action.lang}>{action.text}</strong>,{' '}
          {actor.kind === 'person' ? t('timeline.by', { name: actor.name }) : t('timeline.by-itself')}
          {entry.reason !== null && (
            <>
              <br />
              {t('timeline.reason', { reason: entry.reason })}
            </>
          )}
          <ChangedFields before={entry.before} after={entry.after} hubNames={hubNames} />
        </>
      );
    }
    case 'EVENT':
      return (
        <>
          <code lang="en">{entry.name}</code>
          {entry.publishedAt === null && <> ({t('timeline.not-published')})</>}
        </>
      );
    case 'EMAIL':
      return (
        <>
          {t('timeline.email', { to: entry.to, subject: entry.subject })}
          {entry.status !== 'SENT' && (
            <>
              {' '}
              <Tag colour="orange">{t('timeline.email-not-sent')}</Tag>
            </>
          )}
        </>
      );
    case 'RUN_STARTED':
      return (
        <a class="govuk-link" href={runAddress(base, entry.executionArn)}>
          {t('timeline.started', { workflow: t(`workflow.${entry.workflow}`), attempt: entry.attempt })}
        </a>
      );
    case 'RUN_ENDED':
      return (
        <a class="govuk-link" href={runAddress(base, entry.executionArn)}>
          {t('timeline.ended', { workflow: t(`workflow.${entry.workflow}`), attempt: entry.attempt })}
        </a>
      );
    case 'RUN_FAILED':
      return (
        <>
          <a class="govuk-link" href={runAddress(base, entry.executionArn)}>
            {t('timeline.failed', { workflow: t(`workflow.${entry.workflow}`) })}
          </a>
          <br />
          <span lang="en" class="psqm-wrap">
            {entry.error}
            {entry.cause === '' ? '' : `: ${entry.cause}`}
          </span>
        </>
      );
  }
}

function ChangedFields(props: { before: string; after: string } & Pick<Journey, 'hubNames'>) {
  const t = useText();
  const fields = changedFields(props.before, props.after);
  const named = (name: string, value: string | undefined): string => {
    if (value === undefined) return t('timeline.nothing');
    return name === 'hubId' || name === 'hubPreference' ? (props.hubNames[value] ?? value) : value;
  };
  if (fields.length === 0) return null;
  return (
    <Details summary={t('timeline.what-changed', { count: fields.length })}>
      <Table
        caption={t('timeline.changed-table')}
        head={[t('timeline.field'), t('timeline.before'), t('timeline.after')]}
        rows={fields.map(({ name, before, after }) => [
          <code lang="en">{name}</code>,
          <span class="psqm-wrap">{named(name, before)}</span>,
          <span class="psqm-wrap">{named(name, after)}</span>,
        ])}
      />
    </Details>
  );
}
