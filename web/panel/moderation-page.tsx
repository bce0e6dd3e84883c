import { panelContract } from '../../functions/http/panel/contract.ts';
import { papersContract } from '../../functions/http/panel-papers/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { useApi } from '../shared/api.ts';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, Loading, SummaryList, Table, Tag } from '../shared/show.tsx';
import { useText } from './texts.ts';

type Moderation = RouteResponse<typeof panelContract.readModeration>;
type Repeated = RouteResponse<typeof papersContract.repeatDraws>;
type Agreement = RouteResponse<typeof papersContract.readAgreement>;
type Outcomes = RouteResponse<typeof panelContract.listOutcomes>;

/** What was drawn for a second reading and that nobody chose it, whom open cases wait for, and how far readers agree. */
export function ModerationPage(props: { roundId?: string }) {
  const t = useText();
  const params = { roundId: props.roundId ?? '' };
  const moderation = useApi(panelContract.readModeration, { params });
  const repeated = useApi(papersContract.repeatDraws, { params });
  const agreement = useApi(papersContract.readAgreement, { params });
  const outcomes = useApi(panelContract.listOutcomes, { params });
  return (
    <>
      <a class="govuk-back-link" href={`/panel/rounds/${params.roundId}`}>
        {t('case.back')}
      </a>
      <Heading>{t('moderation.title')}</Heading>
      <Loading of={moderation}>
        {(data) => (
          <>
            <Loading of={repeated}>{(again) => <Draws data={data} again={again} />}</Loading>
            <Loading of={outcomes}>{(schools) => <Cases data={data} schools={schools} />}</Loading>
          </>
        )}
      </Loading>
      <Loading of={agreement}>{(data) => <Agreed data={data} />}</Loading>
    </>
  );
}

function Draws({ data, again }: { data: Moderation; again: Repeated }) {
  const t = useText();
  const repeats = new Map(again.draws.map((one) => [one.attempt, one]));
  return (
    <>
      <Table
        caption={t('moderation.draws')}
        head={[
          t('moderation.draw'),
          t('moderation.cohort'),
          t('moderation.selected'),
          t('moderation.why'),
          t('moderation.repeated'),
        ]}
        numeric={[1, 2]}
        empty={t('moderation.no-draw')}
        rows={data.draws.map((draw) => {
          const repeat = repeats.get(draw.attempt);
          const counts = Map.groupBy(
            draw.selected.flatMap(({ reasons }) => reasons),
            (reason) => reason,
          );
          return [
            formatInstant(draw.at),
            draw.cohort,
            draw.selected.length,
            [...counts].map(([reason, of]) => `${t(`selected.${reason}`)} (${of.length})`).join(', '),
            <>
              {repeat?.seedAgrees === true && repeat.selectionAgrees ? (
                <Tag colour="green">{t('moderation.same')}</Tag>
              ) : (
                <Tag colour="red">{t('moderation.different')}</Tag>
              )}
              <br />
              <code>{draw.seed.slice(0, 16)}…</code>
            </>,
          ];
        })}
      />
      <p class="govuk-hint">{t('moderation.repeated-hint')}</p>
    </>
  );
}

function Cases({ data, schools }: { data: Moderation; schools: Outcomes }) {
  const t = useText();
  const school = new Map(schools.outcomes.map((one) => [one.registrationId, one]));
  const open = data.cases
    .filter(({ waitingFor }) => waitingFor !== 'NOBODY')
    .sort((a, b) => ((a.dueOn ?? '9') < (b.dueOn ?? '9') ? -1 : 1));
  return (
    <Table
      caption={t('moderation.open')}
      head={[t('outcomes.school'), t('moderation.why'), t('moderation.waits-for'), t('moderation.due')]}
      empty={t('moderation.none-open')}
      rows={open.map((one) => {
        const of = school.get(one.registrationId);
        return [
          of === undefined || of.blocked === 'CONFLICT' ? (
            (of?.school.name ?? one.registrationId)
          ) : (
            <a class="govuk-link" href={`/panel/cases/${one.registrationId}`}>
              {of.school.name}
            </a>
          ),
          one.reasons.map((reason) => t(`selected.${reason}`)).join(', '),
          t(`waits-for.${one.waitingFor}`),
          one.dueOn === null ? '' : formatDay(one.dueOn),
        ];
      })}
    />
  );
}

function Agreed({ data }: { data: Agreement }) {
  const t = useText();
  const language = useLanguage();
  const number = (value: number, digits: number): string =>
    value.toLocaleString(language === 'cy' ? 'cy-GB' : 'en-GB', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  const percent = (value: number): string => `${number(100 * value, 0)} %`;
  const told = ({ value, interval }: Agreement['kappa'], write: (value: number) => string): string =>
    value === null
      ? t('agreement.too-few')
      : interval === null
        ? t('agreement.without-interval', { value: write(value) })
        : t('agreement.with-interval', {
            value: write(value),
            lower: write(interval.lower),
            upper: write(interval.upper),
          });
  return (
    <>
      <h2 class="govuk-heading-m">{t('agreement.title')}</h2>
      <p class="govuk-body">{t('agreement.read', { cases: data.cases, judgements: data.judgements })}</p>
      {data.isThin && <p class="govuk-inset-text">{t('agreement.thin')}</p>}
      <SummaryList
        rows={[
          { key: t('agreement.judgement'), value: told(data.sameJudgement, percent) },
          { key: t('agreement.kappa'), value: told(data.kappa, (value) => number(value, 2)) },
          { key: t('agreement.recommendation'), value: told(data.sameRecommendation, percent) },
        ]}
      />
      <p class="govuk-hint">{t('agreement.advice')}</p>
      {data.severity === null ? (
        <p class="govuk-body">{t('agreement.no-severity')}</p>
      ) : (
        <Table
          caption={t('agreement.severity')}
          head={[
            t('allocation.assessor'),
            t('agreement.cases'),
            t('agreement.steps'),
            t('agreement.interval'),
            t('agreement.reading'),
          ]}
          numeric={[1, 2]}
          rows={[...data.severity]
            .sort((a, b) => b.steps - a.steps)
            .map((one) => [
              one.assessor.name,
              one.cases,
              number(one.steps, 2),
              t('agreement.from-to', { lower: number(one.lower, 2), upper: number(one.upper, 2) }),
              one.lower > 0 ? (
                <Tag colour="orange">{t('agreement.severe')}</Tag>
              ) : one.upper < 0 ? (
                <Tag colour="purple">{t('agreement.lenient')}</Tag>
              ) : (
                t('agreement.untold')
              ),
            ])}
        />
      )}
      <p class="govuk-hint">{t('agreement.severity-hint')}</p>
    </>
  );
}
