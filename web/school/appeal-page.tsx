import { useState } from 'preact/hooks';
import { appealsContract } from '../../functions/http/appeals/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatDay, Loading, Notice, SummaryList } from '../shared/show.tsx';
import { BackToSchool } from './back.tsx';
import { useText } from './texts.ts';

/** Appeals against the result on one of the grounds, and shows how the appeal stands. */
export function AppealPage(props: { registrationId?: string }) {
  const t = useText();
  const registrationId = props.registrationId ?? '';
  const view = useApi(appealsContract.appeal, { params: { registrationId } });
  const [ground, setGround] = useState<string[]>([]);
  const [statement, setStatement] = useState('');
  const [done, setDone] = useState(false);
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    const went = await submission.run(async () => {
      await call(appealsContract.lodgeAppeal, {
        params: { registrationId },
        body: { ground: ground[0] ?? '', statement },
      });
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
            {done && <Notice success>{t('appeal.done')}</Notice>}
            <Heading caption={data.schoolName}>{t('appeal.title')}</Heading>
            {data.appeal !== null && (
              <>
                <p class="govuk-body">
                  {t(`appeal.status.${data.appeal.status}`, { by: formatDay(data.appeal.decideBy) })}
                </p>
                <SummaryList
                  rows={[
                    { key: t('appeal.ground'), value: data.appeal.ground },
                    { key: t('appeal.statement'), value: data.appeal.statement },
                    ...(data.appeal.reason === null
                      ? []
                      : [{ key: t('appeal.reason'), value: data.appeal.reason }]),
                  ]}
                />
              </>
            )}
            {data.appeal === null && data.refusal !== null && <p class="govuk-body">{data.refusal}</p>}
            {data.appeal === null && data.refusal === null && (
              <Form onSubmit={() => void send()}>
                <p class="govuk-body">{t('appeal.lead', { until: formatDay(data.until) })}</p>
                <Choices
                  name="ground"
                  label={t('appeal.ground')}
                  value={ground}
                  onChange={setGround}
                  options={data.grounds.map(({ id, title }) => ({ value: id, label: title }))}
                  error={submission.errors.ground}
                />
                <TextArea
                  name="statement"
                  label={t('appeal.statement')}
                  value={statement}
                  onInput={setStatement}
                  error={submission.errors.statement}
                />
                <Button type="submit" disabled={submission.busy}>
                  {t('appeal.button')}
                </Button>
              </Form>
            )}
          </>
        )}
      </Loading>
    </>
  );
}
