import type { financeContract } from '../../functions/http/finance/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { formatDay, formatPence, Table } from '../shared/show.tsx';
import { InvoiceTag } from './invoice-tag.tsx';
import { invoiceAddress } from './line-facts.tsx';
import { useText } from './texts.ts';

/** Invoices in a list, each with what it owes. */
export function InvoicesTable(props: {
  caption: string;
  empty: string;
  invoices: RouteResponse<typeof financeContract.searchInvoices>['invoices'];
}) {
  const t = useText();
  return (
    <Table
      caption={props.caption}
      head={[
        t('invoices.invoice'),
        t('invoices.school'),
        t('invoices.due'),
        t('invoices.amount'),
        t('invoices.owed'),
        t('invoices.status'),
      ]}
      numeric={[3, 4]}
      empty={props.empty}
      rows={props.invoices.map((one) => [
        <>
          <a class="govuk-link" href={invoiceAddress(one.invoiceNumber)}>
            {one.invoiceNumber}
          </a>
          <br />
          {one.paymentReference}
        </>,
        <>
          {one.schoolName}
          <br />
          <span class="psqm-when">{one.town}</span>
        </>,
        formatDay(one.dueOn),
        formatPence(one.grossPence),
        formatPence(one.balancePence),
        <InvoiceTag invoice={one} />,
      ])}
    />
  );
}
