import {
  type Key,
  personIndex,
  personPk,
  registrationPk,
  statementPk,
  uniqueKey,
} from '../shared/table/keys.ts';

/** Invoices, and all that changes what is owed on them, lie in their registration's collection. */
export const invoiceKey = (registrationId: string, invoiceNumber: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `INVOICE#${invoiceNumber}`,
});
export const creditNoteKey = (registrationId: string, creditNoteNumber: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `CREDITNOTE#${creditNoteNumber}`,
});
export const receiptKey = (registrationId: string, receiptNumber: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `RECEIPT#${receiptNumber}`,
});
export const allocationKey = (registrationId: string, allocationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `ALLOCATION#${allocationId}`,
});
export const accountCreditKey = (registrationId: string, creditId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `CREDIT#${creditId}`,
});
export const refundKey = (registrationId: string, refundId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `REFUND#${refundId}`,
});
export const writeOffKey = (registrationId: string, writeOffId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `WRITEOFF#${writeOffId}`,
});
export const ledgerKey = (pk: string, postingId: string): Key => ({ pk, sk: `LEDGER#${postingId}` });
/** The counter of a series of numbers. */
export const counterKey = (series: string): Key => ({ pk: `COUNTER#${series}`, sk: 'COUNTER' });

/** A month that is closed (YYYY-MM). */
export const monthKey = (month: string): Key => ({ pk: `MONTH#${month}`, sk: 'MONTH' });

export const statementKey = (statementId: string): Key => ({ pk: statementPk(statementId), sk: 'STATEMENT' });
export const lineKey = (lineId: string): Key => ({
  pk: statementPk(statementOfLine(lineId)),
  sk: `LINE#${indexOfLine(lineId)}`,
});
/** What was made from a line lies in a registration's collection; this item beside the line says where. */
export const lineUseKey = (lineId: string, useId: string): Key => ({
  pk: statementPk(statementOfLine(lineId)),
  sk: `USE#${indexOfLine(lineId)}#${useId}`,
});

/** A payment that went back, beside the line with which it did. */
export const returnedLineKey = (lineId: string): Key => ({
  pk: statementPk(statementOfLine(lineId)),
  sk: `RETURNED#${indexOfLine(lineId)}`,
});

/** A line's id: its statement's and its position there, so that the same line of the same file has the same id. */
export const lineIdOf = (statementId: string, index: number): string =>
  `${statementId}-${String(index).padStart(6, '0')}`;
export const statementOfLine = (lineId: string): string =>
  lineId.slice(0, Math.max(0, lineId.lastIndexOf('-')));
export const indexOfLine = (lineId: string): string => lineId.slice(lineId.lastIndexOf('-') + 1);

export const invoicePointerKey = (invoiceNumber: string): Key => uniqueKey('INVOICE', invoiceNumber);
export const paymentReferenceKey = (reference: string): Key => uniqueKey('PAYMENT_REFERENCE', reference);
export const refundAdvicePointerKey = (adviceNumber: string): Key => uniqueKey('REFUND_ADVICE', adviceNumber);
/** A receipt is given once for an invoice. */
export const receiptPointerKey = (invoiceNumber: string): Key => uniqueKey('RECEIPT', invoiceNumber);
export const fingerprintKey = (fingerprint: string): Key => uniqueKey('BANK_LINE', fingerprint);
/** An account of ours: from where to where its statements reach. */
export const bankAccountKey = (accountKey: string): Key => uniqueKey('BANK_ACCOUNT', accountKey);
export const statementFileKey = (sha256: string): Key => uniqueKey('STATEMENT_FILE', sha256);

/** A payer that finance keep. */
export const payerKey = (payerId: string): Key => ({ pk: `PAYER#${payerId}`, sk: 'PAYER' });
/** A counterparty of bank lines that pays for others. */
export const payerAliasKey = (aliasId: string): Key => ({ pk: `PAYER_ALIAS#${aliasId}`, sk: 'PAYER_ALIAS' });
/** Stands for the registration of an invoice for several: the collection in which it and its money lie. */
export const jointId = (invoiceNumber: string): string => `JOINT-${invoiceNumber}`;

/** Attribute values by which all invoices of a payer are found (`byPerson`): a payer is known by its address. */
export const payerIndex = (email: string | null, invoiceNumber: string) =>
  email === null ? {} : personIndex(payerOf(email), INVOICE, invoiceNumber);
const payerOf = (email: string): string => `PAYER:${email.toLowerCase()}`;
/** The index partition of a payer's invoices, and the collection of the letters that list several of them. */
export const payerPartition = (email: string): string => personPk(payerOf(email));

/** What banks write where there is no end-to-end reference. */
const NO_REFERENCE = /^(|NOTPROVIDED|NONREF|NOREF|NONE|N\/?A)$/i;
const LINE_REFERENCE = 'LINE_REFERENCE';
/** The index partition (`byPerson`) of lines with an end-to-end reference; undefined where it is none. */
export const lineReferencePartition = (endToEndId: string): string | undefined =>
  NO_REFERENCE.test(endToEndId.trim())
    ? undefined
    : personPk(`${LINE_REFERENCE}:${endToEndId.trim().toUpperCase()}`);
/** Attribute values by which a line is found by its end-to-end reference: a payment that comes back carries it again. */
export const lineReferenceIndex = (endToEndId: string, lineId: string) =>
  lineReferencePartition(endToEndId) === undefined
    ? {}
    : personIndex(`${LINE_REFERENCE}:${endToEndId.trim().toUpperCase()}`, LINE_REFERENCE, lineId);

/** Kind of invoices in the index of a round (`byRound`). */
export const INVOICE = 'INVOICE';
/** Index partitions (`byRound`) of what belongs to no round. */
export const STATEMENTS = 'STATEMENTS';
export const BANK_ACCOUNTS = 'BANK_ACCOUNTS';
/** Other income and costs, by when they were entered. */
export const OTHER_ENTRIES = 'OTHER-ENTRIES';
export const PAYERS = 'PAYERS';
export const PAYER_ALIASES = 'PAYER-ALIASES';
export const CLOSED_MONTHS = 'CLOSED-MONTHS';
/** Stands for the round of what a previous system had open. */
export const BROUGHT_OVER = 'BROUGHT-OVER';
/** Postings are indexed by the month of their posting. */
export const ledgerMonth = (month: string): string => `LEDGER#${month}`;

/** Queues: invoices with money owed (by due day), lines to be decided (since when), put aside (until), credits on account. */
export const DEBTORS_QUEUE = 'DEBTORS';
export const SUSPENSE_QUEUE = 'SUSPENSE';
export const PARKED_QUEUE = 'PARKED';
export const CREDITS_QUEUE = 'CREDITS';
/** Refunds and write-offs that wait for a second person, and refunds that were approved and not yet paid out. */
export const APPROVALS_QUEUE = 'APPROVALS';
export const REFUNDS_QUEUE = 'REFUNDS';
