import { useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, fieldId, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { penceOf, poundsOf } from '../shared/pounds.ts';
import { Details, formatDay, formatPence, Loading, Notice, SummaryList } from '../shared/show.tsx';
import { invoiceAddress } from './line-facts.tsx';
import { useMayAct } from './may-act.ts';
import { RefundForm } from './refund-form.tsx';
import { useText } from './texts.ts';

type Credit = RouteResponse<typeof financeContract.listCredits>['credits'][number];

/** Money that payers have with the programme beyond what they owe; a credit can be put on an invoice. */
export function CreditsPage() {
  const t = useText();
  const credits = useApi(financeContract.listCredits);
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await credits.reload();
    setTold(message);
  };
  return (
    <>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('credits.title')}</Heading>
      <p class="govuk-body">{t('credits.lead')}</p>
      <Loading of={credits}>
        {(data) =>
          data.credits.length === 0 ? (
            <p class="govuk-body">{t('credits.none')}</p>
          ) : (
            data.credits.map((credit) => <CreditPart key={credit.creditId} credit={credit} done={done} />)
          )
        }
      </Loading>
    </>
  );
}

interface PartProps {
  readonly credit: Credit;
  readonly done: (message: string) => Promise<void>;
}

function CreditPart({ credit, done }: PartProps) {
  const t = useText();
  const mayAct = useMayAct();
  const title = t('credits.of', { amount: formatPence(credit.remainingPence), payer: credit.payerName });
  return (
    <section class="psqm-criterion" aria-label={title}>
      <h2 class="govuk-heading-m">{title}</h2>
      <SummaryList
        rows={[
          { key: t('credits.school'), value: credit.schoolName },
          {
            key: t('credits.beside'),
            value: (
              <a class="govuk-link" href={invoiceAddress(credit.invoiceNumber)}>
                {credit.invoiceNumber}
              </a>
            ),
          },
          { key: t('credits.why'), value: `${formatDay(credit.at)}, ${credit.by}: ${credit.reason}` },
        ]}
      />
      {mayAct && (
        <Details summary={t('credits.use')}>
          <UseForm key={credit.remainingPence} credit={credit} done={done} />
        </Details>
      )}
      {mayAct && (
        <Details summary={t('refund.title')}>
          <RefundForm key={credit.remainingPence} credit={credit} done={done} />
        </Details>
      )}
    </section>
  );
}

function UseForm({ credit, done }: PartProps) {
  const t = useText();
  const [invoiceNumber, setInvoiceNumber] = useState('');
  const [amount, setAmount] = useState(poundsOf(credit.remainingPence));
  const [reason, setReason] = useState('');
  // One id a form: sent twice, it books once.
  const [requestId] = useState(() => crypto.randomUUID());
  const submission = useSubmission();
  const { registrationId, creditId } = credit;
  const name = (field: string): string => `${creditId}.${field}`;
  const use = async (): Promise<void> => {
    const pence = penceOf(amount);
    if (Number.isNaN(pence)) {
      submission.setErrors({ pence: t('input.amount') });
      return;
    }
    await submission.run(async () => {
      await call(financeContract.useCredit, {
        params: { registrationId, creditId },
        body: { requestId, invoiceNumber, pence, reason },
      });
      await done(t('credits.used', { amount: formatPence(pence), invoice: invoiceNumber }));
    });
  };
  return (
    <Form onSubmit={() => void use()} label={t('credits.use')}>
      <ErrorSummary
        errors={submission.errors}
        general={submission.general}
        hrefOf={(field) => `#${fieldId(name(field))}`}
      />
      <TextInput
        name={name('invoiceNumber')}
        label={t('parts.invoice')}
        width={20}
        value={invoiceNumber}
        onInput={setInvoiceNumber}
        error={submission.errors.invoiceNumber}
      />
      <TextInput
        name={name('pence')}
        label={t('parts.amount')}
        inputMode="decimal"
        width={10}
        value={amount}
        onInput={setAmount}
        error={submission.errors.pence}
      />
      <TextInput
        name={name('reason')}
        label={t('queue.reason')}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <Button type="submit" secondary disabled={submission.busy}>
        {t('credits.use-button')}
      </Button>
    </Form>
  );
}
