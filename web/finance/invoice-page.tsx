import { useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import {
  Details,
  formatDay,
  formatInstant,
  formatPence,
  Loading,
  Notice,
  SummaryList,
  Table,
  Tag,
} from '../shared/show.tsx';
import { AmountForm } from './amount-form.tsx';
import { InvoiceForms } from './invoice-forms.tsx';
import { InvoiceTag } from './invoice-tag.tsx';
import { invoiceAddress, lineAddress, payerAddress } from './line-facts.tsx';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

type Invoice = RouteResponse<typeof financeContract.getInvoice>;

/** One invoice: what is owed, its papers, what was paid on it and from where, and all that happened. */
export function InvoicePage(props: { invoiceNumber?: string }) {
  const invoice = useApi(financeContract.getInvoice, {
    params: { invoiceNumber: props.invoiceNumber ?? '' },
  });
  return <Loading of={invoice}>{(data) => <InvoiceView invoice={data} reload={invoice.reload} />}</Loading>;
}

function InvoiceView({ invoice, reload }: { invoice: Invoice; reload: () => Promise<void> }) {
  const t = useText();
  const mayAct = useMayAct();
  const [told, setTold] = useState<string | undefined>(undefined);
  return (
    <>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
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
          ...(invoice.writtenOffPence === 0
            ? []
            : [{ key: t('invoice.written-off'), value: formatPence(invoice.writtenOffPence) }]),
          { key: t('invoice.reference'), value: invoice.paymentReference },
          {
            key: t('invoice.dates'),
            value: t('invoice.dates-value', {
              issued: formatDay(invoice.issuedOn),
              due: formatDay(invoice.dueOn),
            }),
          },
          {
            key: t('invoice.payer'),
            value:
              invoice.payerRef === null ? (
                invoice.payerName
              ) : (
                <a class="govuk-link" href={payerAddress(invoice.payerRef)}>
                  {invoice.payerName}
                </a>
              ),
          },
          { key: t('invoice.order'), value: invoice.purchaseOrder ?? t('invoice.no-order') },
          ...(invoice.hold === null
            ? []
            : [
                {
                  key: t('hold.title'),
                  value: t(`hold.is-${invoice.hold.until === null ? 'open' : 'until'}`, {
                    kind: t(`hold.kinds.${invoice.hold.kind}`),
                    reason: invoice.hold.reason,
                    day: invoice.hold.until === null ? '' : formatDay(invoice.hold.until),
                  }),
                },
              ]),
          ...[...invoice.replaces, ...(invoice.replacedBy === null ? [] : [invoice.replacedBy])].map(
            (number) => ({
              key: t(number === invoice.replacedBy ? 'invoice.replaced-by' : 'invoice.replaces'),
              value: (
                <a class="govuk-link" href={invoiceAddress(number)}>
                  {number}
                </a>
              ),
            }),
          ),
          {
            key: t('invoice.registration'),
            value:
              invoice.registrationStatus === null
                ? t(invoice.lines.length > 1 ? 'invoice.several' : 'brought-over.title')
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
      {invoice.lines.length > 1 && <Lines invoice={invoice} />}
      {mayAct && invoice.balancePence > 0 && invoice.replacedBy === null && (
        <InvoiceForms
          invoice={invoice}
          done={async (said) => {
            await reload();
            setTold(said);
          }}
        />
      )}
      {mayAct && invoice.balancePence > 0 && (
        <Details summary={t('write-off.title')}>
          <AmountForm
            key={invoice.balancePence}
            name="write-off"
            title={t('write-off.title')}
            hint={t('write-off.hint')}
            pence={invoice.balancePence}
            amountLabel={t('write-off.amount')}
            reasonLabel={t('write-off.reason')}
            button={t('write-off.button')}
            run={async (body) => {
              const { invoiceNumber } = invoice;
              await call(financeBooksContract.requestWriteOff, { params: { invoiceNumber }, body });
              await reload();
              setTold(
                t('write-off.asked', { amount: formatPence(body.pence), invoice: invoice.invoiceNumber }),
              );
            }}
          />
        </Details>
      )}
      <Payments invoice={invoice} />
      <Requests invoice={invoice} />
      <History invoice={invoice} />
    </>
  );
}

function Lines({ invoice }: { invoice: Invoice }) {
  const t = useText();
  return (
    <Table
      caption={t('invoice.lines')}
      head={[t('invoices.school'), t('invoice.amount'), t('invoices.status')]}
      numeric={[1]}
      rows={invoice.lines.map((line) => [
        line.schoolName ?? line.description,
        formatPence(line.netPence),
        line.creditNoteNumber === undefined
          ? ''
          : t('invoice.line-credited', { number: line.creditNoteNumber }),
      ])}
    />
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

/** Write-offs and refunds that were asked for beside this invoice. */
function Requests({ invoice }: { invoice: Invoice }) {
  const t = useText();
  const requests = [
    ...invoice.writeOffs.map((one) => ({
      ...one,
      what: t('write-off.line-write-off', { amount: formatPence(one.pence) }),
    })),
    ...invoice.refunds.map((one) => ({
      ...one,
      what: t('write-off.line-refund', { amount: formatPence(one.pence) }),
    })),
  ].sort((a, b) => a.requestedAt.localeCompare(b.requestedAt));
  if (requests.length === 0) return null;
  return (
    <Table
      caption={t('write-off.waiting')}
      head={[t('invoice.when'), t('approvals.title'), t('invoices.status'), t('invoice.why')]}
      rows={requests.map((one) => [
        formatInstant(one.requestedAt),
        'paid' in one && one.paid !== null ? (
          <a class="govuk-link" href={lineAddress(one.paid.lineId)}>
            {one.what}
          </a>
        ) : (
          one.what
        ),
        t(`request-status.${one.status}`),
        one.reason,
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
