import { useState } from 'preact/hooks';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import { payerKinds } from '../../functions/payments/model.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import {
  Button,
  ErrorSummary,
  Form,
  fieldId,
  Select,
  TextArea,
  TextInput,
  useSubmission,
} from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Details, formatPence, Loading, Notice, Table } from '../shared/show.tsx';
import { AliasesPart } from './aliases-part.tsx';
import { PayerSelect } from './invoice-forms.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { invoiceAddress, payerAddress } from './line-facts.tsx';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

type Payer = RouteResponse<typeof financePayersContract.keepPayer>;
const none: Omit<Payer, 'payerId'> = {
  kind: 'TRUST',
  name: '',
  email: '',
  addressLines: [],
  contacts: [],
  ownReference: null,
  purchaseOrder: null,
  language: 'en',
  termsDays: null,
  active: true,
};

/** Who pays apart from schools, and one invoice for several schools of one payer. */
export function PayersPage() {
  const t = useText();
  const mayAct = useMayAct();
  const payers = useApi(financePayersContract.listPayers);
  const [message, setMessage] = useState('');
  const done = async (said: string): Promise<void> => {
    await payers.reload();
    setMessage(said);
  };
  return (
    <>
      <a class="govuk-back-link" href="/finance/invoices">
        {t('invoices.back')}
      </a>
      <Heading>{t('payers.title')}</Heading>
      {message !== '' && (
        <Notice success key={message}>
          {message}
        </Notice>
      )}
      <p class="govuk-body">{t('payers.intro')}</p>
      <Loading of={payers}>
        {(data) => (
          <>
            <Table
              caption={t('payers.table')}
              head={[t('payers.name'), t('payers.kind'), t('payers.email'), t('payers.reference')]}
              empty={t('payers.none')}
              rows={data.payers.map((one) => [
                <a class="govuk-link" href={payerAddress(one.payerId)}>
                  {one.name}
                </a>,
                t(`payers.kinds.${one.kind}`),
                one.email,
                [one.ownReference, one.purchaseOrder].filter((each) => each !== null).join(', '),
              ])}
            />
            {mayAct && (
              <>
                <JoinForm payers={data.payers} />
                <PayerForm key={data.payers.length} done={done} />
              </>
            )}
          </>
        )}
      </Loading>
      <AliasesPart />
    </>
  );
}

function JoinForm({ payers }: { payers: readonly Payer[] }) {
  const t = useText();
  const [payerId, setPayerId] = useState('');
  const [numbers, setNumbers] = useState('');
  const [reason, setReason] = useState('');
  const [made, setMade] = useState<RouteResponse<typeof financePayersContract.joinInvoices> | undefined>();
  const submission = useSubmission();
  const join = () =>
    submission.run(async () => {
      setMade(
        await call(financePayersContract.joinInvoices, {
          params: { payerId },
          body: { invoiceNumbers: numbers.split(/[\s,;]+/).filter((each) => each !== ''), reason },
        }),
      );
      setNumbers('');
    });
  return (
    <>
      <h2 class="govuk-heading-m">{t('join.title')}</h2>
      {made !== undefined && (
        <Notice success key={made.invoiceNumber}>
          {t('join.done', { amount: formatPence(made.grossPence), payer: made.payerName })}{' '}
          <a class="govuk-notification-banner__link" href={invoiceAddress(made.invoiceNumber)}>
            {made.invoiceNumber}
          </a>
        </Notice>
      )}
      <Form onSubmit={() => void join()} label={t('join.title')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`join.${name.split('.')[0]}`)}`}
        />
        <PayerSelect
          name="join.payerId"
          payers={payers}
          value={payerId}
          onChange={setPayerId}
          error={submission.errors.payerId}
        />
        <TextArea
          name="join.invoiceNumbers"
          label={t('join.numbers')}
          hint={t('join.hint')}
          value={numbers}
          onInput={setNumbers}
          error={submission.errors.invoiceNumbers}
        />
        <TextInput
          name="join.reason"
          label={t('join.reason')}
          value={reason}
          onInput={setReason}
          error={submission.errors.reason}
        />
        <Button type="submit" disabled={submission.busy}>
          {t('join.button')}
        </Button>
      </Form>
    </>
  );
}

function PayerForm({ done }: { done: (said: string) => Promise<void> }) {
  const t = useText();
  const [payerId] = useState(() => crypto.randomUUID());
  const [form, setForm] = useState(none);
  const [days, setDays] = useState('');
  const submission = useSubmission();
  const orNull = (value: string): string | null => (value === '' ? null : value);
  const keep = () =>
    submission.run(async () => {
      const body = {
        ...form,
        addressLines: form.addressLines.filter((line) => line.trim() !== ''),
        termsDays: days === '' ? null : Number(days),
      };
      await call(financePayersContract.keepPayer, { params: { payerId }, body });
      await done(t('payers.kept', { name: form.name }));
    });
  return (
    <Details summary={t('payers.add')}>
      <Form onSubmit={() => void keep()} label={t('payers.add')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`payer.${name.split('.')[0]}`)}`}
        />
        <Select
          name="payer.kind"
          label={t('payers.kind')}
          options={payerKinds.map((value) => ({ value, label: t(`payers.kinds.${value}`) }))}
          value={form.kind}
          onChange={(value) =>
            setForm({ ...form, kind: payerKinds.find((each) => each === value) ?? 'TRUST' })
          }
        />
        <TextInput
          name="payer.name"
          label={t('payers.name')}
          value={form.name}
          onInput={(name) => setForm({ ...form, name })}
          error={submission.errors.name}
        />
        <TextInput
          name="payer.email"
          label={t('payers.email')}
          type="email"
          value={form.email}
          onInput={(email) => setForm({ ...form, email })}
          error={submission.errors.email}
        />
        <TextArea
          name="payer.addressLines"
          label={t('payers.address')}
          value={form.addressLines.join('\n')}
          onInput={(value) => setForm({ ...form, addressLines: value.split('\n') })}
          error={submission.errors.addressLines}
        />
        <TextInput
          name="payer.ownReference"
          label={t('payers.own-reference')}
          hint={t('payers.own-hint')}
          value={form.ownReference ?? ''}
          onInput={(value) => setForm({ ...form, ownReference: orNull(value) })}
          error={submission.errors.ownReference}
        />
        <TextInput
          name="payer.purchaseOrder"
          label={t('invoice.order')}
          value={form.purchaseOrder ?? ''}
          onInput={(value) => setForm({ ...form, purchaseOrder: orNull(value) })}
          error={submission.errors.purchaseOrder}
        />
        <TextInput
          name="payer.termsDays"
          label={t('payers.terms')}
          hint={t('payers.terms-hint')}
          width={4}
          value={days}
          onInput={setDays}
          error={submission.errors.termsDays}
        />
        <LanguageChoice
          name="payer.language"
          label={t('payers.language')}
          value={form.language}
          onChange={(language) => setForm({ ...form, language })}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('payers.keep')}
        </Button>
      </Form>
    </Details>
  );
}
