import { useEffect, useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { ApiError, call, useApi } from '../shared/api.ts';
import { FileInput } from '../shared/file-input.tsx';
import { Button, Choices, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Details, formatInstant, Loading, SummaryList, Tag, type TagColour } from '../shared/show.tsx';
import { uploadFile } from '../shared/upload.ts';
import { type Audience, useAudience } from './audience.ts';
import { Result } from './csv-import.tsx';
import { BackToSetUp } from './set-up-page.tsx';
import { useText } from './texts.ts';

type Register = RouteResponse<Audience['reads']['readRegister']>;
type Import = Register['imports'][number];

const LOOK_AGAIN_MS = 1500;

/** The register of schools that the registration form searches: which one is in use, and a new one from a file. */
export function RegisterPage() {
  const t = useText();
  const { mayAct, reads } = useAudience();
  const register = useApi(reads.readRegister);
  const running = register.data?.imports.some(({ status }) => status === 'RUNNING') ?? false;
  const { reload } = register;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => void reload(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [running, reload]);
  return (
    <>
      <BackToSetUp />
      <Heading>{t('register.title')}</Heading>
      <Loading of={register}>
        {(data) => (
          <>
            <Current current={data.current} />
            {mayAct && <RegisterForm done={reload} />}
            <h2 class="govuk-heading-m">{t('register.imports')}</h2>
            {data.imports.length === 0 && <p class="govuk-body">{t('register.no-imports')}</p>}
            {data.imports.map((one) => (
              <ImportPart key={one.importId} one={one} />
            ))}
          </>
        )}
      </Loading>
    </>
  );
}

function Current({ current }: { current: Register['current'] }) {
  const t = useText();
  if (current === null) return <p class="govuk-body">{t('register.none')}</p>;
  return (
    <>
      {current.invented && <p class="govuk-inset-text">{t('register.invented')}</p>}
      <SummaryList
        rows={[
          { key: t('register.in-use'), value: current.filename },
          { key: t('register.schools'), value: current.schools.toLocaleString('en-GB') },
          { key: t('register.since'), value: formatInstant(current.importedAt) },
        ]}
      />
    </>
  );
}

function RegisterForm(props: { done: () => Promise<void> }) {
  const t = useText();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [invented, setInvented] = useState(false);
  const [sent, setSent] = useState<number | undefined>(undefined);
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    if (file === undefined) {
      submission.setErrors({ file: t('csv.choose') });
      return;
    }
    await submission.run(async () => {
      const { importId, upload } = await call(adminProgrammeContract.uploadRegister, {
        body: { filename: file.name, invented },
      });
      try {
        await uploadFile(upload, file, setSent);
      } catch (error) {
        const code = error instanceof Error ? error.message : String(error);
        throw new ApiError(0, code, t('register.not-sent', { code }), {});
      } finally {
        setSent(undefined);
      }
      await call(adminProgrammeContract.importRegister, { params: { importId } });
      await props.done();
    });
  };
  return (
    <Form onSubmit={() => void send()} label={t('register.new')}>
      <h2 class="govuk-heading-m">{t('register.new')}</h2>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <p class="govuk-body">{t('register.hint')}</p>
      <FileInput
        name="file"
        label={t('register.file')}
        hint={t('register.file-hint')}
        accept=".csv,text/csv"
        onChange={setFile}
        error={submission.errors.file}
      />
      <Choices
        multiple
        name="invented"
        label={t('register.kind')}
        options={[
          { value: 'invented', label: t('register.is-invented'), hint: t('register.is-invented-hint') },
        ]}
        value={invented ? ['invented'] : []}
        onChange={(value) => setInvented(value.includes('invented'))}
      />
      {sent !== undefined && (
        <p class="govuk-body" role="status">
          <progress value={sent} max={1} aria-label={t('register.sending')} />{' '}
          {t('register.sent', { percent: Math.round(sent * 100) })}
        </p>
      )}
      <Button type="submit" disabled={submission.busy}>
        {t('register.button')}
      </Button>
    </Form>
  );
}

function colourOf(status: Import['status']): TagColour {
  switch (status) {
    case 'WAITING_FOR_FILE':
      return 'grey';
    case 'RUNNING':
      return 'blue';
    case 'DONE':
      return 'green';
    case 'REFUSED':
      return 'red';
  }
}

function ImportPart({ one }: { one: Import }) {
  const t = useText();
  return (
    <div class="psqm-criterion">
      <p class="govuk-body" role="status">
        <strong>{one.filename}</strong> <Tag colour={colourOf(one.status)}>{t(`import.${one.status}`)}</Tag>
        <br />
        <span class="govuk-hint">{formatInstant(one.endedAt ?? one.startedAt)}</span>
      </p>
      {one.problem !== null && <p class="govuk-body">{one.problem}</p>}
      {one.result !== null &&
        (one.result.refusedCount === 0 ? (
          <Result result={one.result} />
        ) : (
          <Details summary={t('register.what-became')}>
            <Result result={one.result} />
          </Details>
        ))}
    </div>
  );
}
