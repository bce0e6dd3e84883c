import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { awardsContract } from '../../functions/http/awards/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import cy from '../../programme/texts/pages-verify/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-verify/en.json' with { type: 'json' };
import { useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextInput } from '../shared/forms.tsx';
import { createPageTexts, useLanguage } from '../shared/language.ts';
import { Heading, Shell, startPages } from '../shared/page.tsx';
import { formatDay, Loading, SummaryList } from '../shared/show.tsx';

const useText = createPageTexts({ en, cy });
type Verified = RouteResponse<typeof awardsContract.verifyCertificate>;

/** Says in words whether a certificate stands; its QR code leads here with `?number=`. */
function VerifyPage() {
  const t = useText();
  const { query, route } = useLocation();
  const asked = query.number ?? '';
  const [number, setNumber] = useState(asked);
  const [missing, setMissing] = useState(false);
  useEffect(() => setNumber(asked), [asked]);
  const found = useApi(
    awardsContract.verifyCertificate,
    asked === '' ? undefined : { params: { number: asked } },
  );
  const verify = (): void => {
    const typed = number.trim();
    setMissing(typed === '');
    if (typed !== '' && typed !== asked) route(`/verify/?number=${encodeURIComponent(typed)}`);
    else if (typed !== '') void found.reload();
  };
  const errors: Record<string, string> = missing ? { number: t('number-needed') } : {};
  return (
    <Shell service={t('service')}>
      <ErrorSummary errors={errors} />
      <Heading>{t('title')}</Heading>
      {asked !== '' && (
        <div aria-live="polite" aria-busy={found.loading}>
          <Loading of={found}>{(data) => <Result number={asked} found={data} />}</Loading>
        </div>
      )}
      <p class="govuk-body">{t('lead')}</p>
      <Form onSubmit={verify}>
        <TextInput
          name="number"
          label={t('number')}
          hint={t('number-hint')}
          value={number}
          onInput={setNumber}
          error={errors.number}
          width={20}
        />
        <Button type="submit">{t('button')}</Button>
      </Form>
      <p class="govuk-body">
        <a class="govuk-link" href="/awards/">
          {t('register')}
        </a>
      </p>
    </Shell>
  );
}

function Result(props: { number: string; found: Verified }) {
  const t = useText();
  const language = useLanguage();
  const { award, result } = props.found;
  return (
    <section class={`psqm-result psqm-result--${result === 'VALID' ? 'good' : 'bad'}`}>
      <h2 class="govuk-heading-s">{t('checked', { number: props.number })}</h2>
      <p class="govuk-body-l">
        <span aria-hidden="true">{result === 'VALID' ? '✓ ' : '✕ '}</span>
        {t(result)}
      </p>
      {award !== null && (
        <SummaryList
          rows={[
            { key: t('school'), value: award.schoolName },
            { key: t('place'), value: award.town },
            { key: t('level'), value: t(`levels.${award.level}`) },
            { key: t('round'), value: award.roundLabel[language] },
            { key: t('awarded'), value: formatDay(award.awardedOn) },
            { key: t('expires'), value: formatDay(award.expiresOn) },
          ]}
        />
      )}
    </section>
  );
}

startPages(<VerifyPage />);
