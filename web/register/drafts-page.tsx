import { useLocation } from 'preact-iso';
import { publicContract } from '../../functions/http/public/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, useSubmission } from '../shared/forms.tsx';
import { switchLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, Loading } from '../shared/show.tsx';
import { parseAnswers } from './answers.ts';
import { firstOpenStep } from './steps.ts';
import { replaceAnswers } from './store.ts';
import { useText } from './texts.ts';

/** Forms that the signed-in person saved, to go on with or to delete. */
export function DraftsPage() {
  const t = useText();
  const { route } = useLocation();
  const drafts = useApi(publicContract.listDrafts);
  const submission = useSubmission();
  const open = (draftId: string) =>
    submission.run(async () => {
      const draft = await call(publicContract.getDraft, { params: { draftId } });
      const answers = { ...parseAnswers(draft.form), draftId };
      replaceAnswers(answers);
      switchLanguage(draft.language);
      route(`/register/${firstOpenStep(answers) ?? 'check'}`);
    });
  const remove = (draftId: string) =>
    submission.run(async () => {
      await call(publicContract.deleteDraft, { params: { draftId } });
      await drafts.reload();
      document.querySelector('h1')?.focus();
    });
  return (
    <>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Heading>{t('drafts.title')}</Heading>
      <Loading of={drafts}>
        {(data) =>
          data.drafts.length === 0 ? (
            <p class="govuk-body">{t('drafts.none')}</p>
          ) : (
            <ul class="govuk-list">
              {data.drafts.map((draft) => {
                const name = parseAnswers(draft.form)['school.name'] || t('drafts.no-school');
                return (
                  <li key={draft.draftId} class="psqm-criterion">
                    <h2 class="govuk-heading-s">{name}</h2>
                    <p class="govuk-body">
                      {t('drafts.saved', {
                        at: formatInstant(draft.savedAt),
                        until: formatDay(draft.expiresAt),
                      })}
                    </p>
                    <div class="govuk-button-group">
                      <Button disabled={submission.busy} onClick={() => void open(draft.draftId)}>
                        {t('drafts.go-on')}
                        <span class="govuk-visually-hidden"> {name}</span>
                      </Button>
                      <Button secondary disabled={submission.busy} onClick={() => void remove(draft.draftId)}>
                        {t('drafts.delete')}
                        <span class="govuk-visually-hidden"> {name}</span>
                      </Button>
                    </div>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loading>
    </>
  );
}
