import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import {
  Button,
  ErrorSummary,
  type FieldErrors,
  Form,
  fieldId,
  TextInput,
  useSubmission,
} from '../shared/forms.tsx';
import { penceOf, poundsOf } from '../shared/pounds.ts';
import { useText } from './texts.ts';

/** What a form of an amount sends. */
export interface Given {
  /** One a form: sent twice, it books once. */
  readonly requestId: string;
  readonly pence: number;
  readonly reason: string;
}

/**
 * Asks for an amount and why; `children` are further fields, which get the refusals beside them. `name` tells several
 * such forms of a page apart; `whole` shows no amount, because all of it is meant.
 */
export function AmountForm(props: {
  name: string;
  title: string;
  hint?: string;
  pence: number;
  whole?: boolean;
  amountLabel: string;
  reasonLabel: string;
  button: string;
  run: (given: Given) => Promise<void>;
  children?: (field: (name: string) => string, errors: FieldErrors) => ComponentChildren;
}) {
  const t = useText();
  const [amount, setAmount] = useState(poundsOf(props.pence));
  const [reason, setReason] = useState('');
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const submission = useSubmission();
  const field = (name: string): string => `${props.name}.${name}`;
  const send = async (): Promise<void> => {
    const pence = props.whole ? props.pence : penceOf(amount);
    if (Number.isNaN(pence)) {
      submission.setErrors({ pence: t('input.amount') });
      return;
    }
    const went = await submission.run(() => props.run({ requestId, pence, reason }));
    if (!went) return;
    setRequestId(crypto.randomUUID());
    setReason('');
  };
  return (
    <Form onSubmit={() => void send()} label={props.title}>
      <ErrorSummary
        errors={submission.errors}
        general={submission.general}
        hrefOf={(name) => `#${fieldId(field(name))}`}
      />
      {props.hint !== undefined && <p class="govuk-body">{props.hint}</p>}
      {!props.whole && (
        <TextInput
          name={field('pence')}
          label={props.amountLabel}
          inputMode="decimal"
          width={10}
          value={amount}
          onInput={setAmount}
          error={submission.errors.pence}
        />
      )}
      {props.children?.(field, submission.errors)}
      <TextInput
        name={field('reason')}
        label={props.reasonLabel}
        value={reason}
        onInput={setReason}
        error={submission.errors.reason}
      />
      <Button type="submit" secondary disabled={submission.busy}>
        {props.button}
      </Button>
    </Form>
  );
}
