import { useState } from 'preact/hooks';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { Details, formatInstant, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

type FundingRequest = RouteResponse<typeof financePayersContract.listFundingRequests>['requests'][number];

/** Schools whose funder has no place left: cover them after all, or bill the school. */
export function FundingPage() {
  const t = useText();
  const requests = useApi(financePayersContract.listFundingRequests);
  const funders = useApi(financePayersContract.listFunders);
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await Promise.all([requests.reload(), funders.reload()]);
    setTold(message);
  };
  return (
    <>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('funding.title')}</Heading>
      <p class="govuk-body">{t('funding.lead')}</p>
      <Loading of={requests}>
        {(data) =>
          data.requests.length === 0 ? (
            <p class="govuk-body">{t('funding.none')}</p>
          ) : (
            data.requests.map((one) => <RequestPart key={one.registrationId} request={one} done={done} />)
          )
        }
      </Loading>
      <Loading of={funders}>
        {(data) => (
          <Table
            caption={t('funding.funders')}
            head={[t('funding.funder'), t('funding.round'), t('funding.agreed'), t('funding.used')]}
            numeric={[2, 3]}
            empty={t('funding.no-funders')}
            rows={data.funders.flatMap((funder) =>
              funder.rounds.map((round) => [
                funder.name,
                round.roundId,
                String(round.places),
                String(round.used),
              ]),
            )}
          />
        )}
      </Loading>
    </>
  );
}

function RequestPart(props: { request: FundingRequest; done: (message: string) => Promise<void> }) {
  const t = useText();
  const mayAct = useMayAct();
  const { request, done } = props;
  const params = { registrationId: request.registrationId };
  const words = { school: request.schoolName, funder: request.funderName };
  return (
    <section class="psqm-result" aria-label={request.schoolName}>
      <h2 class="govuk-heading-m">{request.schoolName}</h2>
      <SummaryList
        rows={[
          { key: t('funding.reference'), value: request.reference },
          { key: t('funding.funder'), value: request.funderName },
          { key: t('funding.asked'), value: formatInstant(request.askedAt) },
          { key: t('funding.decide-by'), value: formatInstant(request.decideBy) },
          ...(request.because === null
            ? []
            : [{ key: t('funding.because'), value: t(`funding.refusals.${request.because}`) }]),
        ]}
      />
      {mayAct && (
        <>
          <Details summary={t('funding.cover')}>
            <p class="govuk-body">{t('funding.cover-hint', words)}</p>
            <ReasonForm
              name={`cover.${request.registrationId}`}
              label={t('funding.cover-school', words)}
              button={t('funding.cover-school', words)}
              run={async (reason) => {
                await call(financePayersContract.grantAgain, { params, body: { reason } });
                await done(t('funding.covered', words));
              }}
            />
          </Details>
          <Details summary={t('funding.bill')}>
            <p class="govuk-body">{t('funding.bill-hint')}</p>
            <ReasonForm
              name={`bill.${request.registrationId}`}
              label={t('funding.bill-school', words)}
              button={t('funding.bill-school', words)}
              run={async (reason) => {
                await call(financePayersContract.billSchool, { params, body: { reason } });
                await done(t('funding.billed', words));
              }}
            />
          </Details>
        </>
      )}
    </section>
  );
}
