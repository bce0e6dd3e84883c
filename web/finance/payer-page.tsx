import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { Loading, SummaryList } from '../shared/show.tsx';
import { InvoicesTable } from './invoices-table.tsx';
import { StatementPart } from './payer-statement-part.tsx';
import { useText } from './texts.ts';

export type Account = RouteResponse<typeof financePayersContract.getPayerAccount>;

/** One payer: who it is, its invoices, and its statement of account to read, take away and send. */
export function PayerPage(props: { payerRef?: string }) {
  const account = useApi(financePayersContract.getPayerAccount, {
    params: { payerRef: props.payerRef ?? '' },
  });
  return <Loading of={account}>{(data) => <PayerView account={data} reload={account.reload} />}</Loading>;
}

function PayerView({ account, reload }: { account: Account; reload: () => Promise<void> }) {
  const t = useText();
  return (
    <>
      <a class="govuk-back-link" href="/finance/payers">
        {t('payer.all')}
      </a>
      <Heading>{account.name}</Heading>
      <Facts account={account} />
      <InvoicesTable
        caption={t('payer.invoices')}
        empty={t('payer.no-invoices')}
        invoices={account.invoices}
      />
      <StatementPart account={account} reload={reload} />
    </>
  );
}

/** What is known of the payer. */
function Facts({ account }: { account: Account }) {
  const t = useText();
  const { kept, addressLines } = account;
  const { ownReference = null, purchaseOrder = null, termsDays = null } = kept ?? {};
  const language = t(`payer.language-${account.language}`);
  return (
    <SummaryList
      rows={[
        {
          key: t('payers.kind'),
          value: kept === null ? t('payer.no-kept') : t(`payers.kinds.${kept.kind}`),
        },
        { key: t('payers.email'), value: account.email },
        ...(addressLines.length === 0
          ? []
          : [{ key: t('payer.address'), value: addressLines.map((line) => <div key={line}>{line}</div>) }]),
        ...(kept === null || kept.contacts.length === 0
          ? []
          : [
              {
                key: t('payer.contacts'),
                value: kept.contacts.map(({ name, email }) => (
                  <div key={email}>
                    {name}, {email}
                  </div>
                )),
              },
            ]),
        ...(ownReference === null ? [] : [{ key: t('payers.own-reference'), value: ownReference }]),
        ...(purchaseOrder === null ? [] : [{ key: t('invoice.order'), value: purchaseOrder }]),
        ...(termsDays === null
          ? []
          : [{ key: t('payers.terms'), value: t('payer.terms-days', { days: termsDays }) }]),
        { key: t('payers.language'), value: language },
      ]}
    />
  );
}
