import { useState } from 'preact/hooks';
import { papersContract } from '../../functions/http/panel-papers/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { formatInstant, Loading, Notice } from '../shared/show.tsx';
import { useText } from './texts.ts';

type Made = RouteResponse<typeof papersContract.makeDefenceFile>;

/** Makes the defence file of a school, and shows which were made before. */
export function DefencePart({ registrationId }: { registrationId: string }) {
  const t = useText();
  const before = useApi(papersContract.listDefenceFiles, { params: { registrationId } });
  const [made, setMade] = useState<Made | undefined>(undefined);
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      setMade(await call(papersContract.makeDefenceFile, { params: { registrationId } }));
      await before.reload();
    });
  return (
    <Form onSubmit={() => void send()} label={t('defence.title')}>
      <h2 class="govuk-heading-m">{t('defence.title')}</h2>
      <p class="govuk-body">{t('defence.hint')}</p>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      {made !== undefined && (
        <>
          <Notice success>
            {t('defence.made', { when: formatInstant(made.madeAt), differences: made.differences })}
          </Notice>
          <ul class="govuk-list">
            <li>
              <a class="govuk-link" href={made.pdf.url}>
                {t('defence.pdf')}
              </a>
            </li>
            <li>
              <a class="govuk-link" href={made.json.url}>
                {t('defence.json')}
              </a>
            </li>
          </ul>
        </>
      )}
      <Button type="submit" secondary disabled={submission.busy}>
        {t('defence.make')}
      </Button>
      <Loading of={before}>
        {({ files }) =>
          files.length === 0 ? null : (
            <ul class="govuk-list">
              {files.map((one) => (
                <li key={one.madeAt}>
                  {t('defence.before', { when: formatInstant(one.madeAt), name: one.madeBy })}
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
    </Form>
  );
}
