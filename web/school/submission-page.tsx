import { useState } from 'preact/hooks';
import type * as z from 'zod';
import { schoolContract } from '../../functions/http/school/contract.ts';
import type { checklistView, submissionView } from '../../functions/submissions/views.ts';
import { call, useApi } from '../shared/api.ts';
import { formatBytes } from '../shared/bytes.ts';
import { Button, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Details, formatInstant, Loading, Notice, Tag, type TagColour } from '../shared/show.tsx';
import { BackToSchool } from './back.tsx';
import { FileList, useChecks } from './files.tsx';
import { FrozenVersions } from './frozen-versions.tsx';
import { useText } from './texts.ts';
import { UploadField } from './upload-field.tsx';

type Submission = z.output<typeof submissionView>;
type Line = z.output<typeof checklistView>;

/** As many things as are read at a glance. */
const FEW = 5;

const colours: Readonly<Record<string, TagColour>> = {
  COMPLETE: 'green',
  OPTIONAL: 'grey',
  CHECKING: 'yellow',
  REFUSED: 'red',
  MISSING: 'orange',
  EMPTY: 'orange',
  TOO_LONG: 'red',
};

/** The submission: what is missing, documents, reflections, and the steps to sign-off and declaration. */
export function SubmissionPage(props: { registrationId?: string }) {
  const t = useText();
  const registrationId = props.registrationId ?? '';
  const view = useApi(schoolContract.submission, { params: { registrationId } });
  useChecks(registrationId, view.data?.checklist.flatMap((line) => line.files) ?? [], view.reload);
  return (
    <>
      <BackToSchool registrationId={registrationId} />
      <Loading of={view}>
        {(data) => (
          <>
            <Heading caption={`${data.schoolName} · ${t(`level.${data.level}`)}`}>
              {t('submission.title')}
            </Heading>
            <State data={data} />
            {(data.can.upload || data.can.write || data.missing.length > 0) && <Missing data={data} />}
            {data.status === 'RETURNED' && <Exchanges data={data} />}
            <SignOff data={data} registrationId={registrationId} reload={view.reload} />
            {data.status !== 'RETURNED' && <Exchanges data={data} />}
            <h2 class="govuk-heading-m" id="documents">
              {t('submission.documents')}
            </h2>
            <p class="govuk-hint">
              {t('submission.size', {
                used: formatBytes(data.totalBytes),
                maximum: formatBytes(data.maximumTotalBytes),
              })}
            </p>
            {data.checklist.map((line) => (
              <ChecklistLine
                key={line.documentType}
                registrationId={registrationId}
                line={line}
                canUpload={data.can.upload}
                reload={view.reload}
              />
            ))}
            <Reflections data={data} registrationId={registrationId} />
            <FrozenVersions registrationId={registrationId} versions={data.versions} />
          </>
        )}
      </Loading>
    </>
  );
}

function State(props: { data: Submission }) {
  const t = useText();
  const { data } = props;
  return (
    <>
      <p class="govuk-body-l">{t(`submission.status.${data.status}`)}</p>
      <p class="govuk-body">
        {t('submission.due', {
          signOff: formatInstant(data.signOffDue),
          submission: formatInstant(data.submissionDue),
        })}
      </p>
    </>
  );
}

function Missing(props: { data: Submission }) {
  const t = useText();
  const { missing } = props.data;
  if (missing.length === 0) return <p class="govuk-inset-text">{t('submission.nothing-missing')}</p>;
  const list = (
    <ul class="govuk-list govuk-list--bullet">
      {missing.map((item) => (
        <li key={`${item.code}${item.id}`}>
          {item.id === '' ? (
            item.message
          ) : (
            <a class="govuk-link" href={`#line-${item.id}`}>
              {item.message}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
  const summary = t('submission.missing', { count: missing.length });
  // A long list would push everything else out of sight.
  if (missing.length > FEW) return <Details summary={summary}>{list}</Details>;
  return (
    <div class="govuk-inset-text">
      <p class="govuk-body govuk-!-font-weight-bold">{summary}</p>
      {list}
    </div>
  );
}

/** One kind of document: its files, their states, and the field to send one. */
function ChecklistLine(props: {
  registrationId: string;
  line: Line;
  canUpload: boolean;
  reload: () => Promise<void>;
}) {
  const t = useText();
  const { line, registrationId } = props;
  const [replacing, setReplacing] = useState<string | undefined>(undefined);
  const deleting = useSubmission();
  const standing = line.files.filter((file) => file.status !== 'REFUSED').length;
  const remove = (documentId: string) =>
    deleting.run(async () => {
      await call(schoolContract.deleteDocument, { params: { registrationId, documentId } });
      await props.reload();
      // The button that was pressed is gone with its file.
      document.getElementById(`line-${line.documentType}`)?.focus();
    });
  return (
    <section class="psqm-criterion" id={`line-${line.documentType}`} tabIndex={-1}>
      <h3 class="govuk-heading-s">
        {line.title} <Tag colour={colours[line.state] ?? 'grey'}>{t(`line.${line.state}`)}</Tag>
      </h3>
      <p class="govuk-hint">{line.help}</p>
      {deleting.general !== undefined && (
        <p class="govuk-error-message" role="alert">
          {deleting.general}
        </p>
      )}
      <FileList
        registrationId={registrationId}
        files={line.files}
        actions={(file) =>
          props.canUpload &&
          file.status !== 'SCANNING' && (
            <div class="psqm-file-actions">
              {file.status !== 'UPLOADING' && (
                <button
                  type="button"
                  class="psqm-link-button"
                  aria-expanded={replacing === file.documentId}
                  onClick={() => setReplacing(replacing === file.documentId ? undefined : file.documentId)}
                >
                  {t('file.replace')}
                  <span class="govuk-visually-hidden"> {file.name}</span>
                </button>
              )}
              <button
                type="button"
                class="psqm-link-button"
                disabled={deleting.busy}
                onClick={() => void remove(file.documentId)}
              >
                {t('file.delete')}
                <span class="govuk-visually-hidden"> {file.name}</span>
              </button>
              {replacing === file.documentId && (
                <UploadField
                  registrationId={registrationId}
                  documentType={line.documentType}
                  label={t('upload.replace', { name: file.name })}
                  accept={line.mediaTypes}
                  replaces={file.documentId}
                  onSent={async () => {
                    setReplacing(undefined);
                    await props.reload();
                  }}
                />
              )}
            </div>
          )
        }
      />
      {props.canUpload && standing < line.maximumFiles && (
        <UploadField
          registrationId={registrationId}
          documentType={line.documentType}
          label={t('upload.label', { title: line.title })}
          hint={t('upload.hint', {
            maximum: line.maximumFiles,
            size: formatBytes(line.maximumBytes),
          })}
          accept={line.mediaTypes}
          multiple={line.maximumFiles > 1}
          onSent={props.reload}
        />
      )}
      {line.history.length > 0 && (
        <Details summary={t('file.history', { count: line.history.length })}>
          <FileList registrationId={registrationId} files={line.history} />
        </Details>
      )}
    </section>
  );
}

function Reflections(props: { data: Submission; registrationId: string }) {
  const t = useText();
  const { reflections } = props.data;
  const areas = [...new Map(reflections.map((each) => [each.area, each.areaTitle]))];
  return (
    <>
      <h2 class="govuk-heading-m" id="reflections">
        {t('submission.reflections')}
      </h2>
      {areas.map(([area, title]) => (
        <section key={area}>
          <h3 class="govuk-heading-s">{title}</h3>
          <ul class="govuk-list govuk-list--spaced">
            {reflections
              .filter((each) => each.area === area)
              .map((each) => (
                <li key={each.criterionId} id={`line-${each.criterionId}`} tabIndex={-1}>
                  <a
                    class="govuk-link"
                    href={`/school/registrations/${props.registrationId}/reflections/${each.criterionId}`}
                  >
                    {each.title}
                  </a>{' '}
                  <Tag colour={colours[each.state] ?? 'grey'}>{t(`reflection.state.${each.state}`)}</Tag>
                  <br />
                  <span class="govuk-hint">
                    {t('reflection.words', { words: each.words, maximum: each.maximumWords })}
                  </span>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Asking for sign-off, taking it back, and the way to the declaration: whatever can be done now. */
function SignOff(props: { data: Submission; registrationId: string; reload: () => Promise<void> }) {
  const t = useText();
  const { can } = props.data;
  const { registrationId } = props;
  const [message, setMessage] = useState('');
  const [reason, setReason] = useState('');
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const request = () =>
    submission.run(async () => {
      await call(schoolContract.requestSignOff, { params: { registrationId }, body: { message } });
      await props.reload();
      setMessage('');
      setTold(t('sign-off.requested'));
    });
  const reopen = async (): Promise<void> => {
    if (reason.trim() === '') return submission.setErrors({ reason: t('sign-off.reason-needed') });
    await submission.run(async () => {
      await call(schoolContract.reopenSubmission, { params: { registrationId }, body: { reason } });
      await props.reload();
      setReason('');
      setTold(t('sign-off.reopened'));
    });
  };
  return (
    <>
      {told !== undefined && <Notice success>{told}</Notice>}
      <ErrorSummary errors={submission.errors} general={submission.general} />
      {can.declare && (
        <a class="govuk-button" href={`/school/registrations/${registrationId}/declaration`}>
          {t('go.declare')}
        </a>
      )}
      {can.requestSignOff && (
        <Form onSubmit={() => void request()} label={t('sign-off.title')}>
          <h2 class="govuk-heading-m">{t('sign-off.title')}</h2>
          <p class="govuk-body">{t('sign-off.lead')}</p>
          <TextArea
            name="message"
            label={t('sign-off.message')}
            rows={3}
            value={message}
            onInput={setMessage}
            error={submission.errors.message}
          />
          <Button type="submit" disabled={submission.busy}>
            {t('sign-off.button')}
          </Button>
        </Form>
      )}
      {can.reopen && (
        <Details summary={t('sign-off.reopen')}>
          <Form onSubmit={() => void reopen()} label={t('sign-off.reopen')}>
            <p class="govuk-body">{t('sign-off.reopen-lead')}</p>
            <TextArea
              name="reason"
              label={t('sign-off.reason')}
              rows={3}
              value={reason}
              onInput={setReason}
              error={submission.errors.reason}
            />
            <Button type="submit" secondary disabled={submission.busy}>
              {t('sign-off.reopen')}
            </Button>
          </Form>
        </Details>
      )}
    </>
  );
}

/** What went between school, hub leader and head; the newest comments first, since they are to be answered. */
function Exchanges(props: { data: Submission }) {
  const t = useText();
  if (props.data.exchanges.length === 0) return null;
  return (
    <>
      <h2 class="govuk-heading-m">{t('submission.exchanges')}</h2>
      <ol class="govuk-list psqm-timeline">
        {[...props.data.exchanges].reverse().map((step) => (
          <li key={`${step.at}${step.kind}`}>
            <span class="govuk-hint">{formatInstant(step.at)}</span>
            {t(`exchange.${step.kind}`, { name: step.byName })}
            {step.comments !== '' && (
              <blockquote class="govuk-inset-text psqm-prose">{step.comments}</blockquote>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
