import { useState } from 'preact/hooks';
import type { financeContract } from '../../functions/http/finance/contract.ts';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { Details, formatInstant, Loading, Notice, Tag } from '../shared/show.tsx';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

/** Whom a finance officer confirmed to pay for others, and forgetting it. */
export function AliasesPart() {
  const t = useText();
  const mayAct = useMayAct();
  const aliases = useApi(financePayersContract.listAliases);
  const [message, setMessage] = useState('');
  return (
    <>
      <h2 class="govuk-heading-m">{t('aliases.title')}</h2>
      <p class="govuk-body">{t('aliases.intro')}</p>
      {message !== '' && (
        <Notice success key={message}>
          {message}
        </Notice>
      )}
      <Loading of={aliases}>
        {(data) => (
          <>
            {data.aliases.length === 0 && <p class="govuk-body">{t('aliases.none')}</p>}
            {data.aliases.map(({ aliasId, counterparty, payees, by, at, withdrawn }) => (
              <section key={aliasId} class="psqm-criterion" aria-label={counterparty}>
                <p class="govuk-body">
                  <strong>{counterparty}</strong>{' '}
                  {withdrawn !== null && <Tag colour="grey">{t('aliases.is-withdrawn')}</Tag>}
                  <br />
                  {payees.map(({ name }) => name).join(', ')}
                  <br />
                  {withdrawn === null
                    ? t('aliases.confirmed', { name: by, when: formatInstant(at) })
                    : t('aliases.withdrawn', {
                        name: withdrawn.by,
                        when: formatInstant(withdrawn.at),
                        reason: withdrawn.reason,
                      })}
                </p>
                {mayAct && withdrawn === null && (
                  <Details summary={t('aliases.withdraw')}>
                    <ReasonForm
                      name={aliasId}
                      label={t('aliases.withdraw-this', { name: counterparty })}
                      button={t('aliases.withdraw')}
                      warning
                      run={async (reason) => {
                        await call(financePayersContract.withdrawAlias, {
                          params: { aliasId },
                          body: { reason },
                        });
                        await aliases.reload();
                        setMessage(t('aliases.done', { name: counterparty }));
                      }}
                    />
                  </Details>
                )}
              </section>
            ))}
          </>
        )}
      </Loading>
    </>
  );
}

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
