import { inParallel } from '../shared/runtime/in-parallel.ts';
import { parseStored, queryCollection, type Stored } from '../shared/table/change.ts';
import { payerPartition } from './keys.ts';
import type { PayerAccount } from './payer-account.ts';
import { SENT, type SentStatement, sentStatement } from './sent-statement-model.ts';

/** Statements of account that were sent to a payer, under any address that it had, the latest first. Consistent. */
export async function sentStatementsOf(
  of: Pick<PayerAccount, 'addresses'>,
): Promise<Stored<SentStatement>[]> {
  const found = await inParallel([...of.addresses], 8, (email) =>
    queryCollection(payerPartition(email), SENT),
  );
  return found
    .flat()
    .map((item) => parseStored(sentStatement, item))
    .sort((a, b) => b.at.localeCompare(a.at));
}
