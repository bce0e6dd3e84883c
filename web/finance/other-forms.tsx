import { useState } from 'preact/hooks';
import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Select } from '../shared/forms.tsx';
import { Details, formatPence, Loading } from '../shared/show.tsx';
import { AmountForm } from './amount-form.tsx';
import type { LineWithHistory } from './line-page.tsx';
import { useText } from './texts.ts';

interface FormProps {
  readonly line: LineWithHistory;
  readonly done: (message: string) => Promise<void>;
}

/** Says that a payment is a grant or other income, or for money that left, what it was for. */
export function OtherForm({ line, done }: FormProps) {
  const t = useText();
  const sources = useApi(financeBooksContract.listSources);
  const [source, setSource] = useState('');
  const isIncome = line.direction === 'CREDIT';
  const title = t(isIncome ? 'other.title' : 'other.cost-title');
  return (
    <Details summary={title}>
      <Loading of={sources}>
        {(data) => {
          const known = isIncome ? data.income : data.costs;
          return (
            <AmountForm
              name="other"
              title={title}
              pence={isIncome ? line.openPence : line.pence}
              whole={!isIncome}
              amountLabel={t('other.amount')}
              reasonLabel={t('other.reason')}
              button={t('other.button')}
              run={async ({ requestId, pence, reason }) => {
                await call(financeBooksContract.enterOther, {
                  params: { lineId: line.lineId },
                  body: { requestId, source, pence, reason },
                });
                const name = known.find(({ id }) => id === source)?.name ?? source;
                await done(t('other.done', { amount: formatPence(pence), source: name }));
              }}
            >
              {(field, errors) => (
                <Select
                  name={field('source')}
                  label={t('other.source')}
                  value={source}
                  onChange={setSource}
                  options={[
                    { value: '', label: t('other.choose') },
                    ...known.map(({ id, name }) => ({ value: id, label: name })),
                  ]}
                  error={errors.source}
                />
              )}
            </AmountForm>
          );
        }}
      </Loading>
    </Details>
  );
}

/** Says which approved refund a line of money that left has paid. */
export function RefundOfLineForm({ line, done }: FormProps) {
  const t = useText();
  const approvals = useApi(financeBooksContract.listApprovals);
  const [chosen, setChosen] = useState('');
  return (
    <Details summary={t('other.refund-title')}>
      <Loading of={approvals}>
        {({ due }) => {
          const fitting = due.filter(({ pence }) => pence === line.pence);
          const refund = fitting.find(({ refundId }) => refundId === chosen) ?? fitting[0];
          return refund === undefined ? (
            <p class="govuk-body">{t('other.refund-none')}</p>
          ) : (
            <AmountForm
              name="refund"
              title={t('other.refund-title')}
              pence={line.pence}
              whole
              amountLabel={t('other.amount')}
              reasonLabel={t('queue.reason')}
              button={t('other.refund-button')}
              run={async ({ requestId, reason }) => {
                const { registrationId, refundId, adviceNumber } = refund;
                await call(financeBooksContract.payRefund, {
                  params: { lineId: line.lineId },
                  body: { registrationId, refundId, requestId, reason },
                });
                await done(t('other.refund-done', { number: adviceNumber ?? '' }));
              }}
            >
              {(field, errors) => (
                <Select
                  name={field('refundId')}
                  label={t('other.refund')}
                  value={refund.refundId}
                  onChange={setChosen}
                  options={fitting.map((one) => ({
                    value: one.refundId,
                    label: `${one.adviceNumber ?? ''}, ${one.payerName}, ${formatPence(one.pence)}`,
                  }))}
                  error={errors.refundId}
                />
              )}
            </AmountForm>
          );
        }}
      </Loading>
    </Details>
  );
}
