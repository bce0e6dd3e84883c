import type { financeContract } from '../../functions/http/finance/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { formatDay, formatPence, SummaryList, Tag, type TagColour } from '../shared/show.tsx';
import { useText } from './texts.ts';

export type Line = RouteResponse<typeof financeContract.listQueue>['lines'][number];
export type Candidate = Line['candidates'][number];

export const lineAddress = (lineId: string): string => `/finance/lines/${encodeURIComponent(lineId)}`;
export const invoiceAddress = (invoiceNumber: string): string =>
  `/finance/invoices/${encodeURIComponent(invoiceNumber)}`;

export const payerAddress = (payerRef: string): string => `/finance/payers/${encodeURIComponent(payerRef)}`;

function colourOf(status: Line['status']): TagColour {
  switch (status) {
    case 'MATCHED':
    case 'ALLOCATED':
      return 'green';
    case 'SUSPENSE':
      return 'yellow';
    case 'PARKED':
      return 'blue';
    case 'SEEN':
    case 'OUTGOING':
    case 'PAID_OUT':
      return 'grey';
  }
}

/** How a bank line stands, in words. */
export function LineTag({ status }: { status: Line['status'] }) {
  const t = useText();
  return <Tag colour={colourOf(status)}>{t(`line-status.${status}`)}</Tag>;
}

/** What the bank says of a payment. */
export function LineFacts({ line }: { line: Line }) {
  const t = useText();
  const unknown = <span class="psqm-when">{t('line.not-given')}</span>;
  return (
    <SummaryList
      rows={[
        {
          key: t('line.amount'),
          value: (
            <>
              <strong>{formatPence(line.direction === 'DEBIT' ? -line.pence : line.pence)}</strong>
              {line.openPence === 0 && ` (${t('line.all-used')})`}
              {line.openPence > 0 &&
                line.openPence < line.pence &&
                ` (${t('line.open', { amount: formatPence(line.openPence) })})`}
            </>
          ),
        },
        { key: t('line.booked'), value: formatDay(line.bookedOn) },
        { key: t('line.payer'), value: line.payerName === '' ? unknown : line.payerName },
        {
          key: t('line.narrative'),
          value: line.narrative === '' ? unknown : <span class="psqm-wrap">{line.narrative}</span>,
        },
        ...(line.endToEndId === '' || line.endToEndId === 'NOTPROVIDED'
          ? []
          : [{ key: t('line.end-to-end'), value: <span class="psqm-wrap">{line.endToEndId}</span> }]),
        ...(line.queuedBecause === null ? [] : [{ key: t('line.because'), value: line.queuedBecause }]),
      ]}
    />
  );
}

/** Why an invoice may be what a line pays. */
export function Why({ candidate }: { candidate: Candidate }) {
  return (
    <ul class="govuk-list govuk-list--bullet">
      {candidate.why.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}
