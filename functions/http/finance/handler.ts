import { useId } from '../../payments/allocate.ts';
import { dueRefunds, openApprovals } from '../../payments/approvals.ts';
import { balanceOf } from '../../payments/balance.ts';
import { openCredits, spendCredit } from '../../payments/credits.ts';
import { decideLine, returnPayment, takeBack } from '../../payments/decide-line.ts';
import { paymentDocumentsOf } from '../../payments/document-addresses.ts';
import { moneyHistory } from '../../payments/invoice-history.ts';
import { BROUGHT_OVER } from '../../payments/keys.ts';
import { presentOpen, presentRecorded, presentWithHistory } from '../../payments/line-views.ts';
import { listParked, listSuspense, parkLine, readLine, unparkLine } from '../../payments/lines.ts';
import type { Invoice } from '../../payments/model.ts';
import { fundingRequests } from '../../payments/requests.ts';
import { isSought } from '../../payments/search-invoices.ts';
import { fileUrl } from '../../payments/statement-files.ts';
import {
  linesOfStatement,
  listStatements,
  prepareStatement,
  readStatement,
  startReconciliation,
} from '../../payments/statements.ts';
import {
  accountCreditsOf,
  allocationsOf,
  creditNotesOf,
  listInvoices,
  openInvoices,
  readInvoice,
  refundsOf,
  writeOffsOf,
} from '../../payments/store.ts';
import { paymentsTexts } from '../../payments/texts.ts';
import { Names, presentInvoice, presentStatement, withNames } from '../../payments/views.ts';
import { listRounds } from '../../programme/store.ts';
import { findRegistration } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import type { Actor } from '../../shared/table/change.ts';
import { londonDate } from '../../shared/time/london.ts';
import { financeContract } from './contract.ts';

/** Lines of a statement on one page. */
const PAGE = 200;

const actorOf = (identity: Identity): Actor => ({ kind: 'person', id: identity.personId });
const sum = <T>(of: readonly T[], pence: (each: T) => number): number =>
  of.reduce((total, each) => total + pence(each), 0);

/** Finance: statements, the queue of what the machine did not match, invoices, funders. */
export const handler = audienceHandler(
  financeContract,
  {
    async getOverview(_input, { now, language }) {
      const [suspense, parked, debtors, credits, requests, [last], approvals, refunds] = await Promise.all([
        listSuspense(now),
        listParked(),
        openInvoices(),
        openCredits(),
        fundingRequests(),
        listStatements(),
        openApprovals(),
        dueRefunds(),
      ]);
      const today = londonDate(now);
      const overdue = debtors.filter(({ dueOn }) => dueOn < today);
      const incoming = suspense.filter(({ direction }) => direction === 'CREDIT');
      return {
        suspense: {
          lines: suspense.length,
          pence: sum(incoming, ({ openPence }) => openPence),
          oldestOn: suspense.map(({ bookedOn }) => bookedOn).sort()[0] ?? null,
        },
        parked: { lines: parked.length, pence: sum(parked, ({ openPence }) => openPence) },
        debtors: {
          invoices: debtors.length,
          pence: sum(debtors, balanceOf),
          overdueInvoices: overdue.length,
          overduePence: sum(overdue, balanceOf),
        },
        credits: { count: credits.length, pence: sum(credits, ({ remainingPence }) => remainingPence) },
        approvals: approvals.refunds.length + approvals.writeOffs.length,
        refundsDue: { count: refunds.length, pence: sum(refunds, ({ pence }) => pence) },
        fundingRequests: requests.length,
        lastStatement: last === undefined ? null : await presentStatement(last, language, new Names()),
      };
    },

    createStatement({ body }, { now, identity }) {
      return prepareStatement(body, actorOf(identity), now);
    },
    async statementUploaded({ params }, { now, identity, language }) {
      const started = await startReconciliation(params.statementId, actorOf(identity), now);
      return presentStatement(started, language, new Names());
    },
    async listStatements(_input, { language }) {
      const names = new Names();
      const statements = await listStatements();
      return {
        statements: await Promise.all(statements.map((each) => presentStatement(each, language, names))),
      };
    },
    async getStatement({ params, query }, { language }) {
      const [statement, lines] = await Promise.all([
        readStatement(params.statementId),
        linesOfStatement(params.statementId),
      ]);
      const names = new Names();
      const page = lines.filter(({ index }) => index > query.after).slice(0, PAGE);
      const last = page.at(-1)?.index;
      return {
        ...(await presentStatement(statement, language, names)),
        page: await presentRecorded(page, language, names),
        nextAfter: last !== undefined && lines.some(({ index }) => index > last) ? last : null,
        fileUrl: await fileUrl(statement.key, statement.fileName),
      };
    },

    async listQueue({ query }, { now, language }) {
      const lines = query.parked === 'true' ? await listParked() : await listSuspense(now);
      const shown = await presentOpen(lines, language, new Names());
      const surest = (of: (typeof shown)[number]): number => of.candidates[0]?.score ?? -1;
      // Sorting keeps the order of those that are as sure: the oldest first.
      return { lines: query.parked === 'true' ? shown : shown.sort((a, b) => surest(b) - surest(a)) };
    },
    async getLine({ params }, { language }) {
      return presentWithHistory(await readLine(params.lineId), language);
    },
    async allocateLine({ params, body }, { now, identity, language }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      await decideLine(params.lineId, body.requestId, body.parts, decision, now);
      return presentWithHistory(await readLine(params.lineId), language);
    },
    async reverseAllocation({ params, body }, { now, identity, language }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      await takeBack(params.lineId, params.allocationId, decision, now);
      return presentWithHistory(await readLine(params.lineId), language);
    },
    async returnPayment({ params, body }, { now, identity, language }) {
      const decision = { actor: actorOf(identity), reason: body.reason };
      await returnPayment(params.lineId, body.originalLineId, decision, now);
      return presentWithHistory(await readLine(params.lineId), language);
    },
    async parkLine({ params, body }, { now, identity, language }) {
      const parked = await parkLine(params.lineId, body.until, body.reason, actorOf(identity), now);
      return only(await presentOpen([parked], language, new Names()));
    },
    async unparkLine({ params, body }, { now, identity, language }) {
      const back = await unparkLine(params.lineId, body.reason, actorOf(identity), now);
      return only(await presentOpen([back], language, new Names()));
    },

    async searchInvoices({ query }, { now }) {
      const known = await invoicesOfRounds(query.roundId, query.open === 'true');
      const found = known.filter((each) => isSought(each, query.q));
      return {
        invoices: found.slice(0, query.limit).map((each) => presentInvoice(each, now)),
        total: found.length,
      };
    },
    async getInvoice({ params }, { now, language }) {
      const invoice = await readInvoice(params.invoiceNumber);
      const { registrationId, invoiceNumber } = invoice;
      const names = new Names();
      const [registration, documents, allocations, notes, credits, writeOffs, refunds, history] =
        await Promise.all([
          findRegistration(registrationId),
          paymentDocumentsOf(registrationId),
          allocationsOf(registrationId),
          creditNotesOf(registrationId),
          accountCreditsOf(registrationId),
          writeOffsOf(registrationId),
          refundsOf(registrationId),
          moneyHistory(registrationId, language, names),
        ]);
      const its = <T extends { readonly invoiceNumber: string }>(records: readonly T[]): T[] =>
        records.filter((each) => each.invoiceNumber === invoiceNumber);
      return {
        ...presentInvoice(invoice, now),
        registrationStatus: registration?.status ?? null,
        netPence: invoice.netPence,
        vatPence: invoice.vatPence,
        lines: invoice.lines,
        replaces: invoice.replaces ?? [],
        replacedBy: invoice.replacedBy ?? null,
        documents,
        allocations: await withNames(its(allocations), names),
        creditNotes: its(notes),
        credits: await withNames(its(credits), names),
        writeOffs: its(writeOffs),
        refunds: its(refunds),
        history,
      };
    },

    async listCredits() {
      const credits = await withNames(await openCredits(), new Names());
      return {
        credits: await inParallel(credits, 8, async (each) => ({
          ...each,
          schoolName: (await readInvoice(each.invoiceNumber)).schoolName,
        })),
      };
    },
    async useCredit({ params, body }, { now, identity }) {
      const allocationId = useId(`${params.registrationId}/${params.creditId}`, body.requestId, 0);
      const decision = { actor: actorOf(identity), reason: body.reason };
      const used = await spendCredit(params, body.invoiceNumber, body.pence, allocationId, decision, now);
      return only(await withNames([used], new Names()));
    },
  },
  [paymentsTexts],
);

/** Invoices of a round, or of all; `open` only those with money owed. */
async function invoicesOfRounds(roundId: string | undefined, open: boolean): Promise<Invoice[]> {
  if (open) {
    const owed = await openInvoices();
    return owed.filter((each) => roundId === undefined || each.roundId === roundId);
  }
  const rounds =
    roundId === undefined ? [...(await listRounds()).map((round) => round.roundId), BROUGHT_OVER] : [roundId];
  return (await inParallel(rounds, 4, listInvoices)).flat();
}

/** The one of a list of one. */
function only<T>(of: readonly T[]): T {
  const [first] = of;
  if (first === undefined) throw new Error('nothing to answer');
  return first;
}
