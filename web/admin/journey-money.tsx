import { formatDay, formatInstant, formatPence, Table } from '../shared/show.tsx';
import type { Journey } from './journey-page.tsx';
import { useText } from './texts.ts';

const invoicePage = (number: string): string => `/finance/invoices/${encodeURIComponent(number)}`;

/** Invoices, credit notes and bank statements of a school; finance's pages have the rest. */
export function JourneyMoney({ money }: { money: Journey['money'] }) {
  const t = useText();
  const { invoices, creditNotes, payments } = money;
  if (invoices.length === 0) return null;
  return (
    <>
      <h2 class="govuk-heading-m">{t('money.title')}</h2>
      <Table
        caption={t('money.papers')}
        head={[t('money.paper'), t('money.issued'), t('money.due'), t('money.amount'), t('money.owed')]}
        rows={[
          ...invoices.map((one) => [
            <a key={one.invoiceNumber} class="govuk-link" href={invoicePage(one.invoiceNumber)}>
              {t('money.invoice', { number: one.invoiceNumber })}
            </a>,
            formatDay(one.issuedOn),
            formatDay(one.dueOn),
            formatPence(one.grossPence),
            formatPence(one.balancePence),
          ]),
          ...creditNotes.map((one) => [
            <a key={one.creditNoteNumber} class="govuk-link" href={invoicePage(one.invoiceNumber)}>
              {t('money.credit-note', { number: one.creditNoteNumber })}
            </a>,
            formatDay(one.issuedOn),
            '',
            formatPence(-one.grossPence),
            '',
          ]),
        ]}
      />
      <Table
        caption={t('money.payments')}
        head={[t('money.when'), t('money.what'), t('money.amount'), t('money.statement')]}
        empty={t('money.no-payments')}
        rows={payments.map((one) => [
          formatInstant(one.at),
          <>
            {t(`money.kinds.${one.kind}`, { number: one.invoiceNumber })}
            {one.reversedAt === null
              ? ''
              : ` (${t('money.reversed', { when: formatInstant(one.reversedAt) })})`}
          </>,
          formatPence(one.pence),
          one.statement === null ? (
            t('money.from-credit')
          ) : (
            <a class="govuk-link" href={`/finance/statements/${one.statement.statementId}`}>
              {one.statement.fileName}
            </a>
          ),
        ])}
      />
    </>
  );
}
