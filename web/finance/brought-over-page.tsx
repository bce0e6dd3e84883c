import { useState } from 'preact/hooks';
import { financeImportsContract } from '../../functions/http/finance-imports/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call } from '../shared/api.ts';
import { FileInput } from '../shared/file-input.tsx';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Table } from '../shared/show.tsx';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

type Result = RouteResponse<typeof financeImportsContract.importInvoices>;

/** Columns of the file, as the API asks for them. */
const COLUMNS = 'number,reference,payer,school,urn,amount_pence,due';

/** Brings the open invoices of a previous system over: what became of the rows, and why some were refused. */
export function BroughtOverPage() {
  const t = useText();
  const mayAct = useMayAct();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [result, setResult] = useState<Result | undefined>(undefined);
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    if (file === undefined) {
      submission.setErrors({ csv: t('brought-over.choose') });
      return;
    }
    setResult(undefined);
    await submission.run(async () => {
      setResult(await call(financeImportsContract.importInvoices, { body: { csv: await file.text() } }));
    });
  };
  return (
    <>
      <a class="govuk-back-link" href="/finance/invoices">
        {t('invoices.back')}
      </a>
      <Heading>{t('brought-over.title')}</Heading>
      <p class="govuk-body">{t('brought-over.hint')}</p>
      <p class="govuk-body">
        {t('brought-over.columns')} <code class="psqm-wrap">{COLUMNS}</code>
      </p>
      {mayAct && (
        <Form onSubmit={() => void send()} label={t('brought-over.title')}>
          <ErrorSummary errors={submission.errors} general={submission.general} />
          <FileInput
            name="csv"
            label={t('brought-over.file')}
            accept=".csv,text/csv"
            onChange={setFile}
            error={submission.errors.csv}
          />
          <Button type="submit" disabled={submission.busy}>
            {t(submission.busy ? 'brought-over.busy' : 'brought-over.button')}
          </Button>
        </Form>
      )}
      {result !== undefined && <Outcome result={result} />}
    </>
  );
}

function Outcome({ result: { accepted, unchanged, refusedCount, refused } }: { result: Result }) {
  const t = useText();
  return (
    <>
      <p class="govuk-body govuk-!-font-weight-bold" role="status">
        {t('brought-over.result', { accepted, unchanged, refused: refusedCount })}
      </p>
      {refused.length > 0 && (
        <Table
          caption={t('brought-over.refused')}
          head={[t('brought-over.line'), t('brought-over.reason')]}
          rows={refused.map(({ line, reason }) => [String(line), reason])}
        />
      )}
    </>
  );
}
