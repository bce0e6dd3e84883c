import { useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import { call } from '../shared/api.ts';
import {
  Button,
  Choices,
  ErrorSummary,
  type FieldErrors,
  Form,
  fieldId,
  TextInput,
  useSubmission,
} from '../shared/forms.tsx';
import { penceOf, poundsOf } from '../shared/pounds.ts';
import { formatPence } from '../shared/show.tsx';
import type { LineWithHistory } from './line-page.tsx';
import { useText } from './texts.ts';

interface Part {
  /** Tells rows apart when one in between is taken away. */
  readonly key: string;
  readonly as: 'INVOICE' | 'CREDIT';
  readonly invoiceNumber: string;
  readonly amount: string;
}

/** A payment for one school that has ended, or was paid before, can only be kept as its payer's credit. */
function firstPart(line: LineWithHistory): Part {
  const [best] = line.candidates;
  const key = crypto.randomUUID();
  if (best === undefined) return { key, as: 'INVOICE', invoiceNumber: '', amount: poundsOf(line.openPence) };
  const onlyCredit = best.balancePence <= 0 || best.reasons.includes('ENDED');
  return {
    key,
    as: onlyCredit ? 'CREDIT' : 'INVOICE',
    invoiceNumber: best.invoiceNumber,
    amount: poundsOf(onlyCredit ? line.openPence : Math.min(line.openPence, best.balancePence)),
  };
}

/** Puts what is open of a payment on one or several invoices, or keeps a part as the payer's credit. */
export function PartsForm(props: { line: LineWithHistory; done: (message: string) => Promise<void> }) {
  const t = useText();
  const { line } = props;
  const [parts, setParts] = useState<readonly Part[]>(() => [firstPart(line)]);
  const [reason, setReason] = useState('');
  // One id a form: sent twice, it books once.
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const submission = useSubmission();
  const given = parts.map((part) => penceOf(part.amount));
  const sum = given.reduce((total, pence) => total + (Number.isNaN(pence) ? 0 : pence), 0);
  const set = (key: string, change: Partial<Part>): void =>
    setParts(parts.map((part) => (part.key === key ? { ...part, ...change } : part)));
  const add = (): void =>
    setParts([
      ...parts,
      {
        key: crypto.randomUUID(),
        as: 'INVOICE',
        invoiceNumber: '',
        amount: poundsOf(Math.max(0, line.openPence - sum)),
      },
    ]);
  const send = async (): Promise<void> => {
    const wrong = given.flatMap((pence, index) =>
      Number.isNaN(pence) ? [[`parts.${index}.pence`, t('input.amount')] as const] : [],
    );
    if (wrong.length > 0) {
      submission.setErrors(Object.fromEntries(wrong));
      return;
    }
    await submission.run(async () => {
      await call(financeContract.allocateLine, {
        params: { lineId: line.lineId },
        body: {
          requestId,
          reason,
          parts: parts.map(({ as, invoiceNumber }, index) => ({
            as,
            invoiceNumber,
            pence: given[index] ?? 0,
          })),
        },
      });
      setRequestId(crypto.randomUUID());
      setReason('');
      await props.done(t('parts.done', { amount: formatPence(sum) }));
    });
  };
  return (
    <Form onSubmit={() => void send()} label={t('parts.title')}>
      <h2 class="govuk-heading-m">{t('parts.title')}</h2>
      <ErrorSummary errors={submission.errors} general={submission.general} hrefOf={fieldOf} />
      {parts.map((part, index) => (
        <PartFields
          key={part.key}
          part={part}
          index={index}
          errors={submission.errors}
          onChange={(change) => set(part.key, change)}
          onRemove={
            parts.length === 1 ? undefined : () => setParts(parts.filter(({ key }) => key !== part.key))
          }
        />
      ))}
      <p class="govuk-body" role="status">
        {t('parts.sum', { sum: formatPence(sum), open: formatPence(line.openPence) })}
      </p>
      <Button secondary onClick={add}>
        {t('parts.add')}
      </Button>
      <TextInput
        name="reason"
        label={t('queue.reason')}
        hint={t('queue.reason-hint')}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('parts.button')}
      </Button>
    </Form>
  );
}

/** Refusals about all parts together are told at the first amount. */
const fieldOf = (name: string): string => `#${fieldId(name === 'parts' ? 'parts.0.pence' : name)}`;

function PartFields(props: {
  part: Part;
  index: number;
  errors: FieldErrors;
  onChange: (change: Partial<Part>) => void;
  onRemove: (() => void) | undefined;
}) {
  const t = useText();
  const { part, index, errors, onChange, onRemove } = props;
  const name = (field: string): string => `parts.${index}.${field}`;
  return (
    <fieldset class="govuk-fieldset">
      <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">
        {t('parts.part', { number: index + 1 })}
      </legend>
      <Choices
        name={name('as')}
        label={t('parts.as')}
        options={[
          { value: 'INVOICE', label: t('parts.as-invoice') },
          { value: 'CREDIT', label: t('parts.as-credit'), hint: t('parts.as-credit-hint') },
        ]}
        value={[part.as]}
        onChange={([value]) => onChange({ as: value === 'CREDIT' ? 'CREDIT' : 'INVOICE' })}
      />
      <TextInput
        name={name('invoiceNumber')}
        label={t('parts.invoice')}
        width={20}
        value={part.invoiceNumber}
        onInput={(invoiceNumber) => onChange({ invoiceNumber })}
        error={errors[name('invoiceNumber')]}
      />
      <TextInput
        name={name('pence')}
        label={t('parts.amount')}
        inputMode="decimal"
        width={10}
        value={part.amount}
        onInput={(amount) => onChange({ amount })}
        error={errors[name('pence')] ?? (index === 0 ? errors.parts : undefined)}
      />
      {onRemove !== undefined && (
        <Button secondary onClick={onRemove}>
          {t('parts.remove', { number: index + 1 })}
        </Button>
      )}
    </fieldset>
  );
}
