import { useState } from 'preact/hooks';
import { financePapersContract } from '../../functions/http/finance-papers/contract.ts';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import { ageBands } from '../../functions/payments/reports.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { formatDay, formatInstant, formatPence, Loading, Notice, Table } from '../shared/show.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { lineAddress } from './line-facts.tsx';
import { useMayAct } from './may-act.ts';
import type { Account } from './payer-page.tsx';
import { given, type Period, PeriodForm } from './period-form.tsx';
import { useText } from './texts.ts';

type Statement = RouteResponse<typeof financePayersContract.getPayerStatement>;
type Days = ReturnType<typeof given>;
interface Props {
  readonly account: Account;
  readonly reload: () => Promise<void>;
}
/** The statement of account of a payer over the days that are chosen: to read, as PDF, and by email to the payer. */
export function StatementPart({ account, reload }: Props) {
  const t = useText();
  const mayAct = useMayAct();
  const [period, setPeriod] = useState<Period>({ from: '', to: '' });
  const days = given(period);
  const { payerRef } = account;
  const statement = useApi(financePayersContract.getPayerStatement, { params: { payerRef }, query: days });
  return (
    <>
      <h2 class="govuk-heading-m">{t('payer.statement')}</h2>
      <PeriodForm
        label={t('payer.statement')}
        from={t('payer.from')}
        fromHint={t('payer.from-hint')}
        to={t('payer.to')}
        button={t('payer.show')}
        show={setPeriod}
      />
      <Loading of={statement}>
        {(data) =>
          statement.error === undefined ? (
            <Movements statement={data} />
          ) : (
            <p class="govuk-error-message" role="alert">
              {statement.error.message}
            </p>
          )
        }
      </Loading>
      <FileForm key={`file${period.from}${period.to}`} account={account} days={days} />
      {mayAct && <SendForm account={account} days={days} reload={reload} />}
      <SentBefore account={account} />
    </>
  );
}

function Movements({ statement }: { statement: Statement }) {
  const t = useText();
  const day = formatDay(statement.to);
  return (
    <>
      <Table
        caption={
          statement.from === null
            ? t('payer.movements', { day })
            : t('payer.movements-from', { from: formatDay(statement.from), day })
        }
        head={[t('books.day'), t('payer.what'), t('payer.charged'), t('payer.credited'), t('payer.balance')]}
        numeric={[2, 3, 4]}
        rows={[
          ['', t('payer.opening'), '', '', formatPence(statement.openingPence)],
          ...statement.entries.map((one) => [
            formatDay(one.postedOn),
            <>
              {one.what}
              {one.lineId !== null && (
                <>
                  {': '}
                  <a class="govuk-link" href={lineAddress(one.lineId)}>
                    {t('payer.line')}
                  </a>
                </>
              )}
            </>,
            one.chargedPence === 0 ? '' : formatPence(one.chargedPence),
            one.creditedPence === 0 ? '' : formatPence(one.creditedPence),
            formatPence(one.balancePence),
          ]),
          [
            '',
            <strong>{t('payer.closing', { day })}</strong>,
            '',
            '',
            <strong>{formatPence(statement.closingPence)}</strong>,
          ],
        ]}
      />
      <Table
        caption={t('payer.ages', { day })}
        head={[t('payer.age'), t('invoice.amount')]}
        numeric={[1]}
        rows={[
          ...ageBands.map((band) => [t(`ageing.bands.${band}`), formatPence(statement.bands[band])]),
          [t('payer.credit'), formatPence(0 - statement.onAccountPence)],
          [<strong>{t('payer.balance')}</strong>, <strong>{formatPence(statement.closingPence)}</strong>],
        ]}
      />
    </>
  );
}

function FileForm({ account, days }: { account: Account; days: Days }) {
  const t = useText();
  const [language, setLanguage] = useState(account.language);
  const [url, setUrl] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const { payerRef } = account;
  const make = () =>
    submission.run(async () => {
      const made = await call(financePapersContract.payerStatementFile, {
        params: { payerRef },
        body: { ...days, language },
      });
      setUrl(made.url);
    });
  return (
    <Form onSubmit={() => void make()} label={t('payer.file')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      {url !== undefined && (
        <Notice success key={url}>
          {t('payer.file-made')}{' '}
          <a class="govuk-notification-banner__link" href={url}>
            {t('payer.file-open')}
          </a>
        </Notice>
      )}
      <LanguageChoice
        name="language"
        label={t('payer.file-language')}
        value={language}
        onChange={setLanguage}
      />
      <Button type="submit" secondary disabled={submission.busy}>
        {t('payer.file')}
      </Button>
    </Form>
  );
}

function SendForm({ account, days, reload }: Props & { days: Days }) {
  const t = useText();
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const { payerRef, email, kept } = account;
  const emails = [...new Set([email, ...(kept?.contacts ?? []).map((each) => each.email)])].join(', ');
  const send = () =>
    submission.run(async () => {
      const sent = await call(financePapersContract.sendPayerStatement, {
        params: { payerRef },
        body: { ...days, requestId },
      });
      setRequestId(crypto.randomUUID());
      await reload();
      setTold(t('payer.sent', { emails: sent.readers.map((each) => each.email).join(', ') }));
    });
  return (
    <Form onSubmit={() => void send()} label={t('payer.send')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      {told !== undefined && (
        <Notice success key={requestId}>
          {told}
        </Notice>
      )}
      <p class="govuk-body">{t('payer.send-hint', { emails })}</p>
      <Button type="submit" secondary disabled={submission.busy}>
        {t('payer.send')}
      </Button>
    </Form>
  );
}

function SentBefore({ account }: { account: Account }) {
  const t = useText();
  if (account.sent.length === 0) return null;
  return (
    <Table
      caption={t('payer.sent-before')}
      head={[t('payer.statement'), t('payer.balance'), t('payer.sent-to'), t('payer.by')]}
      numeric={[1]}
      rows={account.sent.map((one) => [
        <a class="govuk-link" href={one.url}>
          {one.from === null
            ? t('payer.movements', { day: formatDay(one.to) })
            : t('payer.movements-from', { from: formatDay(one.from), day: formatDay(one.to) })}
        </a>,
        formatPence(one.closingPence),
        one.readers.map(({ email }) => email).join(', '),
        `${one.by}, ${formatInstant(one.at)}`,
      ])}
    />
  );
}
