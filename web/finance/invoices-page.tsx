import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { financeContract } from '../../functions/http/finance/contract.ts';
import { useApi } from '../shared/api.ts';
import { Button, Choices, Form, TextInput } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Loading } from '../shared/show.tsx';
import { InvoicesTable } from './invoices-table.tsx';
import { useText } from './texts.ts';

/** Finds invoices by whatever a caller has at hand; the search is in the address. */
export function InvoicesPage() {
  const t = useText();
  const { query, route } = useLocation();
  const q = query.q ?? '';
  const open = query.open === 'true';
  const [typed, setTyped] = useState({ q, open });
  const [limit, setLimit] = useState(50);
  useEffect(() => {
    setTyped({ q, open });
    setLimit(50);
  }, [q, open]);
  const found = useApi(financeContract.searchInvoices, {
    query: { q, open: open ? 'true' : 'false', limit },
  });
  const search = (): void =>
    route(`/finance/invoices?${new URLSearchParams({ q: typed.q, open: String(typed.open) })}`);
  return (
    <>
      <Heading>{t('invoices.title')}</Heading>
      <p class="govuk-body">
        <a class="govuk-link" href="/finance/brought-over">
          {t('brought-over.title')}
        </a>
        {' · '}
        <a class="govuk-link" href="/finance/payers">
          {t('payers.title')}
        </a>
      </p>
      <Form onSubmit={search} label={t('invoices.search')}>
        <TextInput
          name="q"
          type="search"
          label={t('invoices.words')}
          hint={t('invoices.words-hint')}
          value={typed.q}
          onInput={(value) => setTyped({ ...typed, q: value })}
        />
        <Choices
          multiple
          name="open"
          label={t('invoices.which')}
          options={[{ value: 'open', label: t('invoices.only-open') }]}
          value={typed.open ? ['open'] : []}
          onChange={(value) => setTyped({ ...typed, open: value.includes('open') })}
        />
        <Button type="submit">{t('invoices.search')}</Button>
      </Form>
      <Loading of={found}>
        {(data) => (
          <>
            <p class="govuk-body" role="status">
              {t('invoices.found', { count: data.total })}
            </p>
            <InvoicesTable
              caption={t('invoices.table')}
              empty={t('invoices.none')}
              invoices={data.invoices}
            />
            {data.invoices.length < data.total && limit < 1000 && (
              <Button secondary onClick={() => setLimit(1000)}>
                {t('invoices.show-all', { count: data.total })}
              </Button>
            )}
          </>
        )}
      </Loading>
    </>
  );
}
