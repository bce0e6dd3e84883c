import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatPence } from '../../functions/shared/money/pence.ts';
import type { Loaded } from './api.ts';
import { currentLanguage, useSharedText } from './language.ts';

/** Browsers ship without Welsh dates, however many other languages they know. */
const welshMonths = [
  'Ionawr',
  'Chwefror',
  'Mawrth',
  'Ebrill',
  'Mai',
  'Mehefin',
  'Gorffennaf',
  'Awst',
  'Medi',
  'Hydref',
  'Tachwedd',
  'Rhagfyr',
] as const;

/** A calendar day or instant as people write it, in London: `31 March 2027`, `31 Mawrth 2027`. */
export function formatDay(value: string): string {
  const at = value.length === 10 ? new Date(`${value}T12:00:00Z`) : new Date(value);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'Europe/London' }).format(at);
  const month =
    currentLanguage() === 'cy'
      ? (welshMonths[Number(part({ month: 'numeric' })) - 1] ?? '')
      : part({ month: 'long' });
  return `${part({ day: 'numeric' })} ${month} ${part({ year: 'numeric' })}`;
}

/** An instant with its time of day in London. */
export function formatInstant(value: string): string {
  return `${formatDay(value)}, ${new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' }).format(new Date(value))}`;
}

export { formatPence };

/** What is loaded, or that it is loading, or why it could not be. */
export function Loading<T>(props: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  const t = useSharedText();
  const { data, error, reload } = props.of;
  if (data !== undefined) return <>{props.children(data)}</>;
  if (error === undefined) return <p class="govuk-body">{t('loading')}</p>;
  return (
    <div class="govuk-inset-text" role="alert">
      <p class="govuk-body">{error.message}</p>
      <button type="button" class="govuk-button govuk-button--secondary" onClick={() => void reload()}>
        {t('try-again')}
      </button>
    </div>
  );
}

export type TagColour = 'green' | 'red' | 'yellow' | 'blue' | 'grey' | 'orange' | 'purple';

export function Tag(props: { children: ComponentChildren; colour?: TagColour }) {
  return (
    <strong class={`govuk-tag${props.colour === undefined ? '' : ` govuk-tag--${props.colour}`}`}>
      {props.children}
    </strong>
  );
}

/** Pairs of a name and what it is; `action` is a link or button at the end of its row. */
export function SummaryList(props: {
  rows: readonly { key: string; value: ComponentChildren; action?: ComponentChildren }[];
}) {
  return (
    <dl class="govuk-summary-list">
      {props.rows.map((row) => (
        <div class="govuk-summary-list__row" key={row.key}>
          <dt class="govuk-summary-list__key">{row.key}</dt>
          <dd class="govuk-summary-list__value">{row.value}</dd>
          {row.action !== undefined && <dd class="govuk-summary-list__actions">{row.action}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** On a phone rows are laid out as blocks (site.css), by which some browsers forget what is a table: told again here. */
const as = (role: 'table' | 'rowgroup' | 'row' | 'columnheader' | 'cell') => ({ role });

/** A table; on a phone one block a row, each cell under the name of its column. What is still too wide can be scrolled. */
export function Table(props: {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly ComponentChildren[])[];
  numeric?: readonly number[];
  empty?: string;
}) {
  const t = useSharedText();
  const numeric = (index: number): string =>
    props.numeric?.includes(index) ? ' govuk-table__cell--numeric' : '';
  if (props.rows.length === 0) return <p class="govuk-body">{props.empty ?? t('nothing-here')}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section class="psqm-scroll" aria-label={props.caption} tabIndex={0}>
      <table class="govuk-table psqm-table" {...as('table')}>
        <caption class="govuk-table__caption govuk-table__caption--m">{props.caption}</caption>
        <thead class="govuk-table__head" {...as('rowgroup')}>
          <tr class="govuk-table__row" {...as('row')}>
            {props.head.map((name, index) => (
              <th
                scope="col"
                class={`govuk-table__header${numeric(index)}`}
                key={name}
                {...as('columnheader')}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="govuk-table__body" {...as('rowgroup')}>
          {props.rows.map((row, at) => (
            <tr class="govuk-table__row" key={at} {...as('row')}>
              {row.map((cell, index) => (
                <td
                  class={`govuk-table__cell${numeric(index)}`}
                  key={index}
                  data-label={props.head[index]}
                  {...as('cell')}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Tells that something went well; takes the focus only where what had it is gone, as a form that was sent. */
export function Notice(props: { children: ComponentChildren; success?: boolean }) {
  const t = useSharedText();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) box.current?.focus();
  }, []);
  return (
    <section
      ref={box}
      tabIndex={-1}
      class={`govuk-notification-banner${props.success ? ' govuk-notification-banner--success' : ''}`}
      role={props.success ? 'alert' : 'region'}
      aria-label={t(props.success ? 'done' : 'important')}
    >
      <div class="govuk-notification-banner__content">
        <p class="govuk-notification-banner__heading">{props.children}</p>
      </div>
    </section>
  );
}

/** Details that open on request. */
export function Details(props: { summary: string; open?: boolean; children: ComponentChildren }) {
  return (
    <details class="govuk-details" open={props.open}>
      <summary class="govuk-details__summary">
        <span class="govuk-details__summary-text">{props.summary}</span>
      </summary>
      <div class="govuk-details__text">{props.children}</div>
    </details>
  );
}
