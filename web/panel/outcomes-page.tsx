import { useState } from 'preact/hooks';
import { panelContract } from '../../functions/http/panel/contract.ts';
import { useApi } from '../shared/api.ts';
import { Select } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, Loading } from '../shared/show.tsx';
import { ConfirmForm } from './confirm-form.tsx';
import { MeetingPart } from './meeting-part.tsx';
import { OutcomeList } from './outcome-list.tsx';
import { useText } from './texts.ts';

/** The round whose results come next; after all results the one that was last. */
function currentRound<R extends { readonly resultsOn: string }>(rounds: readonly R[]): R | undefined {
  const byResults = rounds.toSorted((a, b) => (a.resultsOn < b.resultsOn ? -1 : 1));
  const today = new Date().toISOString().slice(0, 10);
  return byResults.find(({ resultsOn }) => resultsOn >= today) ?? byResults.at(-1);
}

/** The round's proposed outcomes; those that I may confirm come first. */
export function OutcomesPage(props: { roundId?: string }) {
  const t = useText();
  const language = useLanguage();
  const rounds = useApi(panelContract.listRounds);
  const [chosen, setChosen] = useState(props.roundId);
  const roundId = chosen ?? currentRound(rounds.data?.rounds ?? [])?.roundId;
  return (
    <>
      <Heading>{t('outcomes.title')}</Heading>
      <Loading of={rounds}>
        {(data) =>
          data.rounds.length === 0 ? (
            <p class="govuk-body">{t('outcomes.no-round')}</p>
          ) : (
            <Select
              name="roundId"
              label={t('outcomes.round')}
              value={roundId ?? ''}
              onChange={setChosen}
              options={data.rounds.map((round) => ({ value: round.roundId, label: round.label[language] }))}
            />
          )
        }
      </Loading>
      {roundId !== undefined && <RoundOutcomes key={roundId} roundId={roundId} />}
    </>
  );
}

function RoundOutcomes({ roundId }: { roundId: string }) {
  const t = useText();
  const outcomes = useApi(panelContract.listOutcomes, { params: { roundId } });
  return (
    <Loading of={outcomes}>
      {(data) => (
        <>
          <p class="govuk-body">{t('outcomes.results-on', { when: formatDay(data.resultsOn) })}</p>
          <p class="govuk-body">
            <a class="govuk-link" href={`/panel/rounds/${roundId}/allocation`}>
              {t('allocation.title')}
            </a>{' '}
            <a class="govuk-link" href={`/panel/rounds/${roundId}/moderation`}>
              {t('moderation.title')}
            </a>
          </p>
          <MeetingPart roundId={roundId}>
            {(meeting) => <ConfirmForm data={data} meeting={meeting} reload={outcomes.reload} />}
          </MeetingPart>
          <OutcomeList outcomes={data.outcomes} />
        </>
      )}
    </Loading>
  );
}
