import { useState } from 'preact/hooks';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import { call, useApi } from '../shared/api.ts';
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
