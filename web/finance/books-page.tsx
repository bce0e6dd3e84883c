import { useState } from 'preact/hooks';
import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, Select, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { saveFile } from '../shared/save-file.ts';
import { formatDay, formatPence, Loading, Table, Tag } from '../shared/show.tsx';
import { AgeingPart } from './ageing-part.tsx';
import { given, type Period, PeriodForm } from './period-form.tsx';
import { ReportPart } from './report-part.tsx';
import { useText } from './texts.ts';

type Daily = RouteResponse<typeof financeBooksContract.getDailyTotal>;
type TrialBalance = RouteResponse<typeof financeBooksContract.getTrialBalance>;

/** Daily totals to agree with the bank, the trial balance, and what can be saved as a file. */
export function BooksPage() {
  const t = useText();
  const [period, setPeriod] = useState<Period>({ from: '', to: '' });
  const daily = useApi(financeBooksContract.getDailyTotal, { query: given(period) });
  const balance = useApi(financeBooksContract.getTrialBalance, {
    query: period.to === '' ? {} : { to: period.to },
  });
  return (
    <>
      <Heading>{t('books.title')}</Heading>
      <p class="govuk-body">
        <a class="govuk-link" href="/finance/months">
          {t('months.title')}
        </a>
      </p>
      <PeriodForm
        label={t('books.period')}
        from={t('books.from')}
        fromHint={t('books.from-hint')}
        to={t('books.to')}
        button={t('books.show')}
        show={setPeriod}
      />
      <Loading of={daily}>{(data) => <DailyTotals daily={data} />}</Loading>
      <Loading of={balance}>{(data) => <Balance balance={data} />}</Loading>
      <ReportPart from={period.from} to={period.to} />
      <AgeingPart />
      <ExportForm period={period} />
    </>
  );
}

function Agrees({ agrees }: { agrees: boolean }) {
  const t = useText();
  return <Tag colour={agrees ? 'green' : 'red'}>{t(agrees ? 'books.agrees' : 'books.differs')}</Tag>;
}

function DailyTotals({ daily }: { daily: Daily }) {
  const t = useText();
  return (
    <>
      <Table
        caption={t('books.accounts')}
        head={[
          t('statements.account'),
          t('statements.opening'),
          t('books.movement'),
          t('books.bank-closing'),
          t('books.our-closing'),
          t('books.compared'),
        ]}
        numeric={[1, 2, 3, 4]}
        empty={t('books.no-accounts')}
        rows={daily.accounts.map((account) => [
          <span class="psqm-wrap">{account.account}</span>,
          formatPence(account.openingPence),
          formatPence(account.movementPence),
          formatPence(account.closingPence),
          formatPence(account.ledgerClosingPence),
          <>
            <Agrees agrees={account.agrees} />
            {account.gaps.map((gap) => (
              <div key={gap}>{gap}</div>
            ))}
          </>,
        ])}
      />
      <Table
        caption={t('books.daily')}
        head={[
          t('books.day'),
          t('books.bank-in'),
          t('books.our-in'),
          t('books.bank-out'),
          t('books.our-out'),
          t('books.on-invoices'),
          t('books.still-open'),
          t('books.compared'),
        ]}
        numeric={[1, 2, 3, 4, 5, 6]}
        empty={t('books.no-days')}
        rows={daily.days.map((day) => [
          <>
            {formatDay(day.day)}
            <br />
            <span class="psqm-when psqm-wrap">{day.account}</span>
          </>,
          formatPence(day.statementCreditPence),
          formatPence(day.ledgerCreditPence),
          formatPence(day.statementDebitPence),
          formatPence(day.ledgerDebitPence),
          formatPence(day.allocatedPence),
          formatPence(day.openPence),
          <Agrees agrees={day.agrees} />,
        ])}
      />
    </>
  );
}

function Balance({ balance }: { balance: TrialBalance }) {
  const t = useText();
  return (
    <>
      <Table
        caption={t('balance.title', { day: formatDay(balance.to) })}
        head={[t('balance.account'), t('balance.debit'), t('balance.credit'), t('balance.balance')]}
        numeric={[1, 2, 3]}
        rows={balance.accounts.map((one) => [
          t(`ledger.${one.account}`),
          formatPence(one.debitPence),
          formatPence(one.creditPence),
          formatPence(one.balancePence),
        ])}
      />
      <p class="govuk-body">
        <Tag colour={balance.balances ? 'green' : 'red'}>
          {t(balance.balances ? 'balance.balances' : 'balance.off')}
        </Tag>{' '}
        {t('balance.postings', { count: balance.postings })}
      </p>
    </>
  );
}

const exports = ['REPORT', 'AGEING', 'LEDGER', 'JOURNAL', 'AUDIT', 'INVOICES', 'LINES'] as const;

function ExportForm({ period }: { period: Period }) {
  const t = useText();
  const [what, setWhat] = useState<(typeof exports)[number]>('LEDGER');
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const save = () =>
    submission.run(async () => {
      setTold(undefined);
      const { fileName, csv, rows } = await call(financeBooksContract.exportCsv, {
        query: { what, ...given(period) },
      });
      saveFile(fileName, csv, 'text/csv');
      setTold(t('export.saved', { file: fileName, rows }));
    });
  return (
    <Form onSubmit={() => void save()} label={t('export.title')}>
      <h2 class="govuk-heading-m">{t('export.title')}</h2>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <p class="govuk-body">{t('export.hint')}</p>
      <Select
        name="what"
        label={t('export.what')}
        value={what}
        onChange={(value) => setWhat(exports.find((one) => one === value) ?? what)}
        options={exports.map((value) => ({ value, label: t(`export.kinds.${value}`) }))}
      />
      {told !== undefined && (
        <p class="govuk-body govuk-!-font-weight-bold" role="status">
          {told}
        </p>
      )}
      <Button type="submit" secondary disabled={submission.busy}>
        {t('export.button')}
      </Button>
    </Form>
  );
}
