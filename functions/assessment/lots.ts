import { createHash } from 'node:crypto';

/**
 * What equals of a round are told apart by: a school by its identifier, a person by their address, neither by an id that
 * is drawn anew wherever the round is run. No name comes first in every round.
 */
export function lotOf(roundId: string, who: string): string {
  return createHash('sha256').update(`${roundId}\n${who.toLowerCase()}`).digest('hex');
}
