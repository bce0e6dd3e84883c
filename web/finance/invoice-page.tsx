import { financeContract } from '../../functions/http/finance/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, formatPence, Loading, SummaryList, Table, Tag } from '../shared/show.tsx';
import { InvoiceTag } from './invoice-tag.tsx';
import { lineAddress } from './line-facts.tsx';
import { useText } from './texts.ts';

type Invoice = RouteResponse<typeof financeContract.getInvoice>;

/** One invoice: what is owed, its papers, what was paid on it and from where, and all that happened. */
export function InvoicePage(props: { invoiceNumber?: string }) {
  const invoice = useApi(financeContract.getInvoice, {
    params: { invoiceNumber: props.invoiceNumber ?? '' },
  });
  return <Loading of={invoice}>{(data) => <InvoiceView invoice={data} />}</Loading>;
}

function InvoiceView({ invoice }: { invoice: Invoice }) {
  const t = useText();
  return (
    <>
      <a class="govuk-back-link" href="/finance/invoices">
        {t('invoices.back')}
      </a>
      <Heading caption={invoice.schoolName}>{t('invoice.title', { number: invoice.invoiceNumber })}</Heading>
      <p class="govuk-body">
        <InvoiceTag invoice={invoice} />
      </p>
      <SummaryList
        rows={[
          { key: t('invoice.owed'), value: <strong>{formatPence(invoice.balancePence)}</strong> },
          { key: t('invoice.amount'), value: formatPence(invoice.grossPence) },
          { key: t('invoice.paid'), value: formatPence(invoice.allocatedPence) },
          ...(invoice.creditedPence === 0
            ? []
            : [{ key: t('invoice.credited'), value: formatPence(invoice.creditedPence) }]),
          { key: t('invoice.reference'), value: invoice.paymentReference },
          {
            key: t('invoice.dates'),
            value: t('invoice.dates-value', {
              issued: formatDay(invoice.issuedOn),
              due: formatDay(invoice.dueOn),
            }),
          },
          { key: t('invoice.payer'), value: invoice.payerName },
          { key: t('invoice.order'), value: invoice.purchaseOrder ?? t('invoice.no-order') },
          {
            key: t('invoice.registration'),
            value:
              invoice.registrationStatus === null
                ? t('brought-over.title')
                : `${invoice.registrationReference}: ${t(`registration-status.${invoice.registrationStatus}`)}`,
          },
          ...(invoice.documents.length === 0
            ? []
            : [
                {
                  key: t('invoice.papers'),
                  value: invoice.documents.map((paper) => (
                    <div key={`${paper.kind}${paper.number}`}>
                      <a class="govuk-link" href={paper.url}>
                        {t(`paper.${paper.kind}`, { number: paper.number })}
                      </a>
                      , {formatDay(paper.issuedOn)}
                    </div>
                  )),
                },
              ]),
        ]}
      />
      <Payments invoice={invoice} />
      <History invoice={invoice} />
    </>
  );
}

function Payments({ invoice }: { invoice: Invoice }) {
  const t = useText();
  return (
    <Table
      caption={t('invoice.payments')}
      head={[t('invoice.when'), t('invoice.amount'), t('invoice.from'), t('invoice.why')]}
      numeric={[1]}
      empty={t('invoice.no-payments')}
      rows={invoice.allocations.map((one) => [
        formatInstant(one.at),
        formatPence(one.pence),
        one.source.kind === 'LINE' ? (
          <a class="govuk-link" href={lineAddress(one.source.lineId)}>
            {t('invoice.from-line')}
          </a>
        ) : (
          t('invoice.from-credit')
        ),
        <>
          {one.automatic ? t('uses.by-itself') : one.by}: {one.reason}
          {one.reversed !== null && (
            <>
              <br />
              <Tag colour="grey">{t('uses.taken-back')}</Tag>{' '}
              {t('uses.back-by', {
                when: formatInstant(one.reversed.at),
                name: one.reversed.by,
                reason: one.reversed.reason,
              })}
            </>
          )}
        </>,
      ])}
    />
  );
}

function History({ invoice }: { invoice: Invoice }) {
  const t = useText();
  return (
    <>
      <h2 class="govuk-heading-m">{t('invoice.history')}</h2>
      <ol class="govuk-list psqm-timeline">
        {invoice.history.map((entry, index) => (
          <li key={`${entry.at}${index}`}>
            <span class="psqm-when">{formatInstant(entry.at)}</span> <strong>{entry.what}</strong>
            {entry.by !== '' && `, ${entry.by}`}
            {entry.detail !== '' && (
              <>
                <br />
                {entry.detail}
              </>
            )}
            {entry.reason !== null && (
              <>
                <br />
                {t('invoice.reason', { reason: entry.reason })}
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
