import { useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, fieldId, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Details, formatDay, formatPence, Loading, Notice } from '../shared/show.tsx';
import { type Candidate, invoiceAddress, type Line, LineFacts, lineAddress, Why } from './line-facts.tsx';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

interface Told {
  readonly text: string;
  readonly lineId: string;
}

/** What the machine left to people, the oldest first: each payment with its likeliest invoice and why. */
export function QueuePage() {
  const t = useText();
  const queue = useApi(financeContract.listQueue, {});
  const overview = useApi(financeContract.getOverview);
  const [told, setTold] = useState<Told | undefined>(undefined);
  const done = async (next: Told): Promise<void> => {
    await Promise.all([queue.reload(), overview.reload()]);
    setTold(next);
  };
  return (
    <>
      {told !== undefined && (
        <Notice key={told.text} success>
          {told.text}{' '}
          <a class="govuk-notification-banner__link" href={lineAddress(told.lineId)}>
            {t('queue.look-or-undo')}
          </a>
        </Notice>
      )}
      <Heading>{t('queue.title')}</Heading>
      <Loading of={queue}>
        {(data) => (
          <>
            <p class="govuk-body" role="status">
              {data.lines.length === 0 ? t('queue.empty') : t('queue.count', { count: data.lines.length })}
            </p>
            {data.lines.map((line) => (
              <QueueLine key={line.lineId} line={line} done={done} />
            ))}
          </>
        )}
      </Loading>
      <Parked />
      <Loading of={overview}>{(data) => <Overview overview={data} />}</Loading>
    </>
  );
}

interface LineProps {
  readonly line: Line;
  readonly done: (told: Told) => Promise<void>;
}

function QueueLine({ line, done }: LineProps) {
  const t = useText();
  const mayAct = useMayAct();
  const [best] = line.candidates;
  const title = t('queue.line', {
    amount: formatPence(line.pence),
    payer: line.payerName === '' ? t('queue.unknown-payer') : line.payerName,
    day: formatDay(line.bookedOn),
  });
  return (
    <section class="psqm-result" aria-label={title}>
      <h2 class="govuk-heading-m">{title}</h2>
      <LineFacts line={line} />
      {best === undefined ? (
        line.queuedBecause === null && <p class="govuk-body">{t('queue.no-candidate')}</p>
      ) : (
        <>
          <p class="govuk-body">
            {t('queue.likeliest')}{' '}
            <a class="govuk-link govuk-!-font-weight-bold" href={invoiceAddress(best.invoiceNumber)}>
              {best.invoiceNumber}
            </a>
            , {best.schoolName}, {t('queue.owed', { amount: formatPence(best.balancePence) })}
          </p>
          <Why candidate={best} />
        </>
      )}
      {mayAct && best !== undefined && canTake(line, best) && (
        <AllocateForm line={line} best={best} done={done} />
      )}
      <p class="govuk-body">
        <a class="govuk-link" href={lineAddress(line.lineId)}>
          {t(mayAct ? 'queue.other-ways' : 'queue.look')}
          <span class="govuk-visually-hidden">: {title}</span>
        </a>
      </p>
    </section>
  );
}

/** Money that came in, on an invoice that still owes something. */
const canTake = (line: Line, { balancePence, reasons }: Candidate): boolean =>
  line.direction === 'CREDIT' && balancePence > 0 && !reasons.includes('ENDED');

function AllocateForm({ line, best, done }: LineProps & { best: Candidate }) {
  const t = useText();
  const [reason, setReason] = useState('');
  // One id a form: sent twice, it books once.
  const [requestId] = useState(() => crypto.randomUUID());
  const submission = useSubmission();
  const pence = Math.min(line.openPence, best.balancePence);
  const field = `${line.lineId}.reason`;
  const what = { amount: formatPence(pence), invoice: best.invoiceNumber };
  const allocate = () =>
    submission.run(async () => {
      await call(financeContract.allocateLine, {
        params: { lineId: line.lineId },
        body: { requestId, reason, parts: [{ as: 'INVOICE', invoiceNumber: best.invoiceNumber, pence }] },
      });
      await done({ text: t('queue.allocated', what), lineId: line.lineId });
    });
  return (
    <Form onSubmit={() => void allocate()} label={t('queue.put-on', what)}>
      <ErrorSummary
        errors={submission.errors}
        general={submission.general}
        hrefOf={() => `#${fieldId(field)}`}
      />
      <TextInput
        name={field}
        label={t('queue.reason')}
        hint={t('queue.reason-hint')}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('queue.put-on', what)}
      </Button>
    </Form>
  );
}

function Parked() {
  const t = useText();
  const parked = useApi(financeContract.listQueue, { query: { parked: 'true' } });
  return (
    <Loading of={parked}>
      {(data) =>
        data.lines.length === 0 ? null : (
          <Details summary={t('queue.parked', { count: data.lines.length })}>
            <ul class="govuk-list govuk-list--spaced">
              {data.lines.map((line) => (
                <li key={line.lineId}>
                  <a class="govuk-link" href={lineAddress(line.lineId)}>
                    {formatPence(line.pence)}, {line.payerName}
                  </a>
                  {line.parked !== null && (
                    <>
                      <br />
                      {t('queue.parked-until', {
                        day: formatDay(line.parked.until),
                        reason: line.parked.reason,
                      })}
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Details>
        )
      }
    </Loading>
  );
}

function Overview({ overview }: { overview: RouteResponse<typeof financeContract.getOverview> }) {
  const t = useText();
  const { suspense, debtors, credits, approvals, refundsDue, fundingRequests, lastStatement } = overview;
  return (
    <>
      <h2 class="govuk-heading-m">{t('overview.title')}</h2>
      <ul class="govuk-list govuk-list--bullet">
        <li>{t('overview.suspense', { lines: suspense.lines, amount: formatPence(suspense.pence) })}</li>
        <li>
          <a class="govuk-link" href="/finance/invoices?open=true">
            {t('overview.debtors', { invoices: debtors.invoices, amount: formatPence(debtors.pence) })}
          </a>{' '}
          {t('overview.overdue', {
            invoices: debtors.overdueInvoices,
            amount: formatPence(debtors.overduePence),
          })}
        </li>
        <li>
          <a class="govuk-link" href="/finance/credits">
            {t('overview.credits', { count: credits.count, amount: formatPence(credits.pence) })}
          </a>
        </li>
        <li>
          <a class="govuk-link" href="/finance/approvals">
            {t('overview.approvals', { count: approvals })}
          </a>
          , {t('overview.refunds', { count: refundsDue.count, amount: formatPence(refundsDue.pence) })}
        </li>
        <li>
          <a class="govuk-link" href="/finance/funding-requests">
            {t('overview.funding', { count: fundingRequests })}
          </a>
        </li>
        {lastStatement !== null && (
          <li>
            <a class="govuk-link" href={`/finance/statements/${lastStatement.statementId}`}>
              {t('overview.last-statement', {
                file: lastStatement.fileName,
                day: formatDay(lastStatement.createdAt),
              })}
            </a>
          </li>
        )}
      </ul>
    </>
  );
}
