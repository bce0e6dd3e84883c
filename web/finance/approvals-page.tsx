import { useState } from 'preact/hooks';
import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, fieldId, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatInstant, formatPence, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { invoiceAddress } from './line-facts.tsx';
import { useMayApprove } from './may-act.ts';
import { useText } from './texts.ts';

type Approvals = RouteResponse<typeof financeBooksContract.listApprovals>;
type Request = Approvals['refunds'][number] | Approvals['writeOffs'][number];

/** Refunds and write-offs that wait for a second person, and refunds that the bank must pay. */
export function ApprovalsPage() {
  const t = useText();
  const approvals = useApi(financeBooksContract.listApprovals);
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await approvals.reload();
    setTold(message);
  };
  return (
    <>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('approvals.title')}</Heading>
      <p class="govuk-body">{t('approvals.lead')}</p>
      <Loading of={approvals}>
        {(data) => (
          <>
            {data.refunds.length + data.writeOffs.length === 0 && (
              <p class="govuk-body" role="status">
                {t('approvals.none')}
              </p>
            )}
            {data.refunds.map((one) => (
              <RequestPart
                key={one.refundId}
                id={one.refundId}
                title={t('approvals.refund', { amount: formatPence(one.pence), payer: one.payerName })}
                request={one}
                to={[one.destination.accountName, one.destination.sortCode, one.destination.accountNumber]}
                decide={(body) =>
                  call(financeBooksContract.decideRefund, {
                    params: { registrationId: one.registrationId, refundId: one.refundId },
                    body,
                  })
                }
                done={done}
              />
            ))}
            {data.writeOffs.map((one) => (
              <RequestPart
                key={one.writeOffId}
                id={one.writeOffId}
                title={t('approvals.write-off', {
                  amount: formatPence(one.pence),
                  invoice: one.invoiceNumber,
                })}
                request={one}
                to={[]}
                decide={(body) =>
                  call(financeBooksContract.decideWriteOff, {
                    params: { registrationId: one.registrationId, writeOffId: one.writeOffId },
                    body,
                  })
                }
                done={done}
              />
            ))}
            <Due due={data.due} />
          </>
        )}
      </Loading>
    </>
  );
}

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly request: Request;
  /** The account that a refund goes to. */
  readonly to: readonly string[];
  readonly decide: (body: { approve: boolean; reason: string }) => Promise<unknown>;
  readonly done: (message: string) => Promise<void>;
}

function RequestPart(props: PartProps) {
  const t = useText();
  const mayApprove = useMayApprove();
  const { request, title, to } = props;
  return (
    <section class="psqm-criterion" aria-label={title}>
      <h2 class="govuk-heading-m">{title}</h2>
      <SummaryList
        rows={[
          { key: t('approvals.school'), value: request.schoolName },
          {
            key: t('approvals.invoice'),
            value: (
              <a class="govuk-link" href={invoiceAddress(request.invoiceNumber)}>
                {request.invoiceNumber}
              </a>
            ),
          },
          {
            key: t('approvals.asked'),
            value: t('approvals.by-when', {
              when: formatInstant(request.requestedAt),
              name: request.requestedBy,
            }),
          },
          { key: t('approvals.why'), value: request.reason },
          ...(to.length === 0 ? [] : [{ key: t('approvals.to'), value: to.join(', ') }]),
        ]}
      />
      {request.mine ? (
        <p class="govuk-inset-text">{t('approvals.own')}</p>
      ) : mayApprove ? (
        <DecisionForm {...props} />
      ) : (
        <p class="govuk-inset-text">{t('approvals.not-yours')}</p>
      )}
    </section>
  );
}

function DecisionForm({ id, title, decide, done }: PartProps) {
  const t = useText();
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const field = `${id}.reason`;
  const send = (approve: boolean): void =>
    void submission.run(async () => {
      await decide({ approve, reason });
      await done(t(approve ? 'approvals.approved' : 'approvals.refused', { what: title }));
    });
  return (
    <Form onSubmit={() => send(true)} label={title}>
      <ErrorSummary
        errors={submission.errors}
        general={submission.general}
        hrefOf={() => `#${fieldId(field)}`}
      />
      <TextInput
        name={field}
        label={t('approvals.reason')}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <div class="govuk-button-group">
        <Button type="submit" disabled={submission.busy}>
          {t('approvals.approve')}
        </Button>
        <Button warning disabled={submission.busy} onClick={() => send(false)}>
          {t('approvals.refuse')}
        </Button>
      </div>
    </Form>
  );
}

function Due({ due }: { due: Approvals['due'] }) {
  const t = useText();
  return (
    <>
      <h2 class="govuk-heading-m">{t('approvals.due')}</h2>
      <p class="govuk-body">{t('approvals.due-lead')}</p>
      <Table
        caption={t('approvals.due')}
        head={[t('approvals.advice'), t('approvals.payer'), t('approvals.to'), t('approvals.amount')]}
        numeric={[3]}
        empty={t('approvals.due-none')}
        rows={due.map((one) => [
          <a class="govuk-link" href={invoiceAddress(one.invoiceNumber)}>
            {one.adviceNumber}
          </a>,
          one.payerName,
          `${one.destination.accountName}, ${one.destination.sortCode}, ${one.destination.accountNumber}`,
          formatPence(one.pence),
        ])}
      />
    </>
  );
}
