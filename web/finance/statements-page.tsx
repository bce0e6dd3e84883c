import { useEffect, useState } from 'preact/hooks';
import { financeContract } from '../../functions/http/finance/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { ApiError, call, useApi } from '../shared/api.ts';
import { FileInput } from '../shared/file-input.tsx';
import { Button, Choices, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatInstant, Loading, Table, Tag, type TagColour } from '../shared/show.tsx';
import { uploadFile } from '../shared/upload.ts';
import { useMayAct } from './may-act.ts';
import { useText } from './texts.ts';

export type Statement = RouteResponse<typeof financeContract.listStatements>['statements'][number];

const LOOK_AGAIN_MS = 1500;

/** Still to come to an end by itself. */
export const isUnderWay = ({ status }: Pick<Statement, 'status'>): boolean =>
  status === 'UPLOADED' || status === 'MATCHING';

function colourOf(status: Statement['status']): TagColour {
  switch (status) {
    case 'AWAITING_UPLOAD':
      return 'grey';
    case 'UPLOADED':
    case 'MATCHING':
      return 'blue';
    case 'RECONCILED':
      return 'green';
    case 'REFUSED':
      return 'red';
  }
}

/** How a statement stands, in words. */
export function StatementTag({ statement }: { statement: Statement }) {
  const t = useText();
  return (
    <>
      <Tag colour={colourOf(statement.status)}>{t(`statement-status.${statement.status}`)}</Tag>
      {isUnderWay(statement) && ` ${t('statements.progress', { percent: statement.progress })}`}
    </>
  );
}

/** Sends a bank statement and shows what became of all of them. */
export function StatementsPage() {
  const t = useText();
  const mayAct = useMayAct();
  const statements = useApi(financeContract.listStatements);
  const underWay = statements.data?.statements.some(isUnderWay) ?? false;
  const { reload } = statements;
  useEffect(() => {
    if (!underWay) return undefined;
    const timer = setInterval(() => void reload(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [underWay, reload]);
  return (
    <>
      <Heading>{t('statements.title')}</Heading>
      {mayAct && <UploadForm done={reload} />}
      <Loading of={statements}>
        {(data) => (
          <div aria-live="polite">
            <Table
              caption={t('statements.table')}
              head={[
                t('statements.file'),
                t('statements.status'),
                t('statements.matched'),
                t('statements.to-decide'),
              ]}
              numeric={[2, 3]}
              empty={t('statements.none')}
              rows={data.statements.map((statement) => [
                <>
                  <a class="govuk-link psqm-wrap" href={`/finance/statements/${statement.statementId}`}>
                    {statement.fileName}
                  </a>
                  <br />
                  <span class="psqm-when">
                    {formatInstant(statement.createdAt)}, {statement.uploadedBy}
                  </span>
                </>,
                <>
                  <StatementTag statement={statement} />
                  {statement.refusal !== null && (
                    <>
                      <br />
                      {statement.refusal.message}
                    </>
                  )}
                </>,
                String(statement.counts.matched),
                String(statement.counts.suspense),
              ])}
            />
          </div>
        )}
      </Loading>
    </>
  );
}

function UploadForm(props: { done: () => Promise<void> }) {
  const t = useText();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [isNew, setNew] = useState(false);
  const [sent, setSent] = useState<number | undefined>(undefined);
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    setTold(undefined);
    if (file === undefined) {
      submission.setErrors({ file: t('statements.choose') });
      return;
    }
    await submission.run(async () => {
      const { statementId, upload } = await call(financeContract.createStatement, {
        body: { fileName: file.name, newAccounts: isNew },
      });
      if (file.size > upload.maximumBytes) {
        const words = t('statements.too-large', { maximum: Math.floor(upload.maximumBytes / 1_000_000) });
        throw new ApiError(400, 'too-large', words, { file: words });
      }
      try {
        await uploadFile(upload, file, setSent);
      } catch (error) {
        const code = error instanceof Error ? error.message : String(error);
        throw new ApiError(0, code, t('statements.not-sent', { code }), {});
      } finally {
        setSent(undefined);
      }
      await call(financeContract.statementUploaded, { params: { statementId } });
      await props.done();
      setTold(t('statements.sent', { file: file.name }));
    });
  };
  return (
    <Form onSubmit={() => void send()} label={t('statements.upload')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <FileInput
        name="file"
        label={t('statements.upload')}
        hint={t('statements.hint')}
        accept=".xml,.sta,.940,.mt940,.bai,.bai2,.csv,.txt,text/plain,text/csv,text/xml"
        onChange={setFile}
        error={submission.errors.file}
      />
      <Choices
        multiple
        name="newAccounts"
        label={t('statements.new-account')}
        options={[{ value: 'new', label: t('statements.is-new') }]}
        value={isNew ? ['new'] : []}
        onChange={(value) => setNew(value.includes('new'))}
      />
      {sent !== undefined && (
        <p class="govuk-body" role="status">
          <progress value={sent} max={1} aria-label={t('statements.sending')} />{' '}
          {t('statements.sent-share', { percent: Math.round(sent * 100) })}
        </p>
      )}
      {told !== undefined && (
        <p class="govuk-body govuk-!-font-weight-bold" role="status">
          {told}
        </p>
      )}
      <Button type="submit" disabled={submission.busy}>
        {t('statements.button')}
      </Button>
    </Form>
  );
}
