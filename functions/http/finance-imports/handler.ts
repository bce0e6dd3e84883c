import { toImportResult } from '../../operations/import-words.ts';
import { importBroughtOver } from '../../payments/brought-over.ts';
import { paymentsTexts } from '../../payments/texts.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { financeImportsContract } from './contract.ts';

/** Brings in what finance has as files of rows. */
export const handler = audienceHandler(
  financeImportsContract,
  {
    async importInvoices({ body }, { now, identity, language }) {
      const actor = { kind: 'person', id: identity.personId } as const;
      return toImportResult(await importBroughtOver(body.csv, actor, now), language, paymentsTexts);
    },
  },
  [paymentsTexts],
);
