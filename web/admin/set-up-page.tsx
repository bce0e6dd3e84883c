import { Heading } from '../shared/page.tsx';
import { useAudience } from './audience.ts';
import { useText } from './texts.ts';

const parts = ['rounds', 'hubs', 'people', 'funders', 'register', 'awards'] as const;

/** All that the programme is made of, in the order in which a new one is set up. */
export function SetUpPage() {
  const t = useText();
  const { base } = useAudience();
  return (
    <>
      <Heading>{t('set-up.title')}</Heading>
      <p class="govuk-body">{t('set-up.lead')}</p>
      <ol class="govuk-list govuk-list--number govuk-list--spaced">
        {parts.map((part) => (
          <li key={part}>
            <a class="govuk-link govuk-!-font-weight-bold" href={`${base}/${part}`}>
              {t(`set-up.${part}.title`)}
            </a>
            <br />
            {t(`set-up.${part}.text`)}
          </li>
        ))}
      </ol>
    </>
  );
}

/** Leads from one part back to all of them. */
export function BackToSetUp() {
  const t = useText();
  const { base } = useAudience();
  return (
    <a class="govuk-back-link" href={`${base}/set-up`}>
      {t('set-up.back')}
    </a>
  );
}
