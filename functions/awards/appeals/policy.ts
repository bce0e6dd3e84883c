import type * as z from 'zod';
import defaultAppeals from '../../../programme/default-appeals.json' with { type: 'json' };
import { appealPolicy, type Round } from '../../programme/model.ts';

/** The rules on appeals of a round; of one that was made before they were its policy, the default ones. */
export const appealPolicyOf = ({ policies }: Pick<Round, 'policies'>): z.output<typeof appealPolicy> =>
  policies.appeals ?? appealPolicy.parse(defaultAppeals);
