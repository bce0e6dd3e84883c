import { describe, expect, it } from 'vitest';
import { comesTo, type OthersFile } from '../../../support/others-files.ts';
import { refusalOfBankFile } from '../../../support/read-statements.ts';

const mt = (movements: string, closing: string, opening = '1000,00'): string =>
  `:20:ST1\r\n:25:202015/55555555\r\n:28C:1/1\r\n:60F:C260610GBP${opening}\r\n${movements}\r\n:62F:C260610GBP${closing}\r\n-\r\n`;

const mtCases: OthersFile[] = [
  {
    what: 'the envelope of the network around each message',
    file: `{1:F01BUKBGB22AXXX0000000000}{2:I940BUKBGB22XXXXN}{4:\r\n${mt(':61:2606100610C850,00NTRFPSQM7K2M9QA//B1', '1850,00').replace(/-\r\n$/, '-}\r\n')}{5:{CHK:0}}\r\n`,
    lines: [{ pence: 85000, endToEndId: 'PSQM7K2M9QA' }],
  },
  {
    what: 'a heading of the bank before the first message and no end after the last',
    file: `ABNANL2A\n940\nABNANL2A\n${mt(':61:260610C1,NTRFNONREF', '1001,').replaceAll('\r\n', '\n').replace(/-\n$/, '')}`,
    lines: [{ pence: 100, endToEndId: '' }],
  },
  {
    what: 'taken-back movements (RC, RD) with a funds code',
    file: mt(':61:2606100610RCP850,00NTRFPSQM7K2M9QA\r\n:61:2606100610RDP10,00NTRFX', '160,00'),
    lines: [
      { pence: 85000, direction: 'DEBIT', reversal: true },
      { pence: 1000, direction: 'CREDIT', reversal: true },
    ],
  },
  {
    what: 'movements that are expected alone (EC, ED)',
    file: mt(':61:260610EC850,00NTRFX\r\n:61:260610C1,00NTRFY', '1001,00'),
    entries: 2,
    lines: [{ pence: 100 }],
  },
  {
    what: 'blanks between amount and type, a type filled up with one, and no type at all',
    file: mt(':61:2606100610C1,00 NTRFA//1\r\n:61:260610C1,00NIT NONREF\r\n:61:260610CP1,00//2', '1003,00'),
    lines: [{ endToEndId: 'A' }, { endToEndId: '' }, { pence: 100 }],
  },
  {
    what: 'leading zeros, no decimals after the comma, and marks of thousands',
    file: mt(':61:260610C000000000850,NTRFX\r\n:61:260610C1.850,00NTRFX', '0000003700,00'),
    lines: [{ pence: 85000 }, { pence: 185000 }],
  },
  {
    what: 'an entry day of the year after the value day',
    file: mt(':61:2512310102C1,00NTRFX', '1001,00'),
    lines: [{ valueOn: '2025-12-31' }],
  },
  {
    what: 'a value day of 30 February',
    file: mt(':61:2602300301C1,00NTRFX', '1001,00'),
    lines: [{ valueOn: '2026-02-28' }],
  },
  {
    what: 'words in subfields, a reference cut over two of them',
    file: mt(
      ':61:260610C850,00NTRFNONREF\r\n:86:166?00GUTSCHRIFT?20EREF+SCH-77?21SVWZ+PAYMENT PSQM7K2?22M9QA?32HAZELFORD PRI?33MARY SCHOOL',
      '1850,00',
    ),
    lines: [{ endToEndId: 'SCH-77', words: 'PAYMENT PSQM7K2 M9QA', payerName: 'HAZELFORD PRI MARY SCHOOL' }],
  },
  {
    what: 'words between slashes, with the name that paid',
    file: mt(
      ':61:260610C850,00NTRFNONREF\r\n:86:/EREF/PSQM7K2M9QA/ORDP//NAME/HAZELFORD PRIMARY\r\n SCHOOL/REMI/SCIENCE MARK 2026/OCMT/GBP850,00/',
      '1850,00',
    ),
    lines: [{ endToEndId: 'PSQM7K2M9QA', payerName: 'HAZELFORD PRIMARY SCHOOL', words: 'SCIENCE MARK 2026' }],
  },
  {
    what: 'a code word that nobody knows, whose words stay',
    file: mt(':61:260610C850,00NTRFNONREF\r\n:86:/ABC/PSQM7K2M9QA', '1850,00'),
    lines: [{ words: 'PSQM7K2M9QA' }],
  },
  {
    what: 'a returned transfer told by its code words',
    file: mt(':61:260610D850,00NTRFNONREF\r\n:86:/RTRN/AC04//REMI/PSQM7K2M9QA', '150,00'),
    lines: [{ direction: 'DEBIT', reversal: true, words: 'PSQM7K2M9QA' }],
  },
  {
    what: 'lines within words that look like the start or end of a message',
    file: mt(
      ':61:260610C1,00NTRFX\r\n:86:ONE\r\n-\r\n:20:NOT A REFERENCE\r\nTWO\r\n:61:260610C1,00NTRFY',
      '1002,00',
    ),
    lines: [{ words: 'ONE' }, { pence: 100 }],
  },
  {
    what: 'two pages of one statement',
    file: `${mt(':61:260610C1,00NTRFX', '1001,00').replace(':62F:', ':62M:')}${mt(':61:260610C2,00NTRFY', '1003,00', '1001,00').replace(':60F:', ':60M:').replace('1/1', '1/2')}`,
    opening: 100000,
    closing: 100300,
    entries: 2,
    lines: [{ pence: 100 }, { pence: 200 }],
  },
  {
    what: 'information of the statement after the closing balance, and forward balances',
    file: mt(':61:260610C1,00NTRFX\r\n:86:WORDS', '1001,00').replace(
      '-\r\n',
      ':64:C260610GBP1001,00\r\n:65:C260611GBP1001,00\r\n:86:BANK HOLIDAY\r\n-\r\n',
    ),
    lines: [{ words: 'WORDS' }],
  },
  {
    what: 'debits and amounts of nothing, overdrawn, without a statement number',
    file: ':20:X\n:25:1\n:60F:D260610GBP10,\n:61:260610D5,NMSCX\n:61:260610C0,NMSCX\n:62F:D260610GBP15,\n',
    opening: -1000,
    closing: -1500,
    lines: [{ pence: 500, direction: 'DEBIT' }, { pence: 0 }],
  },
];

describe('MT940 as others write it', () => {
  it.each(mtCases.map((each) => [each.what, each] as const))('has %s', (_what, each) => comesTo(each));

  it.each([
    [
      'the second page does not go on from the first',
      `${mt(':61:260610C1,00NTRFX', '1001,00').replace(':62F:', ':62M:')}${mt('', '1000,00', '1000,00').replace(':60F:', ':60M:')}`,
      'statement-gap',
      11,
    ],
    [
      'there is no closing balance',
      mt('', '1000,00').replace(/:62F:.*\r\n/, ''),
      'statement-balance-missing',
      1,
    ],
    ['a movement cannot be read', mt(':61:260610X1,00NTRFX', '1000,00'), 'statement-field', 5],
    [
      'its count of credits is wrong',
      mt(':61:260610C1,00NTRFX', '1001,00').replace('-\r\n', ':90C:2GBP1,00\r\n-\r\n'),
      'statement-count',
      7,
    ],
    [
      'one of its balances is in another currency',
      mt('', '1000,00').replace(':62F:C260610GBP', ':62F:C260610USD'),
      'statement-currency',
      6,
    ],
  ])('is refused with its accounts where %s', async (_what, file, code, line) => {
    const refusal = await refusalOfBankFile(file);
    expect(refusal).toMatchObject({ code, line, format: 'MT940' });
    expect(refusal.accounts[0]).toMatchObject({ account: '202015/55555555', currency: 'GBP' });
    expect(refusal.toRecord().message).not.toContain('{');
  });
});
