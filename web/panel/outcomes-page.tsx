import { useState } from 'preact/hooks';
import { panelContract } from '../../functions/http/panel/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, Select, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, Loading, Notice, Table, Tag, type TagColour } from '../shared/show.tsx';
import { useText } from './texts.ts';

type Outcomes = RouteResponse<typeof panelContract.listOutcomes>;
type Row = Outcomes['outcomes'][number];
const BATCH = 50;
const colours: Readonly<Record<Row['stage'], TagColour>> = {
  AWAITED: 'grey',
  READ: 'grey',
  MODERATION: 'yellow',
  PROPOSED: 'blue',
  CONFIRMED: 'green',
  RELEASED: 'green',
};

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
          <ConfirmForm data={data} reload={outcomes.reload} />
          <Table
            caption={t('outcomes.all')}
            head={[t('outcomes.school'), t('outcomes.target'), t('outcomes.stage'), t('outcomes.outcome')]}
            empty={t('outcomes.none')}
            rows={data.outcomes.map((row) => [
              <a class="govuk-link" href={`/panel/cases/${row.registrationId}`}>
                {row.school.name}
              </a>,
              t(`level.${row.targetLevel}`),
              <>
                <Tag colour={colours[row.stage]}>{t(`stage.${row.stage}`)}</Tag>
                {row.held && <Tag colour="orange">{t('outcomes.held')}</Tag>}
              </>,
              outcomeWords(t, row.decided ?? row.proposed),
            ])}
          />
        </>
      )}
    </Loading>
  );
}

function outcomeWords(
  t: ReturnType<typeof useText>,
  outcome: { outcome: string; level: string | null } | null,
): string {
  return outcome === null
    ? ''
    : t(`outcome.${outcome.outcome}`, { level: outcome.level === null ? '' : t(`level.${outcome.level}`) });
}

function ConfirmForm({ data, reload }: { data: Outcomes; reload: () => Promise<void> }) {
  const t = useText();
  const ready = data.outcomes
    .filter((row) => row.stage === 'PROPOSED' && row.blocked === null)
    .slice(0, BATCH);
  const mine = data.outcomes.filter(
    (row) => row.stage === 'PROPOSED' && (row.blocked === 'JUDGED' || row.blocked === 'CONFLICT'),
  );
  const [chosen, setChosen] = useState<string[]>([]);
  const [told, setTold] = useState<string | undefined>(undefined);
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      const decisions = ready.flatMap((row) =>
        chosen.includes(row.registrationId) && row.proposed !== null
          ? [{ registrationId: row.registrationId, outcome: row.proposed.outcome, level: row.proposed.level }]
          : [],
      );
      if (decisions.length === 0) {
        submission.setErrors({ decisions: t('confirm.choose') });
        return;
      }
      const answer = await call(panelContract.confirmOutcomes, {
        params: { roundId: data.roundId },
        body: { decisions },
      });
      setChosen([]);
      await reload();
      setTold(t('confirm.done', { confirmed: answer.confirmed.length, refused: answer.refused.length }));
    });
  return (
    <>
      {told !== undefined && <Notice success>{told}</Notice>}
      {mine.length > 0 && <p class="govuk-inset-text">{t('confirm.not-mine', { count: mine.length })}</p>}
      {ready.length > 0 && (
        <Form onSubmit={() => void send()} label={t('confirm.title')}>
          <ErrorSummary errors={submission.errors} general={submission.general} />
          <Choices
            multiple
            name="decisions"
            label={t('confirm.title')}
            hint={t('confirm.hint')}
            options={ready.map((row) => ({
              value: row.registrationId,
              label: `${row.school.name}: ${outcomeWords(t, row.proposed)}`,
              hint: row.proposed === null ? undefined : t(`basis.${row.proposed.basis}`),
            }))}
            value={chosen}
            onChange={setChosen}
            error={submission.errors.decisions}
          />
          <div class="govuk-button-group">
            <Button type="submit" disabled={submission.busy}>
              {t('confirm.send', { count: chosen.length })}
            </Button>
            <Button secondary onClick={() => setChosen(ready.map((row) => row.registrationId))}>
              {t('confirm.all')}
            </Button>
          </div>
        </Form>
      )}
    </>
  );
}
