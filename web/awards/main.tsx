import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { awardsContract } from '../../functions/http/awards/contract.ts';
import { awardedLevel } from '../../functions/programme/model.ts';
import cy from '../../programme/texts/pages-awards/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-awards/en.json' with { type: 'json' };
import { useApi } from '../shared/api.ts';
import { Button, Choices, Form, Select, TextInput } from '../shared/forms.tsx';
import { createPageTexts, useLanguage } from '../shared/language.ts';
import { Heading, Shell, startPages } from '../shared/page.tsx';
import { formatDay, Loading, Table } from '../shared/show.tsx';

const useText = createPageTexts({ en, cy });

/** The public register: the search is in the address, so that a list can be passed on. */
function AwardsPage() {
  const t = useText();
  const language = useLanguage();
  const { query, route } = useLocation();
  const search = query.search ?? '';
  const level = awardedLevel.safeParse(query.level).data;
  const show = query.show === 'all' ? 'all' : 'valid';
  const page = /^[1-9]\d{0,2}$/.test(query.page ?? '') ? Number(query.page) : 1;
  const found = useApi(awardsContract.searchRegister, { query: { search, level, show, page } });
  const [typed, setTyped] = useState({ search, level: level ?? '', show: String(show) });
  useEffect(() => setTyped({ search, level: level ?? '', show }), [search, level, show]);
  const address = (next: typeof typed, at: number): string =>
    `/awards/?${new URLSearchParams({ ...next, page: String(at) })}`;
  const current = { search, level: level ?? '', show };
  return (
    <Shell service={t('service')}>
      <Heading>{t('title')}</Heading>
      <p class="govuk-body">{t('lead')}</p>
      <Form onSubmit={() => route(address(typed, 1))} label={t('button')}>
        <TextInput
          name="search"
          type="search"
          label={t('search')}
          value={typed.search}
          onInput={(value) => setTyped({ ...typed, search: value })}
          width={20}
        />
        <Select
          name="level"
          label={t('level')}
          value={typed.level}
          onChange={(value) => setTyped({ ...typed, level: value })}
          options={[
            { value: '', label: t('any-level') },
            ...awardedLevel.options.map((value) => ({ value, label: t(`levels.${value}`) })),
          ]}
        />
        <Choices
          name="show"
          label={t('show')}
          inline
          value={[typed.show]}
          onChange={([value]) => setTyped({ ...typed, show: value ?? 'valid' })}
          options={[
            { value: 'valid', label: t('show-valid') },
            { value: 'all', label: t('show-all') },
          ]}
        />
        <Button type="submit">{t('button')}</Button>
      </Form>
      <Loading of={found}>
        {(data) => (
          <>
            <p class="govuk-body" role="status">
              {data.total === 0
                ? t('found-none')
                : t('found', { total: data.total, page: data.page, pages: data.pages })}
            </p>
            {data.total > 0 && (
              <Table
                caption={t('caption')}
                head={[t('school'), t('place'), t('level'), t('round'), t('until'), t('standing')]}
                rows={data.awards.map((award) => [
                  <a
                    key="school"
                    class="govuk-link"
                    href={`/verify/?number=${encodeURIComponent(award.certificateNumber)}`}
                  >
                    {award.schoolName}
                  </a>,
                  award.town,
                  t(`levels.${award.level}`),
                  award.roundLabel[language],
                  formatDay(award.expiresOn),
                  t(award.standing),
                ])}
              />
            )}
            {data.pages > 1 && (
              <nav class="govuk-button-group" aria-label={t('pages')}>
                {data.page > 1 && (
                  <a class="govuk-link" rel="prev" href={address(current, data.page - 1)}>
                    {t('previous')}
                  </a>
                )}
                {data.page < data.pages && (
                  <a class="govuk-link" rel="next" href={address(current, data.page + 1)}>
                    {t('next')}
                  </a>
                )}
              </nav>
            )}
          </>
        )}
      </Loading>
    </Shell>
  );
}

startPages(<AwardsPage />);
