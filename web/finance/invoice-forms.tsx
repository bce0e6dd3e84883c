import { useState } from 'preact/hooks';
import type { financeContract } from '../../functions/http/finance/contract.ts';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import type { holdKinds } from '../../functions/payments/model.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import {
  Button,
  Choices,
  ErrorSummary,
  Form,
  fieldId,
  Select,
  TextInput,
  useSubmission,
} from '../shared/forms.tsx';
import { Details, formatPence } from '../shared/show.tsx';
import { useText } from './texts.ts';

interface Props {
  readonly invoice: RouteResponse<typeof financeContract.getInvoice>;
  readonly done: (said: string) => Promise<void>;
}
type Kind = (typeof holdKinds)[number];
const kinds: readonly Kind[] = ['DISPUTE', 'PROMISE', 'PURCHASE_ORDER_QUERY'];

/** What finance do with an invoice that is owed: stop its reminders, issue it with an order number, share it. */
export function InvoiceForms(props: Props) {
  const untouched = props.invoice.allocatedPence === 0 && props.invoice.creditedPence === 0;
  const own = props.invoice.registrationStatus === 'AWAITING_PAYMENT';
  return (
    <>
      {props.invoice.hold === null ? <HoldForm {...props} /> : <EndHoldForm {...props} />}
      {untouched && (own || props.invoice.lines.length > 1) && <OrderForm {...props} />}
      {untouched && own && <SplitForm {...props} />}
    </>
  );
}

function HoldForm({ invoice, done }: Props) {
  const t = useText();
  const [kind, setKind] = useState<Kind>('DISPUTE');
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const hold = () =>
    submission.run(async () => {
      await call(financePayersContract.holdInvoice, {
        params: { invoiceNumber: invoice.invoiceNumber },
        body: { kind, until: until === '' ? null : until, reason },
      });
      await done(t('hold.done'));
    });
  return (
    <Details summary={t('hold.button')}>
      <Form onSubmit={() => void hold()} label={t('hold.button')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`hold.${name}`)}`}
        />
        <Choices
          name="hold.kind"
          label={t('hold.kind')}
          options={kinds.map((value) => ({ value, label: t(`hold.kinds.${value}`) }))}
          value={[kind]}
          onChange={([value]) => setKind(kinds.find((each) => each === value) ?? 'DISPUTE')}
        />
        <TextInput
          name="hold.until"
          label={t('hold.until')}
          hint={t('hold.until-hint')}
          type="date"
          width={10}
          value={until}
          onInput={setUntil}
          error={submission.errors.until}
        />
        <TextInput
          name="hold.reason"
          label={t('hold.reason')}
          value={reason}
          onInput={setReason}
          error={submission.errors.reason}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('hold.button')}
        </Button>
      </Form>
    </Details>
  );
}

function EndHoldForm({ invoice, done }: Props) {
  const t = useText();
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const end = () =>
    submission.run(async () => {
      await call(financePayersContract.endHold, {
        params: { invoiceNumber: invoice.invoiceNumber },
        body: { reason },
      });
      await done(t('hold.ended'));
    });
  return (
    <Details summary={t('hold.end')}>
      <Form onSubmit={() => void end()} label={t('hold.end')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`end.${name}`)}`}
        />
        <TextInput
          name="end.reason"
          label={t('hold.reason')}
          value={reason}
          onInput={setReason}
          error={submission.errors.reason}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('hold.end')}
        </Button>
      </Form>
    </Details>
  );
}

function OrderForm({ invoice, done }: Props) {
  const t = useText();
  const [purchaseOrder, setPurchaseOrder] = useState('');
  const submission = useSubmission();
  const reissue = () =>
    submission.run(async () => {
      const made = await call(financePayersContract.reissueInvoice, {
        params: { invoiceNumber: invoice.invoiceNumber },
        body: { purchaseOrder },
      });
      await done(t('reissue.done', { number: made.invoiceNumber }));
    });
  return (
    <Details summary={t('reissue.title')}>
      <Form onSubmit={() => void reissue()} label={t('reissue.title')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`reissue.${name}`)}`}
        />
        <TextInput
          name="reissue.purchaseOrder"
          label={t('reissue.number')}
          hint={t('reissue.hint')}
          value={purchaseOrder}
          onInput={setPurchaseOrder}
          error={submission.errors.purchaseOrder}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('reissue.button')}
        </Button>
      </Form>
    </Details>
  );
}

function SplitForm({ invoice, done }: Props) {
  const t = useText();
  const payers = useApi(financePayersContract.listPayers);
  const [payerId, setPayerId] = useState('');
  const [percent, setPercent] = useState('50');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const split = () =>
    submission.run(async () => {
      const made = await call(financePayersContract.splitInvoice, {
        params: { invoiceNumber: invoice.invoiceNumber },
        body: { payerId, percent: Number(percent), reason },
      });
      await done(t('split.done', { number: made.invoiceNumber, amount: formatPence(made.grossPence) }));
    });
  return (
    <Details summary={t('split.title')}>
      <Form onSubmit={() => void split()} label={t('split.title')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`split.${name}`)}`}
        />
        <PayerSelect
          name="split.payerId"
          payers={payers.data?.payers ?? []}
          value={payerId}
          onChange={setPayerId}
          error={submission.errors.payerId}
        />
        <TextInput
          name="split.percent"
          label={t('split.percent')}
          hint={t('split.hint')}
          width={4}
          value={percent}
          onInput={setPercent}
          error={submission.errors.percent}
        />
        <TextInput
          name="split.reason"
          label={t('split.reason')}
          value={reason}
          onInput={setReason}
          error={submission.errors.reason}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('split.button')}
        </Button>
      </Form>
    </Details>
  );
}

/** One of the payers that are kept. */
export function PayerSelect(props: {
  name: string;
  payers: readonly { payerId: string; name: string; active: boolean }[];
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
}) {
  const t = useText();
  return (
    <Select
      name={props.name}
      label={t('payers.payer')}
      options={[
        { value: '', label: t('payers.choose') },
        ...props.payers
          .filter(({ active }) => active)
          .map(({ payerId, name }) => ({ value: payerId, label: name })),
      ]}
      value={props.value}
      onChange={props.onChange}
      error={props.error}
    />
  );
}
