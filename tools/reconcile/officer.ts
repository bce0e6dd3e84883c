import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type * as z from 'zod';
import { financeContract } from '../../functions/http/finance/contract.ts';
import { financeImportsContract } from '../../functions/http/finance-imports/contract.ts';
import type { Visitor } from '../outside/visitor.ts';
import type { ReportFile, ReportLine } from './report.ts';

const created = financeContract.createStatement.response;
const statement = financeContract.getStatement.response;
type Statement = z.output<typeof statement>;
type Line = Statement['page'][number];

/** A file as the office sees it once it is reconciled or refused. */
export interface Outcome {
  readonly file: ReportFile;
  readonly lines: readonly ReportLine[];
}

/** Sends a bank's file as the finance pages do, lets the machine reconcile it, and reads what became of it. */
export async function reconcileFile(
  officer: Visitor,
  path: string,
  settle: (isDone: () => Promise<boolean>) => Promise<void>,
): Promise<Outcome> {
  const { statementId, upload } = created.parse(
    await officer.post('/api/finance/statements', { fileName: basename(path), newAccounts: true }),
  );
  const bytes = new Uint8Array(readFileSync(path));
  const sent = await officer.upload(upload, {
    name: basename(path),
    type: 'application/octet-stream',
    bytes,
  });
  if (sent.status >= 300) throw new Error(`${path} was not taken for reading: ${sent.code ?? sent.status}`);
  await officer.post(`/api/finance/statements/${statementId}/uploaded`);
  await settle(async () => {
    const { status } = statement.parse(await officer.get(`/api/finance/statements/${statementId}`));
    return status === 'RECONCILED' || status === 'REFUSED';
  });
  const lines: Line[] = [];
  let read: Statement;
  let after: number | null = -1;
  do {
    read = statement.parse(await officer.get(`/api/finance/statements/${statementId}`, { after }));
    lines.push(...read.page);
    after = read.nextAfter;
  } while (after !== null);
  if (read.status !== 'RECONCILED' && read.status !== 'REFUSED')
    throw new Error(`${path} is still ${read.status}`);
  return { file: fileOf(path, read), lines: lines.map((line) => lineOf(path, line)) };
}

function fileOf(path: string, of: Statement): ReportFile {
  return {
    file: path,
    format: of.format,
    status: of.status === 'REFUSED' ? 'refused' : 'taken',
    line: of.refusal?.line ?? null,
    reason: of.refusal?.message ?? null,
    accounts: of.accounts.map(({ account, currency, openingPence, closingPence, entries }) => ({
      account,
      currency,
      openingPence,
      closingPence,
      entries,
    })),
  };
}

/** What the payer wrote: the reference with its text, each once. */
const referenceOf = ({ endToEndId, narrative, bankReference }: Line): string => {
  const words = [endToEndId, narrative].filter((text, at, all) => text !== '' && all.indexOf(text) === at);
  return words.length === 0 ? bankReference : words.join(' ');
};

function resultOf(line: Line): ReportLine['result'] {
  switch (line.status) {
    case 'MATCHED':
    case 'ALLOCATED':
      return 'confirmed';
    case 'SEEN':
      return 'duplicate';
    case 'OUTGOING':
    case 'PAID_OUT':
      return 'ignored';
    case 'SUSPENSE':
    case 'PARKED':
      return line.confidence === 'NONE' ? 'unmatched' : 'suggested';
  }
}

function reasonOf(line: Line, result: ReportLine['result']): string | null {
  const words =
    result === 'duplicate'
      ? ['An earlier statement had this line']
      : result === 'ignored'
        ? [line.pence === 0 ? 'Nothing was paid' : 'Money that left the account']
        : [line.ruleWords ?? line.queuedBecause ?? ''];
  const all = [...words, ...line.notes].filter((text) => text !== '');
  return all.length === 0 ? null : all.join('. ');
}

function lineOf(path: string, line: Line): ReportLine {
  const result = resultOf(line);
  return {
    file: path,
    index: lineIndex(line.lineId),
    date: line.bookedOn,
    amountPence: line.pence,
    creditDebit: line.direction === 'CREDIT' ? 'CRDT' : 'DBIT',
    reference: referenceOf(line),
    result,
    rule: line.rule,
    allocations:
      result === 'confirmed'
        ? line.proposal.map(({ invoiceNumber, pence }) => ({ invoice: invoiceNumber, amountPence: pence }))
        : [],
    candidates: line.candidates.map(({ invoiceNumber, why }) => ({
      invoice: invoiceNumber,
      reason: why.join('; '),
    })),
    reason: reasonOf(line, result),
  };
}

const lineIndex = (lineId: string): number => Number(lineId.slice(lineId.lastIndexOf('-') + 1));

const imported = financeImportsContract.importInvoices.response;
/** Rows that one request takes, well within its 29 seconds on a machine that is busy too. */
const ROWS_AT_ONCE = 100;

/** Brings open invoices over; rows that were refused, in words. */
export async function bringInvoicesOver(officer: Visitor, csv: string): Promise<string[]> {
  const [header = '', ...rows] = csv
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .filter((row) => row.trim() !== '');
  const refused: string[] = [];
  for (let from = 0; from === 0 || from < rows.length; from += ROWS_AT_ONCE) {
    const body = { csv: [header, ...rows.slice(from, from + ROWS_AT_ONCE)].join('\n') };
    const result = imported.parse(await officer.post('/api/finance/invoices/brought-over', body));
    refused.push(...result.refused.map(({ line, reason }) => `line ${line + from}: ${reason}`));
  }
  return refused;
}
