import { Heading } from '../shared/page.tsx';
import { formatInstant, formatPence } from '../shared/show.tsx';
import { lastSent } from './store.ts';
import { useText } from './texts.ts';

/** Confirms what was sent: the reference, and what happens next. */
export function DonePage() {
  const t = useText();
  const sent = lastSent();
  if (sent === undefined)
    return (
      <>
        <Heading>{t('done.nothing')}</Heading>
        <p class="govuk-body">
          <a class="govuk-link" href="/register/">
            {t('done.to-start')}
          </a>
        </p>
      </>
    );
  const own = `/register/registrations/${sent.registrationId}`;
  return (
    <>
      <div class="govuk-panel govuk-panel--confirmation psqm-panel">
        <Heading>{t(sent.corrected ? 'done.title-corrected' : 'done.title')}</Heading>
        <div class="govuk-panel__body">
          {t('done.reference')}
          <br />
          <strong>{sent.reference}</strong>
        </div>
      </div>
      {sent.repeated && <p class="govuk-inset-text">{t('done.repeated')}</p>}
      <p class="govuk-body">{t('done.mailed', { school: sent.schoolName, email: sent.email })}</p>
      <h2 class="govuk-heading-m">{t('done.next')}</h2>
      <ol class="govuk-list govuk-list--number govuk-list--spaced">
        {sent.correctableUntil !== '' && (
          <li>{t('done.correct', { until: formatInstant(sent.correctableUntil) })}</li>
        )}
        <li>{t('done.hub')}</li>
        <li>
          {sent.payerKind === 'FUNDER'
            ? t('done.funded')
            : t('done.invoice', { fee: formatPence(sent.feePence) })}
        </li>
        <li>{t('done.training')}</li>
      </ol>
      <p class="govuk-body">
        <a class="govuk-link" href={own}>
          {t('done.own')}
        </a>
      </p>
      <p class="govuk-body">
        <a class="govuk-link" href="/register/">
          {t('done.another')}
        </a>
      </p>
    </>
  );
}
