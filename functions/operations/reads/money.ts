import type * as z from 'zod';
import type { journeyMoney } from '../../http/admin/reads.ts';
import { balanceOf } from '../../payments/balance.ts';
import { statementKey, statementOfLine } from '../../payments/keys.ts';
import { statement } from '../../payments/model.ts';
import {
  accountCreditsOf,
  allocationsOf,
  creditNotesOf,
  invoicesOfRegistration,
} from '../../payments/store.ts';
import { readExisting } from '../../shared/table/change.ts';

type Payment = z.input<typeof journeyMoney>['payments'][number];

/** Invoices, credit notes and the bank statements whose lines touched a registration, the oldest first. */
export async function readMoney(registrationId: string): Promise<z.input<typeof journeyMoney>> {
  const [invoices, notes, allocations, credits] = await Promise.all([
    invoicesOfRegistration(registrationId),
    creditNotesOf(registrationId),
    allocationsOf(registrationId),
    accountCreditsOf(registrationId),
  ]);
  const uses = [
    ...allocations.map((one) => ({ ...one, kind: 'ALLOCATION' as const })),
    ...credits.map((one) => ({ ...one, kind: 'CREDIT' as const })),
  ];
  const fileNames = await namesOfStatements(
    uses.flatMap(({ source }) => (source.kind === 'LINE' ? [statementOfLine(source.lineId)] : [])),
  );
  const payments = uses.map(({ at, invoiceNumber, pence, kind, source, reversed }): Payment => {
    const statementId = source.kind === 'LINE' ? statementOfLine(source.lineId) : undefined;
    return {
      at,
      invoiceNumber,
      pence,
      kind,
      statement:
        source.kind === 'LINE' && statementId !== undefined
          ? { statementId, fileName: fileNames.get(statementId) ?? statementId, lineId: source.lineId }
          : null,
      reversedAt: reversed?.at ?? null,
    };
  });
  return {
    invoices: invoices.map((one) => ({
      invoiceNumber: one.invoiceNumber,
      issuedOn: one.issuedOn,
      dueOn: one.dueOn,
      grossPence: one.grossPence,
      balancePence: balanceOf(one),
      status: one.status,
    })),
    creditNotes: notes.map(({ creditNoteNumber, invoiceNumber, issuedOn, grossPence }) => ({
      creditNoteNumber,
      invoiceNumber,
      issuedOn,
      grossPence,
    })),
    payments: payments.sort((a, b) => a.at.localeCompare(b.at)),
  };
}

async function namesOfStatements(statementIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const statements = await Promise.all(
    [...new Set(statementIds)].map((id) => readExisting(statement, statementKey(id))),
  );
  return new Map(statements.map(({ statementId, fileName }) => [statementId, fileName]));
}
