import { useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
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
  /** How it was done: by a key, the next payment takes the focus. */
  readonly by: 'key' | 'form';
  readonly undo: boolean;
}

/**
 * What the machine left to people, the surest suggestion first: each payment with its likeliest invoice and why. By
 * keyboard a payment is reached by Tab; on it, one key takes the suggestion. The keys act only where a payment has the
 * focus, so that nobody who dictates or types elsewhere meets them (WCAG 2.1.4).
 */
export function QueuePage() {
  const t = useText();
  const queue = useApi(financeContract.listQueue, {});
  const overview = useApi(financeContract.getOverview);
  const [told, setTold] = useState<Told | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const mayAct = useMayAct();
  const undone = useSubmission();
  const done = async (next: Told): Promise<void> => {
    await Promise.all([queue.reload(), overview.reload()]);
    setTold(next);
    if (next.by === 'key') list.current?.querySelector<HTMLElement>('section[tabindex]')?.focus();
  };
  /** Takes back what was made of the last payment. */
  const undo = (lineId: string): void =>
    void undone.run(async () => {
      const line = await call(financeContract.getLine, { params: { lineId } });
      for (const { allocationId } of line.allocations.filter(({ reversed }) => reversed === null))
        await call(financeContract.reverseAllocation, {
          params: { lineId, allocationId },
          body: { reason: t('queue.undone-at-once') },
        });
      await done({ text: t('queue.undone'), lineId, by: 'key', undo: false });
    });
  return (
    <>
      {told !== undefined && (
        <Notice key={told.text} success>
          {told.text}{' '}
          <a class="govuk-notification-banner__link" href={lineAddress(told.lineId)}>
            {t('queue.look-or-undo')}
          </a>{' '}
          {told.undo && (
            <Button secondary disabled={undone.busy} onClick={() => undo(told.lineId)}>
              {t('queue.undo')}
            </Button>
          )}
        </Notice>
      )}
      <Heading>{t('queue.title')}</Heading>
      <ErrorSummary errors={undone.errors} general={undone.general} />
      <Loading of={queue}>
        {(data) => (
          <>
            <p class="govuk-body" role="status">
              {data.lines.length === 0 ? t('queue.empty') : t('queue.count', { count: data.lines.length })}
            </p>
            {mayAct && data.lines.length > 0 && <p class="govuk-body">{t('queue.keys')}</p>}
            <div ref={list}>
              {data.lines.map((line, index) => (
                <QueueLine
                  key={line.lineId}
                  line={line}
                  place={index + 1}
                  done={done}
                  undo={() => (told?.undo ? undo(told.lineId) : undefined)}
                />
              ))}
            </div>
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
  /** Which it is in the queue: several may be of one payer, day and amount, and are told apart by it. */
  readonly place: number;
  readonly done: (told: Told) => Promise<void>;
}

function QueueLine({ line, place, done, undo }: LineProps & { undo: () => void }) {
  const t = useText();
  const mayAct = useMayAct();
  const { route } = useLocation();
  const submission = useSubmission();
  const [requestId] = useState(() => crypto.randomUUID());
  const [best] = line.candidates;
  const parts = mayAct ? suggestedParts(line) : [];
  const accept = (): void =>
    void submission.run(async () => {
      const why = best?.why.join('; ') ?? line.ruleWords ?? '';
      await call(financeContract.allocateLine, {
        params: { lineId: line.lineId },
        body: { requestId, reason: t('queue.accepted', { why }), parts },
      });
      const what = {
        amount: formatPence(parts.reduce((sum, { pence }) => sum + pence, 0)),
        invoice: parts.map(({ invoiceNumber }) => invoiceNumber).join(', '),
      };
      await done({ text: t('queue.allocated', what), lineId: line.lineId, by: 'key', undo: true });
    });
  const onKey = (event: KeyboardEvent): void => {
    const own = event.target === event.currentTarget && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!own || !mayAct) return;
    const key = event.key.toLowerCase();
    if (key === 'a' && parts.length > 0 && !submission.busy) accept();
    if (key === 's') route(lineAddress(line.lineId));
    if (key === 'p') route(`${lineAddress(line.lineId)}?park=true`);
    if (key === 'u') undo();
    if (key === '/') {
      event.preventDefault();
      route(`/finance/invoices?${new URLSearchParams({ q: line.payerName })}`);
    }
  };
  const title = t('queue.line', {
    place,
    amount: formatPence(line.pence),
    payer: line.payerName === '' ? t('queue.unknown-payer') : line.payerName,
    day: formatDay(line.bookedOn),
  });
  return (
    // The keys of a payment act only while it has the focus itself.
    <section class="psqm-result" aria-label={title} tabIndex={mayAct ? 0 : undefined} onKeyDown={onKey}>
      <h2 class="govuk-heading-m">{title}</h2>
      <ErrorSummary errors={submission.errors} general={submission.general} />
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
        <AllocateForm line={line} place={place} best={best} done={done} />
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

/** What one key takes: the invoices of a rule that found several, else the likeliest one; nothing where none can be taken. */
function suggestedParts(line: Line): { as: 'INVOICE'; invoiceNumber: string; pence: number }[] {
  if (line.direction !== 'CREDIT') return [];
  const whole = line.proposal.reduce((sum, { pence }) => sum + pence, 0) === line.openPence;
  if (line.proposal.length > 1 && whole)
    return line.proposal.map(({ invoiceNumber, pence }) => ({ as: 'INVOICE', invoiceNumber, pence }));
  const [best] = line.candidates;
  if (best === undefined || !canTake(line, best)) return [];
  const pence = Math.min(line.openPence, best.balancePence);
  return [{ as: 'INVOICE', invoiceNumber: best.invoiceNumber, pence }];
}

function AllocateForm({ line, place, best, done }: LineProps & { best: Candidate }) {
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
      await done({ text: t('queue.allocated', what), lineId: line.lineId, by: 'form', undo: true });
    });
  return (
    <Form onSubmit={() => void allocate()} label={`${place}: ${t('queue.put-on', what)}`}>
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
