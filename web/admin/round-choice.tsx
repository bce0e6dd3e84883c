import { useLocation } from 'preact-iso';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { type Loaded, useApi } from '../shared/api.ts';
import { Select } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { type Audience, useAudience } from './audience.ts';
import { useText } from './texts.ts';

export type Rounds = RouteResponse<Audience['reads']['listRounds']>;
export type RoundRow = Rounds['rounds'][number];

const KEY = 'psqm-staff-round';

/**
 * The round that a page is about: the one of the address (`?round=`), else the one chosen before in this window, else
 * the open one that schools register for, else the newest.
 */
export function useRound(): { rounds: Loaded<Rounds>; round: RoundRow | undefined } {
  const { reads } = useAudience();
  const { query } = useLocation();
  const rounds = useApi(reads.listRounds);
  const all = rounds.data?.rounds ?? [];
  const named = (roundId: string | null | undefined) => all.find((one) => one.roundId === roundId);
  const round = named(query.round) ?? named(sessionStorage.getItem(KEY)) ?? openOne(all) ?? all[0];
  return { rounds, round };
}

/** Of several open rounds the last that has opened, else the first that will. */
function openOne(all: readonly RoundRow[]): RoundRow | undefined {
  const today = new Date().toISOString().slice(0, 10);
  const open = all
    .filter(({ status }) => status === 'OPEN')
    .sort((a, b) => a.calendar.registrationOpens.localeCompare(b.calendar.registrationOpens));
  return open.findLast(({ calendar }) => calendar.registrationOpens <= today) ?? open[0];
}

/** Chooses the round of a page among several; keeps what else the address says. */
export function RoundChoice(props: { rounds: readonly RoundRow[]; roundId: string }) {
  const t = useText();
  const language = useLanguage();
  const { url, route } = useLocation();
  if (props.rounds.length < 2) return null;
  const choose = (roundId: string): void => {
    sessionStorage.setItem(KEY, roundId);
    const address = new URL(url, location.origin);
    address.searchParams.set('round', roundId);
    route(`${address.pathname}${address.search}`, true);
  };
  return (
    <Select
      name="round"
      label={t('round.which')}
      value={props.roundId}
      onChange={choose}
      options={props.rounds.map(({ roundId, label }) => ({ value: roundId, label: label[language] }))}
    />
  );
}
