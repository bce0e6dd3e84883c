import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { financeContract } from '../../functions/http/finance/contract.ts';
import { call } from '../shared/api.ts';
import { Button, ErrorSummary, Form, fieldId, TextInput, useSubmission } from '../shared/forms.tsx';
import { Details, formatDay } from '../shared/show.tsx';
import type { LineWithHistory } from './line-page.tsx';
import { useText } from './texts.ts';

/** Puts a payment aside until a day, for example until the school has answered. */
export function ParkForm(props: { line: LineWithHistory; done: (message: string) => Promise<void> }) {
  const t = useText();
  const { query } = useLocation();
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const park = () =>
    submission.run(async () => {
      await call(financeContract.parkLine, {
        params: { lineId: props.line.lineId },
        body: { until, reason },
      });
      await props.done(t('park.done', { day: formatDay(until) }));
    });
  return (
    <Details summary={t('park.title')} open={query.park === 'true'}>
      <Form onSubmit={() => void park()} label={t('park.title')}>
        <ErrorSummary
          errors={submission.errors}
          general={submission.general}
          hrefOf={(name) => `#${fieldId(`park.${name}`)}`}
        />
        <TextInput
          name="park.until"
          label={t('park.until')}
          hint={t('park.until-hint')}
          type="date"
          width={10}
          value={until}
          onInput={setUntil}
          error={submission.errors.until}
        />
        <TextInput
          name="park.reason"
          label={t('park.reason')}
          value={reason}
          onInput={setReason}
          error={submission.errors.reason}
        />
        <Button type="submit" secondary disabled={submission.busy}>
          {t('park.button')}
        </Button>
      </Form>
    </Details>
  );
}
