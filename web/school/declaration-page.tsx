import { useEffect, useState } from 'preact/hooks';
import { schoolContract } from '../../functions/http/school/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { ForRoles, Heading } from '../shared/page.tsx';
import { formatInstant, Loading, Notice } from '../shared/show.tsx';
import { BackToSchool } from './back.tsx';
import { useText } from './texts.ts';

/** The head reads what they declare, agrees, and declares exactly that text. */
export function DeclarationPage(props: { registrationId?: string }) {
  return (
    <ForRoles roles={['head']}>
      <Declaration registrationId={props.registrationId ?? ''} />
    </ForRoles>
  );
}

function Declaration(props: { registrationId: string }) {
  const t = useText();
  const language = useLanguage();
  const { registrationId } = props;
  const view = useApi(schoolContract.declaration, { params: { registrationId } });
  const [agreed, setAgreed] = useState(false);
  const [done, setDone] = useState(false);
  const submission = useSubmission();
  // Agreement is to the text that was read: another language is another text.
  useEffect(() => setAgreed(false), [language]);
  const declare = async (sha256: string): Promise<void> => {
    if (!agreed) return submission.setErrors({ agreed: t('declaration.agree-needed') });
    const went = await submission.run(async () => {
      try {
        await call(schoolContract.declare, {
          params: { registrationId },
          body: { sha256, language, agreed: true },
        });
      } finally {
        await view.reload();
      }
    });
    setDone(went);
  };
  return (
    <>
      <BackToSchool registrationId={registrationId} />
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Loading of={view}>
        {(data) => (
          <>
            {done && <Notice success>{t('declaration.done')}</Notice>}
            <Heading>{t('declaration.title')}</Heading>
            <p class="govuk-body">
              {t('declaration.lead')}{' '}
              <a class="govuk-link" href={`/school/registrations/${registrationId}/submission`}>
                {t('declaration.read')}
              </a>
            </p>
            <blockquote class="govuk-inset-text psqm-prose" lang={data.language}>
              {data.text}
            </blockquote>
            {data.declaredAt !== null ? (
              <p class="govuk-body">{t('declaration.declared', { at: formatInstant(data.declaredAt) })}</p>
            ) : data.canDeclare && data.language === language ? (
              <Form onSubmit={() => void declare(data.sha256)}>
                <Choices
                  name="agreed"
                  multiple
                  label={t('declaration.agree-label')}
                  value={agreed ? ['yes'] : []}
                  onChange={(value) => setAgreed(value.length > 0)}
                  options={[{ value: 'yes', label: t('declaration.agree') }]}
                  error={submission.errors.agreed}
                />
                <p class="govuk-body">{t('declaration.final')}</p>
                <Button type="submit" disabled={submission.busy}>
                  {t('declaration.button')}
                </Button>
              </Form>
            ) : (
              <p class="govuk-body">{t('declaration.not-now')}</p>
            )}
          </>
        )}
      </Loading>
    </>
  );
}
