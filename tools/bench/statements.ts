import { makeBroughtOver } from '../../functions/payments/brought-over.ts';
import { judgeLine, textsOf } from '../../functions/payments/matching.ts';
import type { Invoice } from '../../functions/payments/model.ts';
import { OpenBook } from '../../functions/payments/open-book.ts';
import { readStatementFile } from '../../functions/payments/statements/read-statement.ts';
import { newPaymentReference } from '../../functions/shared/references/references.ts';
import { Draw } from '../round/draw.ts';

export interface StatementFigures {
  readonly lines: number;
  /** Per line: to read the file, checks included. */
  readonly readMicros: number;
  /** Per line: to find what it names and to judge it. */
  readonly matchMicros: number;
  readonly confirmed: number;
  /** Of the heap, with file, lines and invoices at once. */
  readonly megabytes: number;
}

const SYLLABLES = [
  'ash',
  'bram',
  'cole',
  'dun',
  'elm',
  'far',
  'gil',
  'hazel',
  'ing',
  'kel',
  'lang',
  'mar',
  'nor',
  'oak',
  'quill',
  'rad',
];
const ENDINGS = [
  'brook',
  'bury',
  'combe',
  'dale',
  'field',
  'ford',
  'ham',
  'hurst',
  'ley',
  'ton',
  'vale',
  'worth',
];

/** Reads and matches camt.053 files of so many lines against as many open invoices; half by reference, others by number, name or nothing. */
export async function measureStatements(sizes: readonly number[]): Promise<StatementFigures[]> {
  const figures: StatementFigures[] = [];
  for (const lines of sizes) {
    const invoices = openInvoices(lines);
    const bytes = new TextEncoder().encode(statementFor(invoices));
    const started = performance.now();
    const file = await readStatementFile(bytes);
    const read = performance.now();
    const book = new OpenBook(invoices);
    let confirmed = 0;
    for (const line of file.statements.flatMap((each) => each.lines)) {
      const named = [...book.references.find(textsOf(line))].flatMap(([number, by]) => {
        const invoice = book.get(number);
        return invoice === undefined ? [] : [{ invoice, by: [...by], ended: false }];
      });
      if (judgeLine(line, named, book).confidence === 'CONFIRMED') confirmed++;
    }
    const matched = performance.now();
    figures.push({
      lines,
      readMicros: (1000 * (read - started)) / lines,
      matchMicros: (1000 * (matched - read)) / lines,
      confirmed,
      megabytes: process.memoryUsage().heapUsed / 1e6,
    });
  }
  return figures;
}

function openInvoices(count: number): Invoice[] {
  const draw = new Draw('statements');
  const now = new Date();
  return Array.from({ length: count }, (_, index) => {
    const pick = (from: readonly string[], what: string): string =>
      from[draw.whole(0, from.length - 1, what, index)] ?? '';
    const school = `${pick(SYLLABLES, 'first')}${pick(SYLLABLES, 'second')}${pick(ENDINGS, 'end')} Primary School`;
    return makeBroughtOver(
      {
        number: `BENCH-${String(index + 1).padStart(6, '0')}`,
        reference: newPaymentReference(),
        payer: index % 4 === 0 ? `${pick(SYLLABLES, 'council')}${pick(ENDINGS, 'of')} Council` : school,
        school,
        urn: String(1_000_000 + index),
        amount_pence: index % 5 === 0 ? 55_000 : 85_000,
        due: '2026-06-30',
      },
      index + 1,
      now,
    );
  });
}

const wordsFor = (invoice: Invoice, index: number): string =>
  index % 2 === 0
    ? invoice.paymentReference
    : index % 4 === 1
      ? `INV ${invoice.invoiceNumber}`
      : 'SCIENCE FEES';

function statementFor(invoices: readonly Invoice[]): string {
  const pounds = (pence: number): string => (pence / 100).toFixed(2);
  const total = invoices.reduce((sum, { grossPence }) => sum + grossPence, 0);
  const balance = (code: string, pence: number): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">${pounds(pence)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-06-10</Dt></Dt></Bal>`;
  const entries = invoices.map(
    (invoice, index) =>
      `<Ntry><Amt Ccy="GBP">${pounds(invoice.grossPence)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-10</Dt></BookgDt><ValDt><Dt>2026-06-10</Dt></ValDt><AcctSvcrRef>B${index}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>${invoice.payer.name}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>${wordsFor(invoice, index)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  );
  return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>BENCH</Id><Acct><Id><Othr><Id>20201555555555</Id></Othr></Id><Ccy>GBP</Ccy></Acct>${balance('OPBD', 0)}${balance('CLBD', total)}${entries.join('\n')}</Stmt></BkToCstmrStmt></Document>`;
}
