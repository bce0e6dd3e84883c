import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import { useApi } from '../shared/api.ts';
import { formatDay, formatPence, Loading, Table } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** Income by source, costs and bank movements of a period. */
export function ReportPart({ from, to }: { from: string; to: string }) {
  const t = useText();
  if (from === '' || to === '') return <p class="govuk-body">{t('report.choose')}</p>;
  return <Figures from={from} to={to} />;
}

function Figures({ from, to }: { from: string; to: string }) {
  const t = useText();
  const report = useApi(financeBooksContract.getPeriodReport, { query: { from, to } });
  return (
    <Loading of={report}>
      {(data) => (
        <Table
          caption={`${t('report.title')}: ${formatDay(data.from)} – ${formatDay(data.to)}`}
          head={[t('report.figure'), t('report.amount')]}
          numeric={[1]}
          rows={[
            [t('report.fees'), formatPence(data.feesPence)],
            ...data.otherIncome.map((one) => [
              t('report.income', { source: one.name }),
              formatPence(one.pence),
            ]),
            [<strong>{t('report.total')}</strong>, <strong>{formatPence(data.incomePence)}</strong>],
            ...data.otherCosts.map((one) => [
              t('report.costs', { source: one.name }),
              formatPence(one.pence),
            ]),
            [t('report.written-off'), formatPence(data.writtenOffPence)],
            [t('report.vat'), formatPence(data.vatPence)],
            [t('report.refunded'), formatPence(data.refundedPence)],
            [t('report.bank-in'), formatPence(data.bankInPence)],
            [t('report.bank-out'), formatPence(data.bankOutPence)],
          ]}
        />
      )}
    </Loading>
  );
}
