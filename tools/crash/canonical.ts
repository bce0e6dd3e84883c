import * as z from 'zod';
import type { Item, Snapshot } from '../verify/snapshot.ts';
import { Table } from '../verify/table.ts';

/**
 * The end state of a round in canonical form: sorted lines by what they tell of. Numbers, ids, instants and order are
 * left out, so that two rounds of one seed have the same lines.
 */
export type EndState = Readonly<Record<string, readonly string[]>>;

const registration = z.object({
  registrationId: z.string(),
  schoolId: z.string(),
  status: z.string(),
  awardedLevel: z.string().nullable(),
  hubId: z.string().nullable(),
});
const person = z.object({ personId: z.string(), email: z.string() });
const invoice = z.object({
  registrationId: z.string(),
  grossPence: z.number(),
  allocatedPence: z.number(),
  creditedPence: z.number(),
  status: z.string(),
});
const credit = z.object({ remainingPence: z.number() });
const posting = z.object({ entries: z.array(z.object({ account: z.string(), pence: z.number() })) });
const line = z.object({ pence: z.number(), openPence: z.number(), status: z.string() });
const assignment = z.object({ registrationId: z.string(), assessorId: z.string(), status: z.string() });
const reading = z.object({
  registrationId: z.string(),
  readerId: z.string(),
  kind: z.string(),
  status: z.string(),
});
const document = z.object({
  registrationId: z.string(),
  documentType: z.string(),
  name: z.string(),
  status: z.string(),
  refusal: z.string().nullable(),
});
const version = z.object({ files: z.array(z.unknown()) });
const claim = z.object({ executionArn: z.string() });
const email = z.object({ cause: z.string(), to: z.string(), status: z.string() });

/** Files of which nothing arrived: a request that had to be repeated leaves one, and it counts for nothing. */
const NEVER_ARRIVED = ['UPLOADING', 'ABANDONED'];

/** Reads the end state off a store's snapshot. */
export async function endStateOf(snapshot: Snapshot): Promise<EndState> {
  const table = new Table(snapshot.items);
  const names = namesOf(snapshot.items, table);
  const said = (text: string): string => names.canonical(text);
  const accounts = new Map<string, number>();
  for (const { entries } of table.kind(posting, '*', 'LEDGER'))
    for (const { account, pence } of entries) accounts.set(account, (accounts.get(account) ?? 0) + pence);
  return {
    outcomes: sorted(
      table
        .kind(registration, 'REG', 'REGISTRATION')
        .map((one) => `${one.schoolId} ${one.status} ${one.awardedLevel ?? '-'} in ${one.hubId ?? 'no hub'}`),
    ),
    balances: sorted([
      ...table
        .kind(invoice, 'REG', 'INVOICE')
        .map(
          (one) =>
            `${said(one.pk)} invoice of ${one.grossPence} ${one.status}: ${one.allocatedPence} paid, ${one.creditedPence} credited`,
        ),
      ...table.kind(credit, 'REG', 'CREDIT').map((one) => `${said(one.pk)} credit of ${one.remainingPence}`),
      ...table
        .kind(line, 'STATEMENT', 'LINE')
        .map((one) => `line of ${one.pence} ${one.status}, ${one.openPence} open`),
      ...[...accounts].map(([account, pence]) => `account ${account} ${pence}`),
    ]),
    assignments: sorted([
      ...table
        .kind(assignment, 'ASG', 'ASSIGNMENT')
        .map((one) => `${said(one.registrationId)} to ${said(one.assessorId)} ${one.status}`),
      ...table
        .kind(reading, 'REG', 'READING')
        .map((one) => `${said(one.registrationId)} ${one.kind} by ${said(one.readerId)} ${one.status}`),
    ]),
    documents: distinct([
      ...table
        .kind(document, 'REG', 'DOC')
        .filter((one) => !NEVER_ARRIVED.includes(one.status))
        .map(
          (one) =>
            `${said(one.registrationId)} ${one.documentType} ${one.name} ${one.status} ${one.refusal ?? ''}`,
        ),
      ...table
        .kind(version, 'REG', 'VERSION')
        .map((one) => `${said(one.pk)} ${one.sk} of ${one.files.length} files`),
      ...['CERTIFICATE', 'CREDITNOTE', 'RECEIPT', 'INVOICE', 'OUTCOME'].flatMap((kind) =>
        table.raw('REG', kind).map((one) => `${said(one.pk)} ${kind}`),
      ),
    ]),
    emails: distinct(
      table
        .kind(email, '*', 'EMAIL')
        .map((one) => `${said(one.pk)} ${said(one.cause)} to ${one.to} ${one.status}`),
    ),
    executions: sorted(await executionsOf(snapshot, table)),
  };
}

/**
 * Executions by status. An event that came twice starts a second execution, which ends at once because the first holds
 * the stage; it did nothing and does not count.
 */
async function executionsOf(snapshot: Snapshot, table: Table): Promise<string[]> {
  const claims = [...table.kind(claim, '*', 'STAGE'), ...table.kind(claim, '*', 'RAN')];
  const holders = new Set(claims.map(({ executionArn }) => executionArn));
  const lines: string[] = [];
  for (const { arn, machine, status } of snapshot.executions) {
    const isSecond =
      status === 'SUCCEEDED' &&
      !holders.has(arn) &&
      (await snapshot.detailsOf(arn)).lastState === 'Already running';
    if (!isSecond) lines.push(`${machine} ${status}`);
  }
  return lines;
}

const sorted = (lines: readonly string[]): string[] => [...lines].sort();
const distinct = (lines: readonly string[]): string[] => sorted([...new Set(lines)]);

/** What one state has and the other has not, line by line. */
export function differencesBetween(undisturbed: EndState, killed: EndState): string[] {
  const found: string[] = [];
  for (const [what, lines] of Object.entries(undisturbed)) {
    const others = [...(killed[what] ?? [])];
    for (const each of lines) {
      const at = others.indexOf(each);
      if (at === -1) found.push(`${what}: only undisturbed: ${each}`);
      else others.splice(at, 1);
    }
    for (const each of others) found.push(`${what}: only with kills: ${each}`);
  }
  return found;
}

const NUMBERED: readonly (readonly [kind: string, field: string])[] = [
  ['INVOICE', 'invoiceNumber'],
  ['CREDITNOTE', 'creditNoteNumber'],
  ['RECEIPT', 'receiptNumber'],
  ['CERTIFICATE', 'certificateNumber'],
];
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9A-HJKMNP-TV-Z]{26}\b/gi;

/** Names in the place of ids: the school for a registration and its papers, the address for a person. */
function namesOf(items: readonly Item[], table: Table): { canonical(text: string): string } {
  const names = new Map<string, string>();
  for (const one of table.kind(person, 'PERSON', 'PERSON')) names.set(one.personId, one.email);
  for (const one of table.kind(registration, 'REG', 'REGISTRATION'))
    names.set(one.registrationId, one.schoolId);
  for (const item of items) {
    for (const [kind, field] of NUMBERED) {
      const number = item[field];
      if (item.sk.startsWith(`${kind}`) && typeof number === 'string')
        names.set(number, `${kind.toLowerCase()} of ${item.pk}`);
    }
  }
  const known = (text: string): string => {
    let result = text;
    for (const [id, name] of names) result = result.replaceAll(id, name);
    return result;
  };
  // Twice: a paper's name holds the registration's id.
  return { canonical: (text) => known(known(text)).replaceAll(ID, '*') };
}
