import type { financeContract } from '../../functions/http/finance/contract.ts';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { useText } from './texts.ts';

type Remember = NonNullable<RouteResponse<typeof financeContract.getLine>['remember']>;

/** Offers to remember for whom a payment's payer pays, after it was put on their invoices. */
export function RememberForm(props: {
  lineId: string;
  remember: Remember;
  done: (message: string) => Promise<void>;
}) {
  const t = useText();
  const { lineId, remember, done } = props;
  const name = remember.counterparty;
  const submission = useSubmission();
  const keep = () =>
    submission.run(async () => {
      await call(financePayersContract.rememberPayer, { params: { lineId } });
      await done(t('aliases.remembered', { name }));
    });
  return (
    <>
      <h2 class="govuk-heading-m">{t('aliases.remember-title')}</h2>
      <p class="govuk-body">{t('aliases.remember-hint', { name })}</p>
      <ul class="govuk-list govuk-list--bullet">
        {remember.payees.map((payee) => (
          <li key={payee}>{payee}</li>
        ))}
      </ul>
      <Form onSubmit={() => void keep()} label={t('aliases.remember-title')}>
        <ErrorSummary errors={submission.errors} general={submission.general} />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('aliases.remember')}
        </Button>
      </Form>
    </>
  );
}
