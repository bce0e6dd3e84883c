import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSize, readCamt053 } from '../../../functions/payments/camt053.ts';
import { fingerprinted } from '../../../functions/payments/fingerprints.ts';
import { StatementRefusedError } from '../../../functions/payments/refused-statement.ts';
import { camt053, type Movement, sampleAccount } from '../../support/bank-statements.ts';

function refusalOf(bytes: Uint8Array | string): StatementRefusedError {
  try {
    readCamt053(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  } catch (error) {
    if (error instanceof StatementRefusedError) return error;
    throw error;
  }
  throw new Error('it was read');
}
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** A good file with one thing changed. */
const changed = (from: string | RegExp, to: string): string =>
  textOf(camt053([{ pence: 85000, narrative: 'A' }])).replace(from, to);

describe('a camt.053 file', () => {
  it('gives its payments in their order with what identifies them', () => {
    const { format, statements } = readCamt053(
      camt053([
        { pence: 85000, payer: 'Ysgol Tŷ & Co', narrative: 'PSQM 7K3 MQ2', endToEndId: 'E2E-1' },
        { pence: 1250, direction: 'DBIT', payer: 'BANK' },
        { pence: 85000, direction: 'DBIT', reversal: true },
      ]),
    );
    expect(format).toBe('camt.053.001.08');
    expect(statements).toHaveLength(1);
    expect(statements[0]?.summary).toMatchObject({
      account: sampleAccount,
      bankStatementId: 'ST-1',
      openingPence: 100_000,
      closingPence: 98_750,
      creditPence: 85000,
      debitPence: 86250,
      lines: 3,
    });
    expect(statements[0]?.lines[0]).toEqual({
      account: sampleAccount,
      bookedOn: '2026-06-10',
      valueOn: '2026-06-10',
      pence: 85000,
      direction: 'CREDIT',
      reversal: false,
      bankReference: 'ST-1/0',
      endToEndId: 'E2E-1',
      payerName: 'Ysgol Tŷ & Co',
      narrative: 'PSQM 7K3 MQ2',
      fileLine: 8,
    });
    expect(statements[0]?.lines.map(({ direction, reversal }) => [direction, reversal])).toEqual([
      ['CREDIT', false],
      ['DEBIT', false],
      ['DEBIT', true],
    ]);
  });

  it('is read in the shape of older versions: prefixes, AmtDtls, names without Pty, dates with a time', () => {
    const xml = `<?xml version="1.0"?><n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><n:BkToCstmrStmt>
<n:Stmt><n:Id>S</n:Id><n:Acct><n:Id><n:Othr><n:Id>20123412345678</n:Id></n:Othr></n:Id></n:Acct>
<n:Bal><n:Tp><n:CdOrPrtry><n:Cd>PRCD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="GBP">10</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:Dt><n:Dt>2026-06-09</n:Dt></n:Dt></n:Bal>
<n:Bal><n:Tp><n:CdOrPrtry><n:Cd>CLBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="GBP">840.5</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Dt><n:Dt>2026-06-10</n:Dt></n:Dt></n:Bal>
<n:Ntry><n:Amt Ccy="GBP">850.50</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts>BOOK</n:Sts><n:BookgDt><n:DtTm>2026-06-09T23:30:00Z</n:DtTm></n:BookgDt>
<n:NtryDtls><n:TxDtls><n:Refs><n:EndToEndId>X</n:EndToEndId></n:Refs><n:AmtDtls><n:TxAmt><n:Amt Ccy="GBP">850.500</n:Amt></n:TxAmt></n:AmtDtls>
<n:RltdPties><n:Dbtr><n:Nm>PAYER</n:Nm></n:Dbtr></n:RltdPties><n:RmtInf><n:Strd><n:CdtrRefInf><n:Ref>PSQM123</n:Ref></n:CdtrRefInf></n:Strd></n:RmtInf></n:TxDtls></n:NtryDtls></n:Ntry>
<n:Ntry><n:Amt Ccy="GBP">1.00</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts>PDNG</n:Sts></n:Ntry>
</n:Stmt></n:BkToCstmrStmt></n:Document>`;
    const { format, statements } = readCamt053(new TextEncoder().encode(xml));
    expect(format).toBe('camt.053.001.02');
    expect(statements[0]?.lines).toMatchObject([
      {
        account: '20123412345678',
        pence: 85050,
        bookedOn: '2026-06-10',
        payerName: 'PAYER',
        narrative: 'PSQM123',
      },
    ]);
  });

  it('gives a line for each payment of a batch, which sum to it', () => {
    const batch = (second: string): string =>
      changed(
        /<TxDtls>.*<\/TxDtls>/,
        `<TxDtls><Amt Ccy="GBP">350.00</Amt><RmtInf><Ustrd>ONE</Ustrd></RmtInf></TxDtls><TxDtls><Amt Ccy="GBP">${second}</Amt><RmtInf><Ustrd>TWO</Ustrd></RmtInf></TxDtls>`,
      );
    const { statements } = readCamt053(new TextEncoder().encode(batch('500.00')));
    expect(statements[0]?.lines.map(({ pence, narrative }) => [pence, narrative])).toEqual([
      [35000, 'ONE'],
      [50000, 'TWO'],
    ]);
    expect(refusalOf(batch('500.01'))).toMatchObject({
      code: 'statement-entry-parts',
      line: 8,
      values: { parts: '£850.01', entry: '£850.00' },
    });
  });

  it('without movements is read', () => {
    expect(readCamt053(camt053([])).statements[0]?.lines).toEqual([]);
  });

  it('agrees with itself for whatever movements', () => {
    const movement: fc.Arbitrary<Movement> = fc.record({
      pence: fc.integer({ min: 1, max: 99_999_999 }),
      direction: fc.constantFrom('CRDT', 'DBIT'),
      payer: fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
      narrative: fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
    });
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 30 }), fc.integer(), (movements, seed) => {
        const opening = seed % 1_000_000;
        const [read] = readCamt053(camt053(movements, { opening })).statements;
        expect(read?.lines.map(({ pence }) => pence)).toEqual(movements.map(({ pence }) => pence));
        expect(read?.lines.map(({ payerName }) => payerName)).toEqual(
          movements.map(({ payer = '' }) => payer.replace(/ +/g, ' ').trim()),
        );
        const off = refusalOf(
          camt053(movements, { opening, closing: (read?.summary.closingPence ?? 0) + 1 }),
        );
        expect(off.code).toBe('statement-balance');
      }),
      { numRuns: 60 },
    );
  });
});

describe('a file that cannot be read', () => {
  const cases: [what: string, file: string, refusal: object][] = [
    ['is empty', '', { code: 'statement-empty' }],
    ['is a CSV', 'Date,Amount\n2026-06-10,850.00\n', { code: 'statement-not-xml', line: 1 }],
    ['is cut off', textOf(camt053([{ pence: 1 }])).slice(0, 700), { code: 'statement-not-xml' }],
    ['is another message', changed(/camt\.053/, 'camt.054'), { code: 'statement-not-camt053', line: 2 }],
    ['is a web page', '<html><body/></html>', { code: 'statement-not-camt053', values: { root: 'html' } }],
    [
      'declares a document type',
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      { code: 'statement-doctype', line: 1 },
    ],
    [
      'has no statement',
      '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
      { code: 'statement-without-statement' },
    ],
    [
      'has an amount with a comma',
      changed('<Ntry><NtryRef>0</NtryRef><Amt Ccy="GBP">850.00', '<Ntry><Amt Ccy="GBP">850,00'),
      { code: 'statement-amount', line: 8, values: { value: '850,00' } },
    ],
    [
      'has a third decimal',
      changed('<Ntry><NtryRef>0</NtryRef><Amt Ccy="GBP">850.00', '<Ntry><Amt Ccy="GBP">850.001'),
      { code: 'statement-amount', line: 8 },
    ],
    [
      'has euros',
      changed('<NtryRef>0</NtryRef><Amt Ccy="GBP">', '<Amt Ccy="EUR">'),
      { code: 'statement-currency', line: 8, values: { currency: 'EUR' } },
    ],
    [
      'has no such day',
      changed('<BookgDt><Dt>2026-06-10', '<BookgDt><Dt>2026-06-31'),
      { code: 'statement-date', line: 8 },
    ],
    [
      'has no booking date',
      changed(/<BookgDt>.*<\/BookgDt>/, ''),
      { code: 'statement-field-missing', values: { field: 'BookgDt' } },
    ],
    [
      'has a strange direction',
      changed('</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>', '</Amt><CdtDbtInd>X</CdtDbtInd><Sts>'),
      { code: 'statement-direction', values: { value: 'X' } },
    ],
    [
      'has no closing balance',
      changed('CLBD', 'XPCD'),
      { code: 'statement-balance-missing', values: { which: 'CLBD' } },
    ],
    [
      'names no account',
      changed(/<IBAN>.*<\/IBAN>/, ''),
      { code: 'statement-field-missing', values: { field: 'Acct/Id' } },
    ],
    [
      'is not in its encoding',
      `<?xml version="1.0" encoding="no-such"?><a/>`,
      { code: 'statement-encoding' },
    ],
  ];
  it.each(cases)('because it %s is refused with line and reason', (_what, file, refusal) => {
    const refused = refusalOf(file);
    expect(refused).toMatchObject(refusal);
    expect(refused.toRecord().message).not.toContain('{');
  });

  it('because its own counts or sums are wrong is refused', () => {
    const one: Movement[] = [{ pence: 85000 }];
    expect(refusalOf(camt053(one, { count: 2 }))).toMatchObject({
      code: 'statement-count',
      line: 7,
      values: { what: 'TtlNtries', says: '2', is: 1 },
    });
    expect(refusalOf(camt053(one, { sum: 85001 }))).toMatchObject({
      code: 'statement-total',
      values: { says: '£850.01', is: '£850.00' },
    });
  });

  it('because it is too large is refused before it is read', () => {
    expect(() => checkSize(10_000_001, 10_000_000)).toThrow(StatementRefusedError);
    expect(() => checkSize(10_000_000, 10_000_000)).not.toThrow();
  });
});

describe('fingerprints', () => {
  it('are the same for the same line of another file, and differ for identical lines of one', () => {
    const alike: Movement = { pence: 85000, narrative: 'SAME', bankReference: 'R' };
    const other: Movement = { pence: 85000, narrative: 'OTHER', bankReference: 'R' };
    const first = fingerprinted('A', readCamt053(camt053([alike, alike, other])));
    const second = fingerprinted('B', readCamt053(camt053([other, alike, alike], { id: 'X', opening: 5 })));
    const printsOf = (lines: typeof first) => lines.map(({ fingerprint }) => fingerprint).sort();
    expect(printsOf(first)).toEqual(printsOf(second));
    expect(new Set(printsOf(first)).size).toBe(3);
    expect(first.map(({ line }) => line.lineId)).toEqual(['A-00000', 'A-00001', 'A-00002']);
  });
});
