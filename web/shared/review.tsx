import { useEffect, useRef, useState } from 'preact/hooks';
import type * as z from 'zod';
import type {
  draftCheck,
  readingCriteria,
  readingMaterial,
  reviewDraft,
} from '../../functions/assessment/model.ts';
import cy from '../../programme/texts/pages-reading/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-reading/en.json' with { type: 'json' };
import { ApiError } from './api.ts';
import { formatBytes } from './bytes.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from './forms.tsx';
import { createPageTexts, useLanguage } from './language.ts';
import { type Outcome, OutcomeChoice } from './outcome-choice.tsx';
import { formatInstant } from './show.tsx';

export type Criteria = z.output<typeof readingCriteria>;
export type Material = z.output<typeof readingMaterial>;
export type Draft = z.output<typeof reviewDraft>;
export type Check = z.output<typeof draftCheck>;

/** Words of reading and judging, shared by assessors and moderators. */
export const useReadingText = createPageTexts({ en, cy });

const SAVE_AFTER_MS = 1500;

/** The frozen documents and reflections; `open` fetches a short-lived address of one. */
export function MaterialPart(props: {
  material: Material;
  criteria: Criteria;
  open: (documentId: string) => Promise<string>;
}) {
  const t = useReadingText();
  const language = useLanguage();
  const show = async (documentId: string): Promise<void> => {
    const url = await props.open(documentId);
    window.open(url, '_blank', 'noopener');
  };
  return (
    <section aria-labelledby="material-heading">
      <h2 class="govuk-heading-m" id="material-heading">
        {t('material.heading')}
      </h2>
      <p class="govuk-hint">
        {t('material.frozen', {
          version: props.material.version,
          when: formatInstant(props.material.frozenAt),
        })}
      </p>
      <ul class="govuk-list govuk-list--spaced">
        {props.material.files.map((file) => (
          <li key={file.documentId}>
            <button type="button" class="psqm-link-button" onClick={() => void show(file.documentId)}>
              {file.filename}
            </button>{' '}
            <span class="govuk-hint">
              {file.typeTitle[language]}, {formatBytes(file.bytes)}
            </span>
          </li>
        ))}
      </ul>
      <h3 class="govuk-heading-s">{t('material.reflections')}</h3>
      {props.material.reflections.map((reflection) => (
        <details class="govuk-details" key={reflection.criterionId}>
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">
              {props.criteria.criteria.find((criterion) => criterion.id === reflection.criterionId)?.title[
                language
              ] ?? reflection.criterionId}
            </span>
          </summary>
          <div class="govuk-details__text psqm-prose">{reflection.text}</div>
        </details>
      ))}
    </section>
  );
}

export interface ReviewProps {
  readonly criteria: Criteria;
  readonly draft: Draft;
  readonly check: Check | null;
  readonly targetLevel: NonNullable<Outcome['level']>;
  /** Saves the draft and returns what still stands between it and its return. */
  readonly save: (draft: Draft) => Promise<Check>;
  readonly giveBack: (inconsistencyReason: string | undefined) => Promise<void>;
}

/** Judging criterion by criterion, saved as one goes, and returned once complete. */
export function ReviewForm(props: ReviewProps) {
  const t = useReadingText();
  const language = useLanguage();
  const [draft, setDraft] = useState(props.draft);
  const [check, setCheck] = useState(props.check);
  const [saved, setSaved] = useState<'saved' | 'saving' | 'failed'>('saved');
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    setSaved('saving');
    const timer = setTimeout(() => {
      props.save(draft).then(
        (answer) => {
          setCheck(answer);
          setSaved('saved');
        },
        (error: unknown) => {
          setSaved('failed');
          if (!(error instanceof ApiError)) throw error;
        },
      );
    }, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  const judge = (criterionId: string, change: Partial<Draft['judgements'][number]>): void => {
    const known = draft.judgements.find((each) => each.criterionId === criterionId) ?? {
      criterionId,
      judgement: null,
      strengths: '',
      nextSteps: '',
    };
    setDraft({
      ...draft,
      judgements: [
        ...draft.judgements.filter((each) => each.criterionId !== criterionId),
        { ...known, ...change },
      ],
    });
  };
  const finish = () =>
    submission.run(async () => {
      const answer = await props.save(draft);
      setCheck(answer);
      setSaved('saved');
      await props.giveBack(answer.inconsistencies.length === 0 ? undefined : reason);
    });
  return (
    <Form onSubmit={() => void finish()} label={t('review.heading')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <h2 class="govuk-heading-m">{t('review.heading')}</h2>
      <p class="govuk-hint" aria-live="polite">
        {t(`review.${saved}`)}
      </p>
      {props.criteria.criteria.map((criterion) => {
        const entry = draft.judgements.find((each) => each.criterionId === criterion.id);
        return (
          <fieldset class="govuk-fieldset psqm-criterion" key={criterion.id}>
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">
              {criterion.title[language]}
            </legend>
            <p class="govuk-hint">
              {criterion.areaTitle[language]}. {criterion.descriptor[language]}
            </p>
            <Choices
              inline
              name={`judgements.${criterion.id}`}
              label={t('review.judgement')}
              options={props.criteria.judgements.map((each) => ({
                value: each.id,
                label: each.title[language],
              }))}
              value={entry?.judgement ? [entry.judgement] : []}
              onChange={([judgement]) => judge(criterion.id, { judgement: judgement ?? null })}
            />
            <TextArea
              name={`${criterion.id}.strengths`}
              label={t('review.strengths')}
              rows={2}
              value={entry?.strengths ?? ''}
              onInput={(strengths) => judge(criterion.id, { strengths })}
            />
            <TextArea
              name={`${criterion.id}.nextSteps`}
              label={t('review.next-steps')}
              rows={2}
              value={entry?.nextSteps ?? ''}
              onInput={(nextSteps) => judge(criterion.id, { nextSteps })}
            />
          </fieldset>
        );
      })}
      <TextArea
        name="feedback"
        label={t('review.feedback')}
        hint={t('review.feedback-hint')}
        rows={8}
        value={draft.feedback}
        onInput={(feedback) => setDraft({ ...draft, feedback })}
        error={submission.errors.feedback}
      />
      <TextArea
        name="notes"
        label={t('review.notes')}
        hint={t('review.notes-hint')}
        rows={4}
        value={draft.notes}
        onInput={(notes) => setDraft({ ...draft, notes })}
        error={submission.errors.notes}
      />
      <OutcomeChoice
        t={t}
        name="recommendation"
        label={t('review.recommendation')}
        lowerLabel={t('review.lower-level')}
        target={props.targetLevel}
        value={draft.recommendation}
        onChange={(recommendation) => setDraft({ ...draft, recommendation })}
      />
      {check !== null && check.missing.length > 0 && (
        <div class="govuk-inset-text">
          <p class="govuk-body govuk-!-font-weight-bold">
            {t('review.missing', { count: check.missing.length })}
          </p>
        </div>
      )}
      {check !== null && check.inconsistencies.length > 0 && (
        <div class="govuk-inset-text">
          {check.inconsistencies.map((code) => (
            <p class="govuk-body" key={code}>
              {t(`inconsistency.${code}`)}
            </p>
          ))}
          <TextArea
            name="inconsistencyReason"
            label={t('review.inconsistency-reason')}
            rows={3}
            value={reason}
            onInput={setReason}
            error={submission.errors.inconsistencyReason}
          />
        </div>
      )}
      <Button type="submit" disabled={submission.busy}>
        {t('review.return')}
      </Button>
      <p class="govuk-hint">{t('review.return-hint')}</p>
    </Form>
  );
}
