import { useState } from 'preact/hooks';
import { schoolContract } from '../../functions/http/school/contract.ts';
import { ApiError, call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatPence, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { openFile } from '../shared/upload.ts';
import { BackToSchool } from './back.tsx';
import { useText } from './texts.ts';

/** Fee, invoices with their papers, and the purchase order number that was to follow. */
export function InvoicesPage(props: { registrationId?: string }) {
  const t = useText();
  const registrationId = props.registrationId ?? '';
  const params = { registrationId };
  const view = useApi(schoolContract.registration, { params });
  const [number, setNumber] = useState('');
  const [told, setTold] = useState<string | undefined>(undefined);
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const open = async (invoiceNumber: string): Promise<void> => {
    try {
      setFailed(undefined);
      await openFile(() => call(schoolContract.invoiceFile, { params: { registrationId, invoiceNumber } }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailed(error.message);
    }
  };
  const add = async (): Promise<void> => {
    if (number.trim() === '') return submission.setErrors({ number: t('invoices.order-needed') });
    await submission.run(async () => {
      await call(schoolContract.addPurchaseOrder, { params, body: { number } });
      await view.reload();
      setTold(t('invoices.order-added'));
    });
  };
  return (
    <>
      <BackToSchool registrationId={registrationId} />
      <ErrorSummary errors={submission.errors} general={submission.general ?? failed} />
      <Loading of={view}>
        {(data) => (
          <>
            {told !== undefined && <Notice success>{told}</Notice>}
            <Heading caption={data.schoolName}>{t('invoices.title')}</Heading>
            {data.can.addPurchaseOrder && (
              <Form onSubmit={() => void add()} label={t('invoices.order')}>
                <h2 class="govuk-heading-m">{t('invoices.order')}</h2>
                <TextInput
                  name="number"
                  label={t('invoices.order-number')}
                  hint={t('invoices.order-hint')}
                  value={number}
                  onInput={setNumber}
                  error={submission.errors.number}
                  width={20}
                />
                <Button type="submit" disabled={submission.busy}>
                  {t('invoices.order-button')}
                </Button>
              </Form>
            )}
            <SummaryList
              rows={[
                { key: t('invoices.fee'), value: formatPence(data.feePence) },
                {
                  key: t('invoices.order-number'),
                  value: data.purchaseOrder.number ?? t(`invoices.order-kind.${data.purchaseOrder.kind}`),
                },
              ]}
            />
            <Table
              caption={t('invoices.papers')}
              empty={t('invoices.none')}
              head={[
                t('invoices.paper'),
                t('invoices.amount'),
                t('invoices.issued'),
                t('invoices.due'),
                t('invoices.state'),
              ]}
              numeric={[1]}
              rows={data.invoices.map((paper) => [
                <button
                  key="open"
                  type="button"
                  class="psqm-link-button"
                  onClick={() => void open(paper.number)}
                >
                  {t(`invoices.kind.${paper.kind}`)} {paper.number} (PDF)
                </button>,
                formatPence(paper.pence),
                formatDay(paper.issuedAt),
                paper.dueOn === null ? '' : formatDay(paper.dueOn),
                paper.kind === 'INVOICE' ? t(`invoices.status.${paper.status}`) : '',
              ])}
            />
          </>
        )}
      </Loading>
    </>
  );
}
