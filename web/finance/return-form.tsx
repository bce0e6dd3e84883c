import { useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, fieldId, TextInput, useSubmission } from '../shared/forms.tsx';
import { formatDay } from '../shared/show.tsx';
import { lineAddress } from './line-facts.tsx';
import type { LineWithHistory } from './line-page.tsx';
import { useText } from './texts.ts';

/** Settles money that went back with the payment it had come with: the one that was found, or one given by its number. */
export function ReturnForm(props: { line: LineWithHistory; done: (message: string) => Promise<void> }) {
  const t = useText();
  const { line, done } = props;
  const found = line.returnOf;
  const [originalLineId, setOriginal] = useState(found?.lineId ?? '');
  const [reason, setReason] = useState(found === null ? '' : t('returned.by-reference'));
  const submission = useSubmission();
  const settle = () =>
    submission.run(async () => {
      await call(financeContract.returnPayment, {
        params: { lineId: line.lineId },
        body: { originalLineId, reason },
      });
      await done(t('returned.done'));
    });
  return (
    <>
      <h2 class="govuk-heading-m">{t('returned.title')}</h2>
      {found === null ? (
        <p class="govuk-body">{t('returned.none')}</p>
      ) : (
        <p class="govuk-body">
          {t('returned.found', {
            day: formatDay(found.bookedOn),
            payer: found.payerName === '' ? t('queue.unknown-payer') : found.payerName,
          })}{' '}
          {found.invoiceNumbers.length === 0
            ? t('returned.stands-on-nothing')
            : t('returned.stands', { invoices: found.invoiceNumbers.join(', ') })}{' '}
          <a class="govuk-link" href={lineAddress(found.lineId)}>
            {t('returned.look')}
          </a>
        </p>
      )}
      <Form onSubmit={() => void settle()} label={t('returned.title')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`return.${name}`)}`}
        />
        <TextInput
          name="return.originalLineId"
          label={t('returned.line')}
          value={originalLineId}
          onInput={setOriginal}
          error={submission.errors.originalLineId}
        />
        <TextInput
          name="return.reason"
          label={t('returned.reason')}
          value={reason}
          onInput={setReason}
          error={submission.errors.reason}
        />
        <Button type="submit" disabled={submission.busy}>
          {t('returned.button')}
        </Button>
      </Form>
    </>
  );
}
