import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import { ageBands } from '../../functions/payments/reports.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { useApi } from '../shared/api.ts';
import { Details, formatDay, formatPence, Loading, Table } from '../shared/show.tsx';
import { invoiceAddress, payerAddress } from './line-facts.tsx';
import { useText } from './texts.ts';

type Ageing = RouteResponse<typeof financeBooksContract.getAgeing>;
/** What payers owe by age: bars for the eye, the same figures as a table, each down to its invoices. */
export function AgeingPart() {
  const t = useText();
  const ageing = useApi(financeBooksContract.getAgeing);
  return (
    <Loading of={ageing}>
      {(data) => (
        <>
          <Bars ageing={data} />
          <Table
            caption={t('ageing.title', { day: formatDay(data.on) })}
            head={[
              t('ageing.payer'),
              ...ageBands.map((band) => t(`ageing.bands.${band}`)),
              t('ageing.total'),
            ]}
            numeric={[1, 2, 3, 4, 5, 6]}
            empty={t('ageing.none')}
            rows={data.payers.map((one) => [
              <Details summary={one.payerName}>
                {one.payerRef !== null && (
                  <p class="govuk-body">
                    <a class="govuk-link" href={payerAddress(one.payerRef)}>
                      {t('payer.statement')}
                    </a>
                  </p>
                )}
                <ul class="govuk-list">
                  {one.invoices.map(({ invoiceNumber, pence, band }) => (
                    <li key={invoiceNumber}>
                      <a class="govuk-link" href={invoiceAddress(invoiceNumber)}>
                        {invoiceNumber}
                      </a>
                      , {formatPence(pence)}, {t(`ageing.bands.${band}`)}
                    </li>
                  ))}
                </ul>
              </Details>,
              ...ageBands.map((band) => formatPence(one.bands[band])),
              formatPence(one.pence),
            ])}
          />
        </>
      )}
    </Loading>
  );
}

const WIDTH = 600;
const LABEL = 150;
const STEP = 34;

/** One bar a band; its words and amount are text, so that nothing is told by length or colour alone. */
function Bars({ ageing }: { ageing: Ageing }) {
  const t = useText();
  const largest = Math.max(1, ...ageBands.map((band) => ageing.bands[band]));
  return (
    <figure class="govuk-!-margin-0 govuk-!-margin-bottom-6">
      <figcaption class="govuk-heading-m">{t('ageing.chart')}</figcaption>
      <svg
        role="img"
        aria-label={ageBands
          .map((band) => `${t(`ageing.bands.${band}`)}: ${formatPence(ageing.bands[band])}`)
          .join('; ')}
        viewBox={`0 0 ${WIDTH} ${ageBands.length * STEP}`}
        width="100%"
      >
        {ageBands.map((band, at) => (
          <g key={band} transform={`translate(0 ${at * STEP})`}>
            <text x={0} y={20} font-size="15">
              {t(`ageing.bands.${band}`)}
            </text>
            <rect
              x={LABEL}
              y={4}
              height={22}
              width={Math.round(((WIDTH - LABEL - 110) * ageing.bands[band]) / largest)}
              fill="#1d70b8"
            />
            <text
              x={LABEL + 6 + ((WIDTH - LABEL - 110) * ageing.bands[band]) / largest}
              y={20}
              font-size="15"
            >
              {formatPence(ageing.bands[band])}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
