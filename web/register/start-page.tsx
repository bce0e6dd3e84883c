import { useLocation } from 'preact-iso';
import { Button } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { useMe } from '../shared/session.ts';
import { formatDay, formatPence } from '../shared/show.tsx';
import type { Answers } from './answers.ts';
import { useRound } from './round.ts';
import { firstOpenStep } from './steps.ts';
import { replaceAnswers, useAnswers } from './store.ts';
import { useText } from './texts.ts';

/** What to have at hand, what it costs, and the way into the form: a new one, or the one begun in this tab. */
export function StartPage() {
  const t = useText();
  const language = useLanguage();
  const round = useRound();
  const me = useMe();
  const { query, route } = useLocation();
  const { answers } = useAnswers();
  const [hubId] = me?.identity?.roles.includes('hub_leader') ? me.identity.hubIds : [];
  const forSchool = query.hub !== undefined && hubId !== undefined;
  const begun = (answers['school.name'] ?? '') !== '' || (answers.search ?? '') !== '';
  const begin = (): void => {
    const first: Answers = {
      roundId: round.roundId,
      language,
      ...(forSchool ? { registeredByHub: hubId, hubPreference: hubId } : {}),
    };
    replaceAnswers(first);
    route('/register/school');
  };
  return (
    <>
      <Heading caption={round.label[language]}>{t('start.title')}</Heading>
      <p class="govuk-body-l">{t(forSchool ? 'start.lead-hub' : 'start.lead')}</p>
      <h2 class="govuk-heading-m">{t('start.at-hand')}</h2>
      <ul class="govuk-list govuk-list--bullet">
        {['1', '2', '3', '4', '5'].map((item) => (
          <li key={item}>{t(`start.item${item}`, { count: round.maximumSubjectLeaders })}</li>
        ))}
      </ul>
      <p class="govuk-body">
        {t('fee.both', {
          standard: formatPence(round.fees.standardPence),
          small: formatPence(round.fees.smallPence),
          maximum: round.fees.smallMaximumPupils,
        })}{' '}
        {t('start.terms', { days: round.fees.paymentTermsDays })}
      </p>
      <p class="govuk-body">
        {t('start.dates', {
          closes: formatDay(round.registrationCloses),
          starts: formatDay(round.trainingStarts),
          submission: formatDay(round.submissionDue),
          results: formatDay(round.results),
        })}
      </p>
      <div class="govuk-button-group">
        {begun && (
          <Button onClick={() => route(`/register/${firstOpenStep(answers) ?? 'check'}`)}>
            {t('start.go-on')}
          </Button>
        )}
        <Button secondary={begun} onClick={begin}>
          {t(begun ? 'start.new' : 'start.button')}
        </Button>
      </div>
      <p class="govuk-body">
        <a class="govuk-link" href="/register/drafts">
          {t('start.drafts')}
        </a>
      </p>
      <p class="govuk-body">
        <a class="govuk-link" href="/register/registrations">
          {t('start.own')}
        </a>
      </p>
    </>
  );
}
