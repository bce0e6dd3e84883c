import { useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { Details, formatDay, formatInstant, formatPence, Loading, Notice, Tag } from '../shared/show.tsx';
import { invoiceAddress, LineFacts, LineTag, lineAddress, Why } from './line-facts.tsx';
import { useMayAct } from './may-act.ts';
import { OtherForm, RefundOfLineForm } from './other-forms.tsx';
import { ParkForm } from './park-form.tsx';
import { PartsForm } from './parts-form.tsx';
import { RememberForm } from './remember-form.tsx';
import { ReturnForm } from './return-form.tsx';
import { useText } from './texts.ts';

export type LineWithHistory = RouteResponse<typeof financeContract.getLine>;

/** One payment: its candidates, putting it on invoices in parts, parking it, and undoing what was done. */
export function LinePage(props: { lineId?: string }) {
  const line = useApi(financeContract.getLine, { params: { lineId: props.lineId ?? '' } });
  return <Loading of={line}>{(data) => <LineView line={data} reload={line.reload} />}</Loading>;
}

function LineView({ line, reload }: { line: LineWithHistory; reload: () => Promise<void> }) {
  const t = useText();
  const mayAct = useMayAct();
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await reload();
    setTold(message);
  };
  const isOpen = line.openPence > 0 && (line.status === 'SUSPENSE' || line.status === 'PARKED');
  return (
    <>
      <a class="govuk-back-link" href="/finance/">
        {t('line.back')}
      </a>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading caption={formatDay(line.bookedOn)}>
        {line.direction === 'DEBIT'
          ? t('line.title-out', { amount: formatPence(line.pence) })
          : t('line.title', {
              amount: formatPence(line.pence),
              payer: line.payerName === '' ? t('queue.unknown-payer') : line.payerName,
            })}
      </Heading>
      <p class="govuk-body">
        <LineTag status={line.status} />
      </p>
      {line.parked !== null && (
        <p class="govuk-inset-text">
          {t('line.parked', {
            day: formatDay(line.parked.until),
            name: line.parked.by,
            reason: line.parked.reason,
          })}
        </p>
      )}
      <p class="govuk-body psqm-when">{t('returned.number', { line: line.lineId })}</p>
      <LineFacts line={line} />
      {isOpen && <Candidates line={line} />}
      {mayAct && isOpen && line.direction === 'CREDIT' && (
        <PartsForm key={`${line.lineId}${line.openPence}`} line={line} done={done} />
      )}
      {mayAct && isOpen && line.direction === 'CREDIT' && (
        <OtherForm key={`other${line.openPence}`} line={line} done={done} />
      )}
      {mayAct && isOpen && line.reversal && line.direction === 'DEBIT' && (
        <ReturnForm key={`return${line.openPence}`} line={line} done={done} />
      )}
      {mayAct && line.status === 'OUTGOING' && line.pence > 0 && (
        <>
          <RefundOfLineForm line={line} done={done} />
          <OtherForm line={line} done={done} />
        </>
      )}
      {mayAct && line.status === 'SUSPENSE' && <ParkForm line={line} done={done} />}
      {mayAct && line.status === 'PARKED' && (
        <>
          <h2 class="govuk-heading-m">{t('park.back-title')}</h2>
          <ReasonForm
            name="unpark"
            label={t('park.back-title')}
            button={t('park.back')}
            run={async (reason) => {
              await call(financeContract.unparkLine, { params: { lineId: line.lineId }, body: { reason } });
              await done(t('park.is-back'));
            }}
          />
        </>
      )}
      <Uses line={line} done={done} />
      {mayAct && line.remember !== null && (
        <RememberForm lineId={line.lineId} remember={line.remember} done={done} />
      )}
      <p class="govuk-body">
        <a class="govuk-link" href={`/finance/statements/${line.statementId}`}>
          {t('line.statement')}
        </a>
      </p>
    </>
  );
}

function Candidates({ line }: { line: LineWithHistory }) {
  const t = useText();
  return (
    <>
      <h2 class="govuk-heading-m">{t('line.candidates')}</h2>
      {line.candidates.length === 0 && <p class="govuk-body">{t('queue.no-candidate')}</p>}
      <ol class="govuk-list govuk-list--number">
        {line.candidates.map((candidate) => (
          <li key={candidate.invoiceNumber}>
            <a class="govuk-link govuk-!-font-weight-bold" href={invoiceAddress(candidate.invoiceNumber)}>
              {candidate.invoiceNumber}
            </a>
            , {candidate.schoolName}, {t('queue.owed', { amount: formatPence(candidate.balancePence) })}
            <Why candidate={candidate} />
          </li>
        ))}
      </ol>
    </>
  );
}

interface Use {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  readonly text: string;
  readonly automatic: boolean;
  readonly reversed: { readonly by: string; readonly reason: string; readonly at: string } | null;
  /** The other line of a payment and its return. */
  readonly otherLineId?: string;
}

/** Every allocation and credit ever made from the line, each of which can be taken back. */
function Uses(props: { line: LineWithHistory; done: (message: string) => Promise<void> }) {
  const t = useText();
  const mayAct = useMayAct();
  const { line } = props;
  const uses: Use[] = [
    ...line.allocations.map((one) => ({
      ...one,
      id: one.allocationId,
      text: t('uses.on-invoice', { amount: formatPence(one.pence), invoice: one.invoiceNumber }),
    })),
    ...line.credits.map((one) => ({
      ...one,
      id: one.creditId,
      automatic: false,
      text: t('uses.as-credit', {
        amount: formatPence(one.pence),
        payer: one.payerName,
        invoice: one.invoiceNumber,
      }),
    })),
    ...line.refunds.flatMap((one) =>
      one.paid === null
        ? []
        : [
            {
              ...one.paid,
              id: one.paid.paymentId,
              automatic: false,
              reversed: null,
              text: t('uses.as-refund', {
                amount: formatPence(one.pence),
                number: one.adviceNumber ?? '',
                payer: one.payerName,
              }),
            },
          ],
    ),
    ...line.others.map((one) => ({
      ...one,
      id: one.entryId,
      automatic: false,
      text: t('uses.as-other', { amount: formatPence(one.pence), source: one.sourceName }),
    })),
    ...(line.returned === null
      ? []
      : [
          {
            ...line.returned,
            id: line.returned.returnId,
            otherLineId:
              line.returned.lineId === line.lineId ? line.returned.originalLineId : line.returned.lineId,
            automatic: false,
            text: t(line.returned.lineId === line.lineId ? 'returned.takes-back' : 'returned.went-back', {
              amount: formatPence(line.returned.pence),
            }),
          },
        ]),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return (
    <>
      <h2 class="govuk-heading-m">{t('uses.title')}</h2>
      {uses.length === 0 && <p class="govuk-body">{t('uses.none')}</p>}
      {uses.map((use) => (
        <section key={use.id} class="psqm-criterion" aria-label={use.text}>
          <p class="govuk-body">
            <strong>{use.text}</strong>{' '}
            {use.reversed !== null && <Tag colour="grey">{t('uses.taken-back')}</Tag>}
            <br />
            {formatInstant(use.at)}, {use.automatic ? t('uses.by-itself') : use.by}: {use.reason}
            {use.otherLineId !== undefined && (
              <>
                <br />
                <a class="govuk-link" href={lineAddress(use.otherLineId)}>
                  {t('returned.look')}
                </a>
              </>
            )}
            {use.reversed !== null && (
              <>
                <br />
                {t('uses.back-by', {
                  when: formatInstant(use.reversed.at),
                  name: use.reversed.by,
                  reason: use.reversed.reason,
                })}
              </>
            )}
          </p>
          {mayAct && use.reversed === null && (
            <Details summary={t('uses.undo')}>
              <p class="govuk-body">{t('uses.undo-hint')}</p>
              <ReasonForm
                name={use.id}
                label={t('uses.undo-this', { what: use.text })}
                button={t('uses.undo')}
                warning
                run={async (reason) => {
                  await call(financeContract.reverseAllocation, {
                    params: { lineId: line.lineId, allocationId: use.id },
                    body: { reason },
                  });
                  await props.done(t('uses.undone', { what: use.text }));
                }}
              />
            </Details>
          )}
        </section>
      ))}
    </>
  );
}
