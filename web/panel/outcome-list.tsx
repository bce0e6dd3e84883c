import { useState } from 'preact/hooks';
import type { panelContract } from '../../functions/http/panel/contract.ts';
import { decidedOutcomes, levels } from '../../functions/programme/model.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { Select, TextInput } from '../shared/forms.tsx';
import { Table, Tag, type TagColour } from '../shared/show.tsx';
import { useText } from './texts.ts';

type Row = RouteResponse<typeof panelContract.listOutcomes>['outcomes'][number];
const colours: Readonly<Record<Row['stage'], TagColour>> = {
  AWAITED: 'grey',
  READ: 'grey',
  MODERATION: 'yellow',
  PROPOSED: 'blue',
  CONFIRMED: 'green',
  RELEASED: 'green',
};
const stages = ['AWAITED', 'READ', 'MODERATION', 'PROPOSED', 'CONFIRMED', 'RELEASED'] as const;
const ANY = 'ANY';

/** An outcome with its level in words. */
export function outcomeWords(
  t: ReturnType<typeof useText>,
  outcome: { outcome: string; level: string | null } | null,
): string {
  return outcome === null
    ? ''
    : t(`outcome.${outcome.outcome}`, { level: outcome.level === null ? '' : t(`level.${outcome.level}`) });
}

/** Every school of the round, narrowed by name, stage, level and outcome. */
export function OutcomeList({ outcomes }: { outcomes: readonly Row[] }) {
  const t = useText();
  const [search, setSearch] = useState('');
  const [stage, setStage] = useState<string>(ANY);
  const [level, setLevel] = useState<string>(ANY);
  const [outcome, setOutcome] = useState<string>(ANY);
  const any = { value: ANY, label: t('filter.any') };
  const wanted = search.trim().toLowerCase();
  const rows = outcomes.filter(
    (row) =>
      `${row.school.name} ${row.school.town} ${row.reference}`.toLowerCase().includes(wanted) &&
      (stage === ANY || row.stage === stage) &&
      (level === ANY || row.targetLevel === level) &&
      (outcome === ANY || (row.decided ?? row.proposed)?.outcome === outcome),
  );
  return (
    <>
      <fieldset class="govuk-fieldset psqm-filters">
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">{t('filter.title')}</legend>
        <TextInput name="search" label={t('filter.search')} value={search} onInput={setSearch} />
        <Select
          name="stage"
          label={t('outcomes.stage')}
          value={stage}
          onChange={setStage}
          options={[any, ...stages.map((each) => ({ value: each, label: t(`stage.${each}`) }))]}
        />
        <Select
          name="level"
          label={t('outcomes.target')}
          value={level}
          onChange={setLevel}
          options={[any, ...levels.map((each) => ({ value: each, label: t(`level.${each}`) }))]}
        />
        <Select
          name="outcome"
          label={t('outcomes.outcome')}
          value={outcome}
          onChange={setOutcome}
          options={[
            any,
            ...decidedOutcomes.map((each) => ({
              value: each,
              label: t(`outcome.${each}`, { level: '' }).trim(),
            })),
          ]}
        />
      </fieldset>
      <p class="govuk-body" aria-live="polite">
        {t('filter.shown', { shown: rows.length, all: outcomes.length })}
      </p>
      <Table
        caption={t('outcomes.all')}
        head={[t('outcomes.school'), t('outcomes.target'), t('outcomes.stage'), t('outcomes.outcome')]}
        empty={t('outcomes.none')}
        rows={rows.map((row) => [
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
  );
}
