import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fingerprints } from '../../../../functions/payments/fingerprints.ts';
import { StatementRefusedError } from '../../../../functions/payments/statements/refusal.ts';
import { checkSize, MAXIMUM_STATEMENT_BYTES } from '../../../../functions/payments/statements/size.ts';
import { camt053, type Movement, sampleAccount } from '../../../support/bank-statements.ts';
import { readBankFile as read, refusalOfBankFile as refusalOf } from '../../../support/read-statements.ts';

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** A good file with one thing changed. */
const changed = (from: string | RegExp, to: string): string =>
  textOf(camt053([{ pence: 85000, narrative: 'A' }])).replace(from, to);

describe('a camt.053 file', () => {
  it('gives its payments in their order with what identifies them', async () => {
    const { format, statements } = await read(
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
      notes: [],
    });
    expect(statements[0]?.lines.map(({ direction, reversal }) => [direction, reversal])).toEqual([
      ['CREDIT', false],
      ['DEBIT', false],
      ['DEBIT', true],
    ]);
  });

  it('is read in the shape of older versions: prefixes, AmtDtls, names without Pty, dates with a time', async () => {
    const xml = `<?xml version="1.0"?><n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><n:BkToCstmrStmt>
<n:Stmt><n:Id>S</n:Id><n:Acct><n:Id><n:Othr><n:Id>20123412345678</n:Id></n:Othr></n:Id></n:Acct>
<n:Bal><n:Tp><n:CdOrPrtry><n:Cd>PRCD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="GBP">10</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:Dt><n:Dt>2026-06-09</n:Dt></n:Dt></n:Bal>
<n:Bal><n:Tp><n:CdOrPrtry><n:Cd>CLBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="GBP">840.5</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Dt><n:Dt>2026-06-10</n:Dt></n:Dt></n:Bal>
<n:Ntry><n:Amt Ccy="GBP">850.50</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts>BOOK</n:Sts><n:BookgDt><n:DtTm>2026-06-09T23:30:00Z</n:DtTm></n:BookgDt>
<n:NtryDtls><n:TxDtls><n:Refs><n:EndToEndId>X</n:EndToEndId></n:Refs><n:AmtDtls><n:TxAmt><n:Amt Ccy="GBP">850.500</n:Amt></n:TxAmt></n:AmtDtls>
<n:RltdPties><n:Dbtr><n:Nm>PAYER</n:Nm></n:Dbtr></n:RltdPties><n:RmtInf><n:Strd><n:CdtrRefInf><n:Ref>PSQM123</n:Ref></n:CdtrRefInf></n:Strd></n:RmtInf></n:TxDtls></n:NtryDtls></n:Ntry>
<n:Ntry><n:Amt Ccy="GBP">1.00</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts>PDNG</n:Sts></n:Ntry>
</n:Stmt></n:BkToCstmrStmt></n:Document>`;
    const { format, statements } = await read(xml);
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

  it('gives a line for each payment of a batch, which sum to it', async () => {
    const batch = (second: string): string =>
      changed(
        /<TxDtls>.*<\/TxDtls>/,
        `<TxDtls><Amt Ccy="GBP">350.00</Amt><RmtInf><Ustrd>ONE</Ustrd></RmtInf></TxDtls><TxDtls><Amt Ccy="GBP">${second}</Amt><RmtInf><Ustrd>TWO</Ustrd></RmtInf></TxDtls>`,
      );
    const { statements } = await read(batch('500.00'));
    expect(statements[0]?.lines.map(({ pence, narrative }) => [pence, narrative])).toEqual([
      [35000, 'ONE'],
      [50000, 'TWO'],
    ]);
    expect(await refusalOf(batch('500.01'))).toMatchObject({
      code: 'statement-entry-parts',
      line: 8,
      values: { parts: '£850.01', entry: '£850.00' },
    });
  });

  it('without movements is read', async () => {
    expect((await read(camt053([]))).statements[0]?.lines).toEqual([]);
  });

  it('agrees with itself for whatever movements', async () => {
    const movement: fc.Arbitrary<Movement> = fc.record({
      pence: fc.integer({ min: 1, max: 99_999_999 }),
      direction: fc.constantFrom('CRDT', 'DBIT'),
      payer: fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
      narrative: fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(movement, { maxLength: 30 }), fc.integer(), async (movements, seed) => {
        const opening = seed % 1_000_000;
        const [one] = (await read(camt053(movements, { opening }))).statements;
        expect(one?.lines.map(({ pence }) => pence)).toEqual(movements.map(({ pence }) => pence));
        expect(one?.lines.map(({ payerName }) => payerName)).toEqual(
          movements.map(({ payer = '' }) => payer.replace(/ +/g, ' ').trim()),
        );
        const off = await refusalOf(
          camt053(movements, { opening, closing: (one?.summary.closingPence ?? 0) + 1 }),
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
    ['is a CSV', 'Date,Amount\n2026-06-10,850.00\n', { code: 'statement-format-unknown', line: 1 }],
    ['is cut off', textOf(camt053([{ pence: 1 }])).slice(0, 700), { code: 'statement-not-xml' }],
    ['is another message', changed(/camt\.053/, 'camt.054'), { code: 'statement-camt054', line: 2 }],
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
      changed('<BookgDt><Dt>2026-06-10', '<BookgDt><Dt>2026-13-31'),
      { code: 'statement-date', line: 8 },
    ],
    [
      'has no booking date',
      changed(/<BookgDt>.*<\/ValDt>/, ''),
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
  it.each(cases)('because it %s is refused with line and reason', async (_what, file, refusal) => {
    const refused = await refusalOf(file);
    expect(refused).toMatchObject(refusal);
    expect(refused.toRecord().message).not.toContain('{');
  });

  it('because its own counts or sums are wrong is refused', async () => {
    const one: Movement[] = [{ pence: 85000 }];
    expect(await refusalOf(camt053(one, { count: 2 }))).toMatchObject({
      code: 'statement-count',
      line: 7,
      values: { what: 'TtlNtries', says: '2', is: 1 },
    });
    expect(await refusalOf(camt053(one, { sum: 85001 }))).toMatchObject({
      code: 'statement-total',
      values: { says: '£850.01', is: '£850.00' },
    });
  });

  it('because it is too large is refused before it is read', async () => {
    expect(() => checkSize(MAXIMUM_STATEMENT_BYTES + 1)).toThrow(StatementRefusedError);
    expect(() => checkSize(MAXIMUM_STATEMENT_BYTES)).not.toThrow();
  });
});

describe('fingerprints', () => {
  const printed = async (
    statementId: string,
    { statements }: Awaited<ReturnType<typeof read>>,
    taken: readonly string[] = [],
  ) => {
    const fingerprints = new Fingerprints(statementId);
    const made = [];
    for (const line of statements.flatMap(({ lines }) => lines))
      made.push(await fingerprints.next(line, 0, async (one) => taken.includes(one)));
    return made;
  };
  const alike: Movement = { pence: 85000, narrative: 'SAME', bankReference: 'R' };

  it('are the same for the same line of another file, and differ for identical lines of one', async () => {
    const other: Movement = { pence: 85000, narrative: 'OTHER', bankReference: 'R' };
    const first = await printed('A', await read(camt053([alike, alike, other])));
    const second = await printed('B', await read(camt053([other, alike, alike], { id: 'X', opening: 5 })));
    const printsOf = (lines: typeof first) => lines.map(({ fingerprint }) => fingerprint).sort();
    expect(printsOf(first)).toEqual(printsOf(second));
    expect(new Set(printsOf(first)).size).toBe(3);
    expect(first.map(({ line }) => line.lineId)).toEqual(['A-000000', 'A-000001', 'A-000002']);
  });

  it('pass over those that another statement has, where lines are surely others', async () => {
    const [first] = await printed('A', await read(camt053([alike])));
    const [next] = await printed('B', await read(camt053([alike])), [first?.fingerprint ?? '']);
    expect(next?.fingerprint).not.toBe(first?.fingerprint);
  });
});

describe('a camt.053 file of a bank that does it otherwise', () => {
  const entry = (more: string, amount = '10.00', direction = 'CRDT') =>
    `<Ntry><Amt Ccy="GBP">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-02-27</Dt></BookgDt><ValDt><Dt>2026-02-30</Dt></ValDt>${more}</Ntry>`;
  const statement = (entries: string, closing: string, currency = 'GBP', account = '1') =>
    `<Stmt><Id>S</Id><Acct><Id><Othr><Id>${account}</Id></Othr></Id><Ccy>${currency}</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-27</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-27</Dt></Dt></Bal>
${entries.replaceAll('"GBP"', `"${currency}"`)}</Stmt>`;
  const file = (statements: string, version = '13') =>
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt>${statements}</BkToCstmrStmt></Document>`;

  it('has a value day that its month does not have: read as the last one and noted', async () => {
    const [line] = (await read(file(statement(entry(''), '10.00')))).statements[0]?.lines ?? [];
    expect(line).toMatchObject({
      bookedOn: '2026-02-27',
      valueOn: '2026-02-28',
      notes: [{ code: 'month-end', value: '2026-02-30' }],
    });
  });

  it('returns a payment by its details alone', async () => {
    const returned = entry(
      '<NtryDtls><TxDtls><RtrInf><AddtlInf>NO ACCOUNT</AddtlInf></RtrInf></TxDtls></NtryDtls>',
    );
    const [line] = (await read(file(statement(returned, '10.00')))).statements[0]?.lines ?? [];
    expect(line).toMatchObject({ reversal: true, narrative: 'NO ACCOUNT' });
  });

  it('has several accounts, and lists all of them where one is not in pounds', async () => {
    const both = statement(entry(''), '10.00', 'GBP', '1') + statement(entry(''), '10.00', 'EUR', '2');
    try {
      await read(file(both));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'statement-currency',
        accounts: [
          { account: '1', currency: 'GBP', closingPence: 1000, entries: 1 },
          { account: '2', currency: 'EUR', closingPence: 1000, entries: 1 },
        ],
      });
    }
  });

  it.each(['02', '04', '08', '13'])('is of version %s', async (version) => {
    expect((await read(file(statement('', '0'), version))).format).toBe(`camt.053.001.${version}`);
  });

  it('lies in an envelope with a business header', async () => {
    const message = file(statement(entry(''), '10.00'), '08');
    const header =
      '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><MsgDefIdr>camt.053.001.08</MsgDefIdr></AppHdr>';
    for (const enveloped of [
      `<BizMsgEnvlp xmlns="urn:example">${header}${message}</BizMsgEnvlp>`,
      `<a:Xchg xmlns:a="urn:example"><a:Payload>${header}<a:Body>${message}</a:Body></a:Payload></a:Xchg>`,
    ])
      expect(await read(enveloped)).toMatchObject({
        format: 'camt.053.001.08',
        statements: [{ summary: { closingPence: 1000, lines: 1 } }],
      });
  });

  const payment = (reference: string, amount = '') =>
    `<TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs>${amount === '' ? '' : `<Amt Ccy="GBP">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`}</TxDtls>`;
  const batch = (payments: string, count = '') =>
    entry(
      `<NtryDtls>${count === '' ? '' : `<Btch><NbOfTxs>${count}</NbOfTxs></Btch>`}${payments}</NtryDtls>`,
    );

  it('has a batch of which one payment has no amount: it is what the others leave', async () => {
    const lines = (await read(file(statement(batch(payment('A', '7.50') + payment('B')), '10.00'))))
      .statements[0]?.lines;
    expect(lines?.map(({ endToEndId, pence }) => [endToEndId, pence])).toEqual([
      ['A', 750],
      ['B', 250],
    ]);
  });

  it('has a batch without amounts: one line that names the references of all', async () => {
    const payments = payment('PSQM7K2M9QA') + payment('NOTPROVIDED') + payment('PSQM7K2M9QB');
    const lines = (await read(file(statement(batch(payments, '3'), '10.00')))).statements[0]?.lines;
    expect(lines).toMatchObject([{ pence: 1000, narrative: 'PSQM7K2M9QA PSQM7K2M9QB' }]);
  });

  it('is refused where a batch has more or fewer payments than it says, unless they are not listed', async () => {
    const two = payment('A', '7.50') + payment('B', '2.50');
    expect(await refusalOf(file(statement(batch(two, '3'), '10.00')))).toMatchObject({
      code: 'statement-count',
      values: { what: 'NbOfTxs', says: '3', is: 2 },
    });
    expect((await read(file(statement(batch(two, '2'), '10.00')))).statements[0]?.lines).toHaveLength(2);
    expect((await read(file(statement(batch('', '40'), '10.00')))).statements[0]?.lines).toHaveLength(1);
  });

  it('says UTF-16 or UTF-8 and is in other bytes', async () => {
    const text = file(statement(entry('<AddtlNtryInf>Caffè Ty</AddtlNtryInf>'), '10.00'));
    const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>\n${text}`;
    for (const bytes of [
      new TextEncoder().encode(declared('utf-16')),
      new Uint8Array(Buffer.from(declared('UTF-8'), 'latin1')),
      new Uint8Array(Buffer.from(declared('UTF-8'), 'utf16le')),
    ])
      expect((await read(bytes)).statements[0]?.lines[0]?.narrative).toBe('Caffè Ty');
  });

  it('is in UTF-16, in Windows-1252, or has a mark and blank lines before it begins', async () => {
    const text = file(statement(entry('<AddtlNtryInf>Caffè Tŷ</AddtlNtryInf>'), '10.00'));
    const wide = new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));
    const narrow = new Uint8Array(Buffer.from(text.replace('ŷ', 'y'), 'latin1'));
    const spaced = new TextEncoder().encode(`\ufeff\r\n<?xml version="1.0" encoding="UTF-8"?>\r\n${text}`);
    for (const bytes of [wide, narrow, spaced])
      expect((await read(bytes)).statements[0]?.lines[0]?.narrative).toMatch(/^Caffè T[ŷy]$/);
  });

  it.each([
    ['camt.052', 'BkToCstmrAcctRpt', 'Rpt'],
    ['camt.054', 'BkToCstmrDbtCdtNtfctn', 'Ntfctn'],
  ])('is refused by its name where it is %s', async (name, root, child) => {
    const other = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${name}.001.08"><${root}><${child}><Id>1</Id></${child}></${root}></Document>`;
    expect(await refusalOf(other)).toMatchObject({ code: `statement-${name.replace('.', '')}` });
    expect((await refusalOf(other)).format).toBe(name);
    expect((await refusalOf(other)).toRecord().message).toContain(name);
  });
});
