import { describe, expect, it } from 'vitest';
import { comesTo, type OthersFile } from '../../../support/others-files.ts';
import { refusalOfBankFile } from '../../../support/read-statements.ts';

const camt = (statement: string, version = '08'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>${statement}</BkToCstmrStmt></Document>`;
const balance = (code: string, amount: string, sign = 'CRDT'): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">${amount}</Amt><CdtDbtInd>${sign}</CdtDbtInd><Dt><Dt>2026-06-10</Dt></Dt></Bal>`;
const stmt = (opening: string, closing: string, entries: string, header = ''): string =>
  `<Stmt><Id>S</Id><Acct><Id><Othr><Id>20201555555555</Id></Othr></Id></Acct>${header}${balance('OPBD', opening)}${balance('CLBD', closing)}${entries}</Stmt>`;
const ntry = (
  amount: string,
  details: string,
  more = '',
  sign = 'CRDT',
  status = '<Sts><Cd>BOOK</Cd></Sts>',
): string =>
  `<Ntry><Amt Ccy="GBP">${amount}</Amt><CdtDbtInd>${sign}</CdtDbtInd>${more}${status}<BookgDt><Dt>2026-06-10</Dt></BookgDt><ValDt><Dt>2026-06-10</Dt></ValDt><NtryDtls>${details}</NtryDtls></Ntry>`;
const tx = (inner: string): string => `<TxDtls>${inner}</TxDtls>`;
const bytes = (text: string, ...before: number[]): Uint8Array =>
  new Uint8Array([...before, ...new TextEncoder().encode(text)]);
const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));

const camtCases: OthersFile[] = [
  {
    what: 'a creditor reference (Strd/CdtrRefInf/Ref) beside free words',
    file: camt(
      stmt(
        '0',
        '850.00',
        ntry(
          '850.00',
          tx(
            '<RmtInf><Ustrd>SCIENCE MARK</Ustrd><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>INV-1001</Nb></RfrdDocInf><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>RF18PSQM7K2M9QA</Ref></CdtrRefInf></Strd></RmtInf>',
          ),
        ),
      ),
    ),
    lines: [{ pence: 85000, words: 'SCIENCE MARK RF18PSQM7K2M9QA INV-1001' }],
  },
  {
    what: 'words that go on in further elements',
    file: camt(
      stmt(
        '0',
        '850.00',
        ntry(
          '850.00',
          tx('<RmtInf><Ustrd>PAYMENT OF INVOICE PSQM-2026</Ustrd><Ustrd>-00017</Ustrd></RmtInf>'),
        ),
      ),
    ),
    lines: [{ words: 'PSQM-2026 -00017' }],
  },
  {
    what: 'an end-to-end reference that is not provided, and the instruction as one',
    file: camt(
      stmt(
        '0',
        '1.00',
        ntry('1.00', tx('<Refs><InstrId>PSQM7K2M9QA</InstrId><EndToEndId>NOTPROVIDED</EndToEndId></Refs>')),
      ),
    ),
    lines: [{ endToEndId: 'PSQM7K2M9QA' }],
  },
  {
    what: 'a batch with an amount for each payment in its own place',
    file: camt(
      stmt(
        '10.00',
        '1710.00',
        ntry(
          '1700.00',
          `<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="GBP">1700.00</TtlAmt></Btch>${tx('<Refs><EndToEndId>A</EndToEndId></Refs><Amt Ccy="GBP">850</Amt><CdtDbtInd>CRDT</CdtDbtInd>')}${tx('<Refs><EndToEndId>B</EndToEndId></Refs><Amt Ccy="GBP">850.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>')}`,
        ),
      ),
    ),
    entries: 1,
    opening: 1000,
    closing: 171000,
    lines: [
      { pence: 85000, endToEndId: 'A' },
      { pence: 85000, endToEndId: 'B' },
    ],
  },
  {
    what: 'a batch of version 2, amounts below AmtDtls, spread over two details',
    file: camt(
      stmt(
        '0',
        '3.00',
        `<Ntry><Amt Ccy="GBP">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-06-10T23:30:00Z</DtTm></BookgDt><NtryDtls>${tx('<AmtDtls><TxAmt><Amt Ccy="GBP">1.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>ONE</Nm></Dbtr></RltdPties>')}</NtryDtls><NtryDtls>${tx('<AmtDtls><TxAmt><Amt Ccy="GBP">2.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>TWO</Nm></Dbtr></RltdPties>')}</NtryDtls></Ntry>`,
      ),
      '02',
    ),
    lines: [
      // Half past eleven at night in Greenwich is the next day in London's summer.
      { pence: 100, payerName: 'ONE', valueOn: '2026-06-11' },
      { pence: 200, payerName: 'TWO' },
    ],
  },
  {
    what: 'a batch in which one payment was returned against the others',
    file: camt(
      stmt(
        '0',
        '5.00',
        ntry(
          '5.00',
          `${tx('<Amt Ccy="GBP">8.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>')}${tx('<Amt Ccy="GBP">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RtrInf><OrgnlBkTxCd/><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>ACCOUNT CLOSED</AddtlInf></RtrInf>')}`,
        ),
      ),
    ),
    lines: [
      { pence: 800, direction: 'CREDIT', reversal: false },
      { pence: 300, direction: 'DEBIT', reversal: true, words: 'ACCOUNT CLOSED' },
    ],
  },
  {
    what: 'a payment of ours that came back: never income',
    file: camt(
      stmt(
        '0',
        '850.00',
        ntry(
          '850.00',
          tx('<RtrInf><Rsn><Cd>AC03</Cd></Rsn></RtrInf><RmtInf><Ustrd>REFUND RF-1</Ustrd></RmtInf>'),
        ),
      ),
    ),
    lines: [{ direction: 'CREDIT', reversal: true }],
  },
  {
    what: 'a reversal told by the entry alone',
    file: camt(stmt('850.00', '0', ntry('850.00', '', '<RvslInd>1</RvslInd>', 'DBIT'))),
    lines: [{ direction: 'DEBIT', reversal: true, pence: 85000 }],
  },
  {
    what: 'pending and information entries, which are not booked',
    file: camt(
      stmt(
        '0',
        '1.00',
        ntry('1.00', '') +
          ntry('850.00', '', '', 'CRDT', '<Sts><Cd>PDNG</Cd></Sts>') +
          ntry('850.00', '', '', 'CRDT', '<Sts><Cd>INFO</Cd></Sts>') +
          ntry('850.00', '', '', 'CRDT', '<Sts><Prtry>FUTR</Prtry></Sts>'),
      ),
    ),
    entries: 4,
    lines: [{ pence: 100 }],
  },
  {
    what: 'debits, amounts of nothing, one decimal and a plus',
    file: camt(
      stmt('10.0', '+9.50', ntry('0.50', '', '', 'DBIT') + ntry('0', '') + ntry('0.00', '', '', 'DBIT')),
    ),
    opening: 1000,
    closing: 950,
    lines: [{ pence: 50, direction: 'DEBIT' }, { pence: 0 }, { pence: 0 }],
  },
  {
    what: 'an overdrawn account',
    file: camt(
      `<Stmt><Id>S</Id><Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id><Ccy>GBP</Ccy></Acct>${balance('OPBD', '900.00', 'DBIT')}${balance('CLBD', '50.00', 'DBIT')}${ntry('850.00', '')}</Stmt>`,
    ),
    opening: -90000,
    closing: -5000,
    lines: [{ pence: 85000 }],
  },
  {
    what: 'balances after the entries of other kinds, and before all the previous closing one for opening',
    file: camt(
      `<Stmt><Id>S</Id><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>${balance('PRCD', '5')}${balance('ITAV', '7')}${balance('FWAV', '7')}${balance('CLAV', '9')}${balance('CLBD', '6')}${ntry('1', '')}</Stmt>`,
    ),
    opening: 500,
    closing: 600,
    lines: [{ pence: 100 }],
  },
  {
    what: 'every element with a prefix, a comment and character data',
    file: '<?xml version="1.0"?><!-- made by hand --><n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.053.001.06"><n:BkToCstmrStmt><n:Stmt><n:Id>S</n:Id><n:Acct><n:Id><n:IBAN>GB33BUKB20201555555555</n:IBAN></n:Id><n:Ccy>GBP</n:Ccy></n:Acct><n:Bal><n:Tp><n:CdOrPrtry><n:Cd>OPBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="GBP">0</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd></n:Bal><n:Bal><n:Tp><n:CdOrPrtry><n:Cd>CLBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="GBP">1</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd></n:Bal><n:Ntry><n:Amt Ccy="GBP">1</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts>BOOK</n:Sts><n:BookgDt><n:Dt>2026-06-10</n:Dt></n:BookgDt><n:NtryDtls><n:TxDtls><n:RmtInf><n:Ustrd><![CDATA[TOM & CO]]> &amp; SONS</n:Ustrd></n:RmtInf></n:TxDtls></n:NtryDtls></n:Ntry></n:Stmt></n:BkToCstmrStmt></n:Document>',
    lines: [{ words: 'TOM & CO & SONS' }],
  },
  {
    what: 'a mark of the byte order, blank lines before the declaration, and CRLF',
    file: bytes(
      `\r\n\r\n${camt(stmt('0', '1', ntry('1', ''))).replaceAll('><', '>\r\n<')}\r\n\r\n`,
      0xef,
      0xbb,
      0xbf,
    ),
    lines: [{ pence: 100 }],
  },
  {
    what: 'UTF-16 with its mark',
    file: utf16(
      camt(stmt('0', '1', ntry('1', tx('<RltdPties><Dbtr><Nm>YSGOL Tŷ</Nm></Dbtr></RltdPties>')))).replace(
        'UTF-8',
        'UTF-16',
      ),
    ),
    lines: [{ payerName: 'YSGOL Tŷ' }],
  },
  {
    what: 'Windows characters under a declaration of UTF-8',
    file: new Uint8Array(
      Buffer.from(
        camt(stmt('0', '1', ntry('1', tx('<RltdPties><Dbtr><Nm>École</Nm></Dbtr></RltdPties>')))),
        'latin1',
      ),
    ),
    lines: [{ payerName: 'École' }],
  },
  {
    what: 'ISO-8859-15 as declared',
    file: new Uint8Array(
      Buffer.from(
        camt(
          stmt('0', '1', ntry('1', tx('<RltdPties><Dbtr><Nm>SANT ÉLISE</Nm></Dbtr></RltdPties>'))),
        ).replace('UTF-8', 'ISO-8859-15'),
        'latin1',
      ),
    ),
    lines: [{ payerName: 'SANT ÉLISE' }],
  },
  {
    what: 'an envelope with a business header',
    file: `<BizMsgEnvlp xmlns="urn:x"><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><MsgDefIdr>camt.053.001.08</MsgDefIdr></AppHdr>${camt(stmt('0', '1', ntry('1', ''))).replace(/<\?xml[^>]*\?>\n/, '')}</BizMsgEnvlp>`,
    lines: [{ pence: 100 }],
  },
  {
    what: 'value days of 30 and 31 February',
    file: camt(
      stmt(
        '0',
        '2',
        ['30', '31']
          .map((day) => ntry('1', '').replace('<ValDt><Dt>2026-06-10', `<ValDt><Dt>2024-02-${day}`))
          .join(''),
      ),
    ),
    lines: [{ valueOn: '2024-02-29' }, { valueOn: '2024-02-29' }],
  },
  {
    what: 'summaries that leave pending entries out, with its net',
    file: camt(
      stmt(
        '0',
        '1.00',
        ntry('3.00', '') +
          ntry('2.00', '', '', 'DBIT') +
          ntry('9.00', '', '', 'CRDT', '<Sts><Cd>PDNG</Cd></Sts>'),
        '',
      ).replace(
        '<Ntry>',
        '<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>5.00</Sum><TtlNetNtry><Amt>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>3.00</Sum></TtlCdtNtries><TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>2.00</Sum></TtlDbtNtries></TxsSummry><Ntry>',
      ),
    ),
    entries: 3,
    lines: [{ pence: 300 }, { pence: 200 }],
  },
  {
    what: 'two accounts, one without a movement',
    file: camt(
      stmt('0', '1', ntry('1', '')) + stmt('5', '5', '').replace('20201555555555', '20201566666666'),
    ),
    opening: 0,
    closing: 500,
    entries: 1,
    lines: [{ pence: 100 }],
  },
  {
    what: 'an amount that was exchanged, in the account currency below it',
    file: camt(
      stmt(
        '0',
        '850.00',
        ntry(
          '850.00',
          tx(
            '<AmtDtls><InstdAmt><Amt Ccy="EUR">990.00</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">990.00</Amt></TxAmt><CntrValAmt><Amt Ccy="GBP">850.00</Amt></CntrValAmt></AmtDtls>',
          ),
        ),
      ),
    ),
    lines: [{ pence: 85000 }],
  },
  {
    what: 'charges that were taken off what was sent',
    file: camt(
      stmt(
        '0',
        '845.00',
        ntry(
          '845.00',
          tx(
            '<Amt Ccy="GBP">850.00</Amt><Chrgs><TtlChrgsAndTaxAmt Ccy="GBP">5.00</TtlChrgsAndTaxAmt></Chrgs>',
          ),
        ),
      ),
    ),
    lines: [{ pence: 84500 }],
  },
];

describe('camt.053 as others write it', () => {
  it.each(camtCases.map((each) => [each.what, each] as const))('has %s', (_what, each) => comesTo(each));

  it.each([
    [
      'its net does not agree',
      camt(
        stmt('0', '1', ntry('1', '')).replace(
          '<Ntry>',
          '<TxsSummry><TtlNtries><TtlNetNtryAmt>2</TtlNetNtryAmt></TtlNtries></TxsSummry><Ntry>',
        ),
      ),
      'statement-total',
      2,
    ],
    [
      'a batch comes to another total',
      camt(
        stmt(
          '0',
          '2',
          ntry(
            '2',
            `<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="GBP">3</TtlAmt></Btch>${tx('<Amt Ccy="GBP">1</Amt>').repeat(2)}`,
          ),
        ),
      ),
      'statement-total',
      2,
    ],
    [
      'a batch lists fewer payments than it counts',
      camt(
        stmt(
          '0',
          '2',
          ntry('2', `<Btch><NbOfTxs>3</NbOfTxs></Btch>${tx('<Amt Ccy="GBP">1</Amt>').repeat(2)}`),
        ),
      ),
      'statement-count',
      2,
    ],
    ['it is cut off', camt(stmt('0', '1', ntry('1', ''))).slice(0, -40), 'statement-not-xml', 2],
    ['an amount has three decimals', camt(stmt('0', '1', `\n${ntry('1.005', '')}`)), 'statement-amount', 3],
    [
      'it is another currency',
      camt(stmt('0', '1', ntry('1', ''))).replaceAll('GBP', 'EUR'),
      'statement-currency',
      2,
    ],
    [
      'one entry is in another currency',
      camt(stmt('0', '2', `\n${ntry('1', '')}\n${ntry('1', '').replace('GBP', 'USD')}`)),
      'statement-currency',
      4,
    ],
    [
      'there is no closing balance',
      camt(stmt('0', '1', ntry('1', ''))).replace('CLBD', 'CLAV'),
      'statement-balance-missing',
      2,
    ],
  ])('is refused with its accounts where %s', async (_what, file, code, line) => {
    const refusal = await refusalOfBankFile(file);
    expect(refusal).toMatchObject({ code, line });
    expect(refusal.format).toBe('camt.053.001.08');
    if (code !== 'statement-not-xml') expect(refusal.accounts).toMatchObject([{ account: '20201555555555' }]);
    expect(refusal.toRecord().message).not.toContain('{');
  });
});
