import { useState } from 'preact/hooks';
import { schoolContract } from '../../functions/http/school/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Loading, Notice } from '../shared/show.tsx';
import { BackToSchool } from './back.tsx';
import { useText } from './texts.ts';

/** Withdraws the school from the round: asked twice, since it cannot be undone here. */
export function WithdrawPage(props: { registrationId?: string }) {
  const t = useText();
  const registrationId = props.registrationId ?? '';
  const view = useApi(schoolContract.registration, { params: { registrationId } });
  const [reason, setReason] = useState('');
  const [sure, setSure] = useState(false);
  const [done, setDone] = useState(false);
  const submission = useSubmission();
  const withdraw = async (): Promise<void> => {
    const errors = {
      ...(reason.trim() === '' ? { reason: t('withdraw.reason-needed') } : {}),
      ...(sure ? {} : { sure: t('withdraw.sure-needed') }),
    };
    if (Object.keys(errors).length > 0) return submission.setErrors(errors);
    const went = await submission.run(async () => {
      await call(schoolContract.withdraw, { params: { registrationId }, body: { reason } });
      await view.reload();
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
            {done && <Notice success>{t('withdraw.done', { name: data.schoolName })}</Notice>}
            <Heading caption={data.schoolName}>{t('withdraw.title')}</Heading>
            {data.can.withdraw ? (
              <Form onSubmit={() => void withdraw()}>
                <p class="govuk-body">{t('withdraw.lead')}</p>
                <TextArea
                  name="reason"
                  label={t('withdraw.reason')}
                  value={reason}
                  onInput={setReason}
                  error={submission.errors.reason}
                />
                <Choices
                  name="sure"
                  multiple
                  label={t('withdraw.sure-label')}
                  value={sure ? ['yes'] : []}
                  onChange={(value) => setSure(value.length > 0)}
                  options={[{ value: 'yes', label: t('withdraw.sure', { name: data.schoolName }) }]}
                  error={submission.errors.sure}
                />
                <Button type="submit" warning disabled={submission.busy}>
                  {t('withdraw.button')}
                </Button>
              </Form>
            ) : (
              <p class="govuk-body">{data.statusText}</p>
            )}
          </>
        )}
      </Loading>
    </>
  );
}
