import { useState } from 'preact/hooks';
import { hubContract } from '../../functions/http/hub/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatInstant, Loading, Notice, Table, Tag } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** What a school wants to submit: read it, then sign it off or return it with comments. */
export function SubmissionPage(props: { registrationId?: string }) {
  const registrationId = props.registrationId ?? '';
  const t = useText();
  const view = useApi(hubContract.submission, { params: { registrationId } });
  const [comments, setComments] = useState('');
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const decide = (what: 'sign-off' | 'return') =>
    submission.run(async () => {
      const request = { params: { registrationId }, body: { comments } };
      await (what === 'sign-off'
        ? call(hubContract.signOff, request)
        : call(hubContract.returnSubmission, request));
      setComments('');
      await view.reload();
      setTold(t(what === 'sign-off' ? 'submission.signed-off' : 'submission.returned'));
    });
  const open = async (documentId: string): Promise<void> => {
    const { url } = await call(hubContract.documentFile, { params: { registrationId, documentId } });
    window.open(url, '_blank', 'noopener');
  };
  return (
    <Loading of={view}>
      {(data) => (
        <>
          <a class="govuk-back-link" href={`/hub/schools/${registrationId}`}>
            {t('back-to-school')}
          </a>
          {told !== undefined && <Notice success>{told}</Notice>}
          <Heading caption={`${data.schoolName} · ${t(`level.${data.level}`)}`}>
            {t('submission.title')}
          </Heading>
          <p class="govuk-body">
            {t('submission.due', {
              signOff: formatInstant(data.signOffDue),
              submission: formatInstant(data.submissionDue),
            })}
          </p>
          {data.missing.length > 0 && (
            <div class="govuk-inset-text">
              <p class="govuk-body govuk-!-font-weight-bold">{t('submission.missing')}</p>
              <ul class="govuk-list govuk-list--bullet">
                {data.missing.map((item) => (
                  <li key={`${item.code}${item.id}`}>{item.message}</li>
                ))}
              </ul>
            </div>
          )}
          <Table
            caption={t('submission.documents')}
            head={[t('submission.document'), t('submission.files'), t('submission.state')]}
            rows={data.checklist.map((item) => [
              item.title,
              item.files
                .filter((file) => file.status === 'ACCEPTED')
                .map((file) => (
                  <div key={file.documentId}>
                    <button type="button" class="psqm-link-button" onClick={() => void open(file.documentId)}>
                      {file.name}
                    </button>
                  </div>
                )),
              <Tag
                colour={item.state === 'COMPLETE' ? 'green' : item.state === 'OPTIONAL' ? 'grey' : 'yellow'}
              >
                {t(`state.${item.state}`)}
              </Tag>,
            ])}
          />
          <h2 class="govuk-heading-m">{t('submission.reflections')}</h2>
          {data.reflections.map((reflection) => (
            <section key={reflection.criterionId}>
              <h3 class="govuk-heading-s">{reflection.title}</h3>
              <p class="govuk-hint">{reflection.descriptor}</p>
              <p class="govuk-body psqm-prose">
                {reflection.text === '' ? t('submission.no-reflection') : reflection.text}
              </p>
            </section>
          ))}
          {data.exchanges.length > 0 && (
            <>
              <h2 class="govuk-heading-m">{t('submission.exchanges')}</h2>
              <ol class="govuk-list">
                {data.exchanges.map((step) => (
                  <li key={step.at}>
                    <span class="govuk-hint">{formatInstant(step.at)}</span>{' '}
                    {t(`exchange.${step.kind}`, { name: step.byName })} {step.comments}
                  </li>
                ))}
              </ol>
            </>
          )}
          {(data.can.signOff || data.can.returnWithComments) && (
            <Form onSubmit={() => void decide('sign-off')} label={t('submission.decide')}>
              <ErrorSummary errors={submission.errors} general={submission.general} />
              <h2 class="govuk-heading-m">{t('submission.decide')}</h2>
              <TextArea
                name="comments"
                label={t('submission.comments')}
                hint={t('submission.comments-hint')}
                value={comments}
                onInput={setComments}
                error={submission.errors.comments}
              />
              <div class="govuk-button-group">
                <Button type="submit" disabled={submission.busy}>
                  {t('submission.sign-off')}
                </Button>
                <Button secondary disabled={submission.busy} onClick={() => void decide('return')}>
                  {t('submission.return')}
                </Button>
              </div>
            </Form>
          )}
        </>
      )}
    </Loading>
  );
}
