import type * as z from 'zod';
import type { recommendation } from '../../functions/assessment/model.ts';
import { Choices, Select } from './forms.tsx';
import type { Translate } from './language.ts';

export type Outcome = z.output<typeof recommendation>;
type Level = NonNullable<Outcome['level']>;

/** Levels that a school with this target can be awarded instead, the highest first. */
const LOWER: Readonly<Record<Level, readonly Level[]>> = {
  PSQM: [],
  GILT: ['PSQM'],
  OUTREACH: ['GILT', 'PSQM'],
};

/**
 * Chooses an outcome that can stand beside the target level: the target itself, a lower level where there is one, or
 * none. `t` has the keys `outcome.*` (the target as `level`) and `level.*`; `value` is null until one is chosen.
 */
export function OutcomeChoice(props: {
  readonly t: Translate;
  readonly name: string;
  readonly label: string;
  readonly lowerLabel: string;
  readonly target: Level;
  readonly value: Outcome | null;
  readonly onChange: (outcome: Outcome) => void;
  readonly error?: string | undefined;
}) {
  const { t, value, onChange } = props;
  const lower = LOWER[props.target];
  const choices: readonly Outcome[] = [
    { outcome: 'AWARDED', level: props.target },
    ...(lower[0] === undefined ? [] : [{ outcome: 'AWARDED_LOWER' as const, level: lower[0] }]),
    { outcome: 'DEFERRED_FURTHER_EVIDENCE', level: null },
    { outcome: 'WORKING_TOWARDS', level: null },
    { outcome: 'NOT_AWARDED', level: null },
  ];
  // Which lower level is asked apart where there are several.
  const named = (outcome: Outcome['outcome'], level: Level | null): string =>
    level === null || (outcome === 'AWARDED_LOWER' && lower.length > 1) ? '' : t(`level.${level}`);
  return (
    <>
      <Choices
        name={props.name}
        label={props.label}
        options={choices.map(({ outcome, level }) => ({
          value: outcome,
          label: t(`outcome.${outcome}`, { level: named(outcome, level) }).trimEnd(),
        }))}
        value={value === null ? [] : [value.outcome]}
        onChange={([chosen]) => {
          const choice = choices.find(({ outcome }) => outcome === chosen);
          if (choice !== undefined) onChange(choice);
        }}
        error={props.error}
      />
      {value?.outcome === 'AWARDED_LOWER' && lower.length > 1 && (
        <Select
          name={`${props.name}.level`}
          label={props.lowerLabel}
          value={value.level ?? ''}
          onChange={(chosen) => {
            const level = lower.find((each) => each === chosen);
            if (level !== undefined) onChange({ outcome: 'AWARDED_LOWER', level });
          }}
          options={lower.map((each) => ({ value: each, label: t(`level.${each}`) }))}
        />
      )}
    </>
  );
}
