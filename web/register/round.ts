import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { publicContract } from '../../functions/http/public/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';

export type OpenRound = NonNullable<RouteResponse<typeof publicContract.getRound>['round']>;

const RoundContext = createContext<OpenRound | undefined>(undefined);
/** Gives the steps the round that is open. */
export const RoundProvider = RoundContext.Provider;

/** The open round; the steps are shown only while there is one. */
export function useRound(): OpenRound {
  const round = useContext(RoundContext);
  if (round === undefined) throw new Error('a step was shown without a round');
  return round;
}
