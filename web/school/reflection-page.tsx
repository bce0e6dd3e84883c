import { useLocation } from 'preact-iso';
import type * as z from 'zod';
import { schoolContract } from '../../functions/http/school/contract.ts';
import type { reflectionView } from '../../functions/submissions/views.ts';
import { useApi } from '../shared/api.ts';
import { Button, Form, TextArea } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatInstant, Loading } from '../shared/show.tsx';
import { useAutosave } from './autosave.ts';
import { useText } from './texts.ts';

type Reflection = z.output<typeof reflectionView>;

/** One criterion: what the level asks, and the school's reflection, saved as it is typed. */
export function ReflectionPage(props: { registrationId?: string; criterionId?: string }) {
  const { criterionId = '', registrationId = '' } = props;
  // Loaded anew for each criterion, so that the editor begins from the text and revision that are saved.
  return <Criterion key={criterionId} registrationId={registrationId} criterionId={criterionId} />;
}

function Criterion(props: { registrationId: string; criterionId: string }) {
  const t = useText();
  const { criterionId, registrationId } = props;
  const view = useApi(schoolContract.submission, { params: { registrationId } });
  const submission = `/school/registrations/${registrationId}/submission`;
  return (
    <>
      <a class="govuk-back-link" href={`${submission}#reflections`}>
        {t('reflection.back')}
      </a>
      <Loading of={view}>
        {(data) => {
          const at = data.reflections.findIndex((each) => each.criterionId === criterionId);
          const reflection = data.reflections[at];
          if (reflection === undefined) return <Heading>{t('reflection.unknown')}</Heading>;
          const next = data.reflections[at + 1];
          return (
            <>
              <Heading caption={`${reflection.areaTitle} · ${t(`level.${data.level}`)}`}>
                {reflection.title}
              </Heading>
              <div class="govuk-inset-text">
                <p class="govuk-body govuk-!-font-weight-bold">{t('reflection.asked')}</p>
                <p class="govuk-body">{reflection.descriptor}</p>
              </div>
              {data.can.write ? (
                <Editor
                  registrationId={registrationId}
                  reflection={reflection}
                  to={
                    next === undefined
                      ? submission
                      : `/school/registrations/${registrationId}/reflections/${next.criterionId}`
                  }
                  label={next === undefined ? t('reflection.finish') : t('reflection.next')}
                />
              ) : (
                <>
                  <p class="govuk-body psqm-prose">
                    {reflection.text === '' ? t('reflection.nothing') : reflection.text}
                  </p>
                  <p class="govuk-hint">{t('reflection.locked')}</p>
                </>
              )}
            </>
          );
        }}
      </Loading>
    </>
  );
}

function Editor(props: { registrationId: string; reflection: Reflection; to: string; label: string }) {
  const t = useText();
  const { route } = useLocation();
  const { registrationId, reflection } = props;
  const autosave = useAutosave(registrationId, reflection.criterionId, reflection);
  const goOn = async (): Promise<void> => {
    if (await autosave.save()) route(props.to);
  };
  const inConflict = autosave.state === 'CONFLICT';
  // What the other person saved, to choose between the two.
  const other = useApi(schoolContract.submission, inConflict ? { params: { registrationId } } : undefined);
  const theirs = other.data?.reflections.find((each) => each.criterionId === reflection.criterionId);
  return (
    <Form onSubmit={() => void goOn()}>
      <TextArea
        name="text"
        label={t('reflection.label')}
        hint={t('reflection.hint')}
        rows={14}
        maximumWords={reflection.maximumWords}
        value={autosave.text}
        onInput={autosave.type}
        error={autosave.state === 'FAILED' ? autosave.problem : undefined}
      />
      {inConflict ? (
        <div class="govuk-inset-text" role="alert">
          <p class="govuk-body">{t('reflection.conflict')}</p>
          <Loading of={other}>
            {() =>
              theirs === undefined ? (
                t('reflection.unknown')
              ) : (
                <>
                  <blockquote class="govuk-inset-text psqm-prose">{theirs.text}</blockquote>
                  <div class="govuk-button-group">
                    <Button
                      secondary
                      onClick={() => void autosave.resolve(theirs.revision, theirs.text, autosave.text)}
                    >
                      {t('reflection.mine')}
                    </Button>
                    <Button
                      secondary
                      onClick={() => void autosave.resolve(theirs.revision, theirs.text, theirs.text)}
                    >
                      {t('reflection.theirs')}
                    </Button>
                  </div>
                </>
              )
            }
          </Loading>
        </div>
      ) : (
        <p class="govuk-hint" role="status">
          {autosave.state === 'SAVED'
            ? autosave.savedAt === null
              ? t('reflection.unsaved')
              : t('reflection.saved', { at: formatInstant(autosave.savedAt) })
            : autosave.state === 'FAILED'
              ? t('reflection.not-saved')
              : t('reflection.saving')}
        </p>
      )}
      <Button type="submit">{props.label}</Button>
    </Form>
  );
}
