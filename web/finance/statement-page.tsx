import { useEffect, useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, formatPence, Loading, SummaryList, Table } from '../shared/show.tsx';
import { type Line, LineTag, lineAddress } from './line-facts.tsx';
import { isUnderWay, type Statement, StatementTag } from './statements-page.tsx';
import { useText } from './texts.ts';

const LOOK_AGAIN_MS = 1500;

/** One bank statement: what the bank says, what became of its lines, or why it was refused and where. */
export function StatementPage(props: { statementId?: string }) {
  const t = useText();
  const statementId = props.statementId ?? '';
  const statement = useApi(financeContract.getStatement, { params: { statementId } });
  const { reload, data } = statement;
  const underWay = data !== undefined && isUnderWay(data);
  useEffect(() => {
    if (!underWay) return undefined;
    const timer = setInterval(() => void reload(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [underWay, reload]);
  return (
    <Loading of={statement}>
      {(of) => (
        <>
          <a class="govuk-back-link" href="/finance/statements">
            {t('statements.back')}
          </a>
          <Heading caption={t('statements.caption')}>{of.fileName}</Heading>
          <p class="govuk-body" role="status">
            <StatementTag statement={of} />
          </p>
          {of.refusal !== null && <Refusal refusal={of.refusal} />}
          <SummaryList
            rows={[
              {
                key: t('statements.sent-by'),
                value: `${of.uploadedBy}, ${formatInstant(of.createdAt)}`,
              },
              { key: t('statements.format'), value: of.format ?? t('statements.not-given') },
              {
                key: t('statements.lines'),
                value: t('statements.counts', { lines: of.lines, ...of.counts }),
              },
              {
                key: t('statements.original'),
                value: (
                  <a class="govuk-link" href={of.fileUrl}>
                    {t('statements.open')}
                  </a>
                ),
              },
            ]}
          />
          <Accounts statement={of} />
          <Lines key={statementId} statementId={statementId} first={of.page} next={of.nextAfter} />
        </>
      )}
    </Loading>
  );
}

function Refusal({ refusal }: { refusal: NonNullable<Statement['refusal']> }) {
  const t = useText();
  return (
    <div class="govuk-inset-text">
      <p class="govuk-body govuk-!-font-weight-bold">{t('statements.refused')}</p>
      <p class="govuk-body">
        {refusal.message}
        {refusal.line !== null && ` ${t('statements.at-line', { line: refusal.line })}`}
      </p>
    </div>
  );
}

function Accounts({ statement }: { statement: Statement }) {
  const t = useText();
  if (statement.accounts.length === 0) return null;
  const balance = (pence: number | null): string =>
    pence === null ? t('statements.not-given') : formatPence(pence);
  return (
    <Table
      caption={t('statements.accounts')}
      head={[
        t('statements.account'),
        t('statements.period'),
        t('statements.opening'),
        t('statements.came'),
        t('statements.went'),
        t('statements.closing'),
      ]}
      numeric={[2, 3, 4, 5]}
      rows={statement.accounts.map((account) => [
        account.account,
        account.from === null || account.to === null
          ? ''
          : t('statements.from-to', { from: formatDay(account.from), to: formatDay(account.to) }),
        balance(account.openingPence),
        formatPence(account.creditPence),
        formatPence(account.debitPence),
        balance(account.closingPence),
      ])}
    />
  );
}

function Lines(props: { statementId: string; first: readonly Line[]; next: number | null }) {
  const t = useText();
  const [more, setMore] = useState<{ lines: readonly Line[]; next: number | null } | undefined>(undefined);
  const submission = useSubmission();
  const lines = [...props.first, ...(more?.lines ?? [])];
  const next = more === undefined ? props.next : more.next;
  const load = () =>
    submission.run(async () => {
      if (next === null) return;
      const page = await call(financeContract.getStatement, {
        params: { statementId: props.statementId },
        query: { after: next },
      });
      setMore({ lines: [...(more?.lines ?? []), ...page.page], next: page.nextAfter });
    });
  return (
    <>
      <Table
        caption={t('statements.lines-table')}
        head={[t('line.booked'), t('line.payer'), t('line.amount'), t('line.status')]}
        numeric={[2]}
        empty={t('statements.no-lines')}
        rows={lines.map((line) => [
          formatDay(line.bookedOn),
          <>
            <a class="govuk-link" href={lineAddress(line.lineId)}>
              {line.payerName === '' ? t('queue.unknown-payer') : line.payerName}
            </a>
            <br />
            <span class="psqm-when psqm-wrap">{line.narrative}</span>
          </>,
          formatPence(line.direction === 'DEBIT' ? -line.pence : line.pence),
          <LineTag status={line.status} />,
        ])}
      />
      <ErrorSummary errors={submission.errors} general={submission.general} />
      {next !== null && (
        <Button secondary disabled={submission.busy} onClick={() => void load()}>
          {t('statements.more')}
        </Button>
      )}
    </>
  );
}
