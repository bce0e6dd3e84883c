import { useState } from 'preact/hooks';
import type { ImportResult } from '../../functions/http/admin/reads.ts';
import { FileInput } from '../shared/file-input.tsx';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { saveFile } from '../shared/save-file.ts';
import { Details, Table } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** Takes a CSV of the person's device: which columns it has, what became of its rows, and why some were refused. */
export function CsvImport(props: {
  title: string;
  hint: string;
  columns: readonly string[];
  /** Name of the empty file that can be had as a start. */
  fileName: string;
  run: (csv: string) => Promise<ImportResult>;
  /** Loads again what the page lists. */
  done: () => Promise<void>;
  open?: boolean;
}) {
  const t = useText();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [result, setResult] = useState<ImportResult | undefined>(undefined);
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    if (file === undefined) {
      submission.setErrors({ csv: t('csv.choose') });
      return;
    }
    setResult(undefined);
    await submission.run(async () => {
      setResult(await props.run(await textOf(file)));
      await props.done();
    });
  };
  const form = (
    <Form onSubmit={() => void send()} label={props.title}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <p class="govuk-body">{props.hint}</p>
      <p class="govuk-body">
        {t('csv.columns')} <code class="psqm-wrap">{props.columns.join(',')}</code>
      </p>
      <p class="govuk-body">
        <button
          type="button"
          class="psqm-link-button"
          onClick={() => saveFile(props.fileName, `${props.columns.join(',')}\r\n`, 'text/csv')}
        >
          {t('csv.empty-file')}
        </button>
      </p>
      <FileInput
        name="csv"
        label={t('csv.file')}
        accept=".csv,text/csv"
        onChange={setFile}
        error={submission.errors.csv}
      />
      <Button type="submit" secondary disabled={submission.busy}>
        {t(submission.busy ? 'csv.busy' : 'csv.button')}
      </Button>
      {result !== undefined && <Result result={result} />}
    </Form>
  );
  return props.open ? (
    <>
      <h2 class="govuk-heading-m">{props.title}</h2>
      {form}
    </>
  ) : (
    <Details summary={props.title}>{form}</Details>
  );
}

/** What became of a file's rows. */
export function Result({ result }: { result: ImportResult }) {
  const t = useText();
  const { accepted, unchanged, refusedCount, refused } = result;
  return (
    <>
      <p class="govuk-body govuk-!-font-weight-bold" role="status">
        {t('csv.result', { accepted, unchanged, refused: refusedCount })}
      </p>
      {refused.length > 0 && (
        <Table
          caption={t('csv.refused', { shown: refused.length, refused: refusedCount })}
          head={[t('csv.line'), t('csv.reason')]}
          rows={refused.map(({ line, reason }) => [String(line), reason])}
        />
      )}
    </>
  );
}

/** The file's text: UTF-8, or Windows-1252 as older spreadsheets save. */
export async function textOf(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
