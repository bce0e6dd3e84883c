import type { ComponentChildren } from 'preact';
import type * as z from 'zod';
import type { nextView } from '../../functions/submissions/views.ts';
import { formatInstant, Tag } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** What is asked for next, of whom, and by when. */
export function NextStep(props: {
  next: z.output<typeof nextView>;
  level: 'h2' | 'h3';
  children?: ComponentChildren;
}) {
  const t = useText();
  const { next } = props;
  const Title = props.level;
  return (
    <section class={`psqm-next${next.late ? ' psqm-next--late' : ''}`}>
      <Title class="govuk-heading-m">
        {t('next.label')}: {next.title}
      </Title>
      <p class="govuk-body">{next.text}</p>
      <p class="govuk-body">
        {next.by !== null && (
          <>
            <strong>{t('next.by', { by: formatInstant(next.by) })}</strong>{' '}
          </>
        )}
        {next.late && <Tag colour="red">{t('next.late')}</Tag>}
      </p>
      <p class="govuk-hint">{t(`next.who.${next.who}`)}</p>
      {props.children}
    </section>
  );
}
