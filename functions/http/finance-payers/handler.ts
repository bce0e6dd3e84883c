import type * as z from 'zod';
import type { PayerAlias } from '../../payments/alias-model.ts';
import { documentUrl } from '../../payments/document-addresses.ts';
import { endHold, holdInvoice } from '../../payments/holds.ts';
import type { PayerRecord } from '../../payments/model.ts';
import { movementWords } from '../../payments/movement-words.ts';
import { type PayerAccount, readPayerAccount, readPayerStatement } from '../../payments/payer-account.ts';
import { listAliases, rememberPayer, withdrawAlias } from '../../payments/payer-aliases.ts';
import { joinInvoices, splitInvoice } from '../../payments/payer-invoices.ts';
import { keepPayer, listPayers } from '../../payments/payers.ts';
import { reissueWithPurchaseOrder } from '../../payments/purchase-order.ts';
import { decideRequest, fundingRequests } from '../../payments/requests.ts';
import { sentStatementsOf } from '../../payments/sent-statements.ts';
import { paymentsTexts } from '../../payments/texts.ts';
import { Names, presentInvoice } from '../../payments/views.ts';
import { changeAgreement } from '../../programme/agreements.ts';
import { listFunderPlaces, listFunders } from '../../programme/store.ts';
import { programmeTexts } from '../../programme/texts.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import type { Actor } from '../../shared/table/change.ts';
import { type aliasView, financePayersContract, type payerView } from './contract.ts';

type Account = z.input<(typeof financePayersContract)['getPayerAccount']['response']>;

const actorOf = (identity: Identity): Actor => ({ kind: 'person', id: identity.personId });

/** Finance: who pays apart from schools, and what their invoices are. */
export const handler = audienceHandler(
  financePayersContract,
  {
    async listPayers() {
      return { payers: (await listPayers()).map(presentPayer) };
    },
    async keepPayer({ params, body }, { now, identity }) {
      return presentPayer(await keepPayer(params.payerId, body, actorOf(identity), now));
    },
    async getPayerAccount({ params }, { now }) {
      return presentAccount(await readPayerAccount(params.payerRef), now);
    },
    async getPayerStatement({ params, query }, { now, language }) {
      const { invoices } = await readPayerAccount(params.payerRef);
      const { entries, ...statement } = await readPayerStatement({ invoices }, query, now);
      return {
        ...statement,
        entries: entries.map((each) => ({ ...each, what: movementWords(each, language) })),
      };
    },
    async listAliases() {
      const names = new Names();
      return { aliases: await inParallel(await listAliases(), 8, (each) => presentAlias(each, names)) };
    },
    async rememberPayer({ params }, { now, identity }) {
      return presentAlias(await rememberPayer(params.lineId, actorOf(identity), now), new Names());
    },
    async withdrawAlias({ params, body }, { now, identity }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      return presentAlias(await withdrawAlias(params.aliasId, decision, now), new Names());
    },
    async keepAgreement({ params, body }, { now, identity }) {
      const { funderId, roundId } = params;
      return changeAgreement(funderId, roundId, body, actorOf(identity), now);
    },
    async joinInvoices({ params, body }, { now, identity }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      return presentInvoice(await joinInvoices(body.invoiceNumbers, params.payerId, decision, now), now);
    },
    async splitInvoice({ params, body }, { now, identity }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      const made = await splitInvoice(params.invoiceNumber, body.payerId, body.percent, decision, now);
      return presentInvoice(made, now);
    },
    async reissueInvoice({ params, body }, { now, identity }) {
      const { purchaseOrder } = body;
      const actor = actorOf(identity);
      return presentInvoice(
        await reissueWithPurchaseOrder(params.invoiceNumber, purchaseOrder, actor, now),
        now,
      );
    },
    async holdInvoice({ params, body }, { now, identity }) {
      const { kind, until, reason } = body;
      const decision = { actor: actorOf(identity), reason };
      return presentInvoice(await holdInvoice(params.invoiceNumber, { kind, until }, decision, now), now);
    },
    async endHold({ params, body }, { now, identity }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      return presentInvoice(await endHold(params.invoiceNumber, decision, now), now);
    },
    async listFunders() {
      const funders = await listFunders();
      return {
        funders: await inParallel(funders, 8, async ({ funderId, name, email, active }) => ({
          funderId,
          name,
          email,
          active,
          rounds: (await listFunderPlaces(funderId)).map(({ roundId, places, used }) => ({
            roundId,
            places,
            used,
          })),
        })),
      };
    },
    async listFundingRequests() {
      return { requests: await fundingRequests() };
    },
    async grantAgain({ params, body }, { now, identity }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      await decideRequest(params.registrationId, 'TRY_AGAIN', decision, now);
      return { registrationId: params.registrationId, decided: 'TRY_AGAIN' as const };
    },
    async billSchool({ params, body }, { now, identity }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      await decideRequest(params.registrationId, 'BILL_SCHOOL', decision, now);
      return { registrationId: params.registrationId, decided: 'BILL_SCHOOL' as const };
    },
  },
  [paymentsTexts, programmeTexts],
);

function presentPayer({ roundKey: _key, roundSort: _sort, ...of }: PayerRecord): z.input<typeof payerView> {
  return of;
}

async function presentAccount(of: PayerAccount, now: Date): Promise<Account> {
  const { payerRef, kept, name, email, addressLines, language } = of;
  const names = new Names();
  return {
    payerRef,
    kept: kept === undefined ? null : presentPayer(kept),
    name,
    email,
    addressLines: [...addressLines],
    language,
    invoices: of.invoices.map((each) => presentInvoice(each, now)),
    sent: await inParallel(await sentStatementsOf(of), 8, async ({ pdfKey, ...each }) => ({
      ...each,
      by: await names.of(each.by),
      url: await documentUrl(pdfKey, `psqm-statement-${each.to}.pdf`),
    })),
  };
}

/** With the names of those who confirmed and withdrew it in place of their ids. */
async function presentAlias(
  { roundKey: _key, roundSort: _sort, ...of }: PayerAlias,
  names: Names,
): Promise<z.input<typeof aliasView>> {
  const { withdrawn } = of;
  return {
    ...of,
    by: await names.of(of.by),
    withdrawn: withdrawn === null ? null : { ...withdrawn, by: await names.of(withdrawn.by) },
  };
}
