import { useState } from 'preact/hooks';
import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { formatInstant, formatPence, Loading, Notice, Table, Tag } from '../shared/show.tsx';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

/** Closed months, and the next one with its check list. */
export function MonthsPage() {
  const t = useText();
  const months = useApi(financeBooksContract.listMonths);
  const [told, setTold] = useState<string | undefined>(undefined);
  return (
    <>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <a class="govuk-back-link" href="/finance/books">
        {t('books.title')}
      </a>
      <Heading>{t('months.title')}</Heading>
      <p class="govuk-body">{t('months.lead')}</p>
      <Loading of={months}>
        {(data) => (
          <>
            {data.next === null ? (
              <p class="govuk-body">{t('months.nothing')}</p>
            ) : (
              <NextMonth
                key={data.next}
                month={data.next}
                done={async (message) => {
                  await months.reload();
                  setTold(message);
                }}
              />
            )}
            <Table
              caption={t('months.table')}
              head={[t('months.month'), t('months.by'), t('months.postings'), t('invoice.why')]}
              numeric={[2]}
              empty={t('months.none')}
              rows={data.closed.map((one) => [
                one.month,
                `${one.closedBy}, ${formatInstant(one.closedAt)}`,
                one.postings,
                one.reason,
              ])}
            />
          </>
        )}
      </Loading>
    </>
  );
}

function NextMonth({ month, done }: { month: string; done: (message: string) => Promise<void> }) {
  const t = useText();
  const mayAct = useMayAct();
  const list = useApi(financeBooksContract.checkMonth, { params: { month } });
  return (
    <Loading of={list}>
      {(data) => (
        <>
          <Table
            caption={t('months.next', { month })}
            head={[t('months.check'), t('months.state')]}
            rows={data.checks.map((one) => [
              t(`months.checks.${one.check}`),
              <>
                <Tag colour={one.holds ? 'green' : 'red'}>
                  {t(one.holds ? 'months.holds' : 'months.fails')}
                </Tag>
                {one.pence !== null && ` ${t('months.off', { amount: formatPence(one.pence) })}`}
              </>,
            ])}
          />
          {mayAct && data.checks.every(({ holds }) => holds) && (
            <ReasonForm
              name="close-month"
              label={t('months.close', { month })}
              button={t('months.close', { month })}
              warning
              run={async (reason) => {
                await call(financeBooksContract.closeMonth, { params: { month }, body: { reason } });
                await done(t('months.closed', { month }));
              }}
            />
          )}
        </>
      )}
    </Loading>
  );
}
