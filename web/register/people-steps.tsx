import { Choices } from '../shared/forms.tsx';
import type { Answers } from './answers.ts';
import { useRound } from './round.ts';
import { PersonFields, StepPage } from './step-page.tsx';
import { answer, currentAnswers, useAnswers } from './store.ts';
import { useText } from './texts.ts';

const parts = {
  head: ['head.name', 'head.email'],
  leader: ['subjectLeaders.0.name', 'subjectLeaders.0.email'],
  finance: ['finance.name', 'finance.email'],
} as const;

/** The parts that the registrant has as well, filled in from their own name and address. */
function alsoMine(answers: Answers): Answers {
  const chosen = (answers.also ?? '').split(',');
  const copies: Record<string, string> = {};
  for (const [part, [name, email]] of Object.entries(parts)) {
    if (!chosen.includes(part)) continue;
    copies[name] = answers['registrant.name'] ?? '';
    copies[email] = answers['registrant.email'] ?? '';
  }
  return copies;
}

/** Who fills in the form, and what else they are in the school. */
export function YouStep() {
  const t = useText();
  const { get } = useAnswers();
  const byHub = get('registeredByHub') !== '';
  return (
    <StepPage step="you" before={() => answer(alsoMine(currentAnswers()))}>
      {(errors) => (
        <>
          <p class="govuk-body">{t(byHub ? 'you.lead-hub' : 'you.lead')}</p>
          <PersonFields
            name="registrant.name"
            email="registrant.email"
            errors={errors}
            own={!byHub}
            hint={t('you.email-hint')}
          />
          <Choices
            name="also"
            multiple
            label={t(byHub ? 'you.also-hub' : 'you.also')}
            hint={t('you.also-hint')}
            value={get('also')
              .split(',')
              .filter((part) => part !== '')}
            onChange={(value) => answer({ also: value.join(',') })}
            options={[
              { value: 'head', label: t('you.also-head') },
              { value: 'leader', label: t('you.also-leader') },
              { value: 'finance', label: t('you.also-finance') },
            ]}
          />
        </>
      )}
    </StepPage>
  );
}

export function HeadStep() {
  const t = useText();
  return (
    <StepPage step="head">
      {(errors) => (
        <>
          <p class="govuk-body">{t('head.lead')}</p>
          <PersonFields name="head.name" email="head.email" errors={errors} />
        </>
      )}
    </StepPage>
  );
}

/** One subject leader, or two where the round allows it. */
export function LeadersStep() {
  const t = useText();
  const { get } = useAnswers();
  const { maximumSubjectLeaders } = useRound();
  const second = get('secondLeader') === 'yes';
  return (
    <StepPage step="leaders">
      {(errors) => (
        <>
          <p class="govuk-body">{t('leaders.lead')}</p>
          <PersonFields name="subjectLeaders.0.name" email="subjectLeaders.0.email" errors={errors} />
          {maximumSubjectLeaders > 1 && (
            <Choices
              name="secondLeader"
              multiple
              label={t('leaders.second')}
              value={second ? ['yes'] : []}
              onChange={(value) => answer({ secondLeader: value.length > 0 ? 'yes' : '' })}
              options={[{ value: 'yes', label: t('leaders.second-yes') }]}
            />
          )}
          {second && (
            <>
              <h2 class="govuk-heading-m">{t('leaders.second-title')}</h2>
              <PersonFields name="subjectLeaders.1.name" email="subjectLeaders.1.email" errors={errors} />
            </>
          )}
        </>
      )}
    </StepPage>
  );
}
