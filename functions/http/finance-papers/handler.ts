import { documentUrl } from '../../payments/document-addresses.ts';
import { readPayerAccount } from '../../payments/payer-account.ts';
import { keepPayerStatement, sendPayerStatement } from '../../payments/send-payer-statement.ts';
import { paymentsTexts } from '../../payments/texts.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { financePapersContract } from './contract.ts';

/** Papers that finance ask for. */
export const handler = audienceHandler(
  financePapersContract,
  {
    async payerStatementFile({ params, body }, { now }) {
      const of = await readPayerAccount(params.payerRef);
      const { key, to } = await keepPayerStatement(of, body, body.language, now);
      return { url: await documentUrl(key, `psqm-statement-${to}.pdf`) };
    },
    async sendPayerStatement({ params, body }, { now, identity }) {
      const of = await readPayerAccount(params.payerRef);
      const actor = { kind: 'person', id: identity.personId } as const;
      return sendPayerStatement(of, body.requestId, body, actor, now);
    },
  },
  [paymentsTexts],
);
