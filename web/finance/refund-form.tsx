import { useState } from 'preact/hooks';
import type { financeContract } from '../../functions/http/finance/contract.ts';
import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call } from '../shared/api.ts';
import { TextInput } from '../shared/forms.tsx';
import { formatPence } from '../shared/show.tsx';
import { AmountForm } from './amount-form.tsx';
import { useText } from './texts.ts';

type Credit = RouteResponse<typeof financeContract.listCredits>['credits'][number];

/** Asks for a credit, or a part of it, to be paid back to an account. */
export function RefundForm({ credit, done }: { credit: Credit; done: (message: string) => Promise<void> }) {
  const t = useText();
  const [to, setTo] = useState({ accountName: credit.payerName, sortCode: '', accountNumber: '' });
  const { registrationId, creditId } = credit;
  return (
    <AmountForm
      name={`${creditId}.refund`}
      title={t('refund.title')}
      hint={t('refund.hint')}
      pence={credit.remainingPence}
      amountLabel={t('refund.amount')}
      reasonLabel={t('refund.reason')}
      button={t('refund.button')}
      run={async ({ requestId, pence, reason }) => {
        await call(financeBooksContract.requestRefund, {
          params: { registrationId, creditId },
          body: { requestId, pence, reason, destination: to },
        });
        await done(t('refund.asked', { amount: formatPence(pence) }));
      }}
    >
      {(field, errors) => (
        <>
          <TextInput
            name={field('destination.accountName')}
            label={t('refund.account-name')}
            value={to.accountName}
            onInput={(accountName) => setTo({ ...to, accountName })}
            error={errors['destination.accountName']}
          />
          <TextInput
            name={field('destination.sortCode')}
            label={t('refund.sort-code')}
            hint={t('refund.sort-code-hint')}
            inputMode="numeric"
            width={10}
            value={to.sortCode}
            onInput={(sortCode) => setTo({ ...to, sortCode })}
            error={errors['destination.sortCode']}
          />
          <TextInput
            name={field('destination.accountNumber')}
            label={t('refund.account-number')}
            hint={t('refund.account-number-hint')}
            inputMode="numeric"
            width={10}
            value={to.accountNumber}
            onInput={(accountNumber) => setTo({ ...to, accountNumber })}
            error={errors['destination.accountNumber']}
          />
        </>
      )}
    </AmountForm>
  );
}
