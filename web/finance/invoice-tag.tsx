import type { InvoiceStatus } from '../../functions/payments/model.ts';
import { Tag } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** How an invoice stands, and by how many days it is overdue. */
export function InvoiceTag({ invoice }: { invoice: { status: InvoiceStatus; overdueDays: number } }) {
  const t = useText();
  switch (invoice.status) {
    case 'PAID':
      return <Tag colour="green">{t('invoice-status.PAID')}</Tag>;
    case 'CREDITED':
      return <Tag colour="grey">{t('invoice-status.CREDITED')}</Tag>;
    case 'ISSUED':
    case 'PART_PAID':
      return (
        <>
          <Tag colour={invoice.overdueDays > 0 ? 'red' : 'yellow'}>
            {t(`invoice-status.${invoice.status}`)}
          </Tag>
          {invoice.overdueDays > 0 && ` ${t('invoices.overdue', { days: invoice.overdueDays })}`}
        </>
      );
  }
}
