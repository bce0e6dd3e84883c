import { describe, expect, it } from 'vitest';
import { comesTo, type OthersFile } from '../../../support/others-files.ts';
import { refusalOfBankFile } from '../../../support/read-statements.ts';

const bankline = (day: string, words: string, debit: string, credit: string, currency = 'GBP'): string =>
  `20-20-15,55555555,A PSQM,PSQM,${currency},,,,,${day},${words},,,,,BAC,${debit},${credit}`;

const csvCases: OthersFile[] = [
  {
    what: 'headings above, a mark of the byte order, CRLF, blank rows and a row of totals (Bankline)',
    file: `\ufeffSort Code,Account Number,Account Alias,Account Short Name,Currency,,,,,Date,Narrative 1,2,3,4,5,Type,Debit,Credit\r\n\r\n${bankline('10/06/26', 'PSQM7K2M9QA', '', '850.00')}\r\n,,,,,\r\n${bankline('11/06/26', 'FEES', '12.50', '')}\r\nTotal,,,,,,,,,,,,,,,,12.50,850.00\r\n`,
    entries: 2,
    lines: [
      { pence: 85000, words: 'PSQM7K2M9QA' },
      { pence: 1250, direction: 'DEBIT' },
    ],
  },
  {
    what: 'quoted cells with commas, quotes and line ends in them',
    file: `${bankline('10/06/2026', '"TRUST, ""THE"" BIG\nONE"', '', '"1,850.00"')}`,
    lines: [{ pence: 185000, words: 'TRUST, "THE" BIG' }],
  },
  {
    what: 'semicolons and decimal commas of a continental spreadsheet',
    file: bankline('10/06/26', 'X', '', '1.850,00').replaceAll(',', ';').replace('1.850;00', '1.850,00'),
    lines: [{ pence: 185000 }],
  },
  {
    what: 'tabs',
    file: bankline('10/06/26', 'X', '', '850.00').replaceAll(',', '\t'),
    lines: [{ pence: 85000 }],
  },
  {
    what: 'two accounts by turns, in the order of the file',
    file: ['A', 'B', 'C']
      .map((word, at) =>
        bankline('10/06/26', word, '', '1.00').replace('55555555', at === 1 ? '66666666' : '55555555'),
      )
      .join('\n'),
    entries: 3,
    lines: [{ words: 'A' }, { words: 'C' }, { words: 'B' }],
  },
  {
    what: 'the day of all movements in its heading (Barclays)',
    file: 'DAILY STATEMENT,20260610,,,,,\n20-20-15,55555555,850.00,CR,BGC,,PSQM7K2M9QA\n20-20-15,55555555,3.00,DR,CHQ,100017,\n20-20-15,55555555,0.00,CR,INT,,\n',
    lines: [
      { pence: 85000, valueOn: '2026-06-10', words: 'PSQM7K2M9QA' },
      { pence: 300, direction: 'DEBIT' },
      { pence: 0 },
    ],
  },
  {
    what: 'no headings and signed amounts (Lloyds)',
    file: '10/06/26,202015-55555555,,BGC,850.00,PSQM7K2M9QA,HAZELFORD\n11/06/26,202015-55555555,,DD,-12.50,X,FEES\n12/06/26,202015-55555555,,BGC,(3.00),X,BACK',
    lines: [
      { endToEndId: 'PSQM7K2M9QA', words: 'HAZELFORD' },
      { pence: 1250, direction: 'DEBIT' },
      { pence: 300, direction: 'DEBIT' },
    ],
  },
  {
    what: 'the latest movement first, a balance beside some of them (NatWest)',
    file: 'Date,Type,Description,Value,Balance,Account Name,Account Number\n12 Jun 2026,BAC,THREE,3.00,1006.00,PSQM,202015-55555555\n11 Jun 2026,BAC,TWO,2.00,,PSQM,202015-55555555\n10 Jun 2026,BAC,ONE,1.00,1001.00,PSQM,202015-55555555\n',
    opening: 100000,
    closing: 100600,
    lines: [{ words: 'THREE' }, { words: 'TWO' }, { words: 'ONE' }],
  },
  {
    what: 'days by year first (HSBC)',
    file: '202015-55555555,20260610,GBP,850.00,HAZELFORD PSQM7K2M9QA,CR\n202015-55555555,10/06/2026,GBP,-12.50,FEES,DR\n',
    lines: [{ pence: 85000 }, { pence: 1250, direction: 'DEBIT' }],
  },
];

describe('a CSV as others write it', () => {
  it.each(csvCases.map((each) => [each.what, each] as const))('has %s', (_what, each) => comesTo(each));

  it.each([
    [
      'a total is wrong',
      `${bankline('10/06/26', 'X', '', '1.00')}\nTotal,,,,,,,,,,,,,,,,,2.00`,
      'statement-total',
      2,
    ],
    [
      'one row is in another currency',
      `${bankline('10/06/26', 'X', '', '1.00')}\n${bankline('10/06/26', 'X', '', '1.00', 'EUR')}`,
      'statement-currency',
      2,
    ],
    [
      'a row in the middle has no amount that can be read',
      `${bankline('10/06/26', 'X', '', '1.00')}\n${bankline('10/06/26', 'X', '', 'N/A')}\n${bankline('10/06/26', 'X', '', '1.00')}`,
      'statement-amount',
      2,
    ],
    ['there is no such day', bankline('32/06/26', 'X', '', '1.00'), 'statement-date', 1],
  ])('is refused with its accounts where %s', async (_what, file, code, line) => {
    const refusal = await refusalOfBankFile(file);
    expect(refusal).toMatchObject({ code, line });
    expect(refusal.format).toBe('CSV NatWest / RBS Bankline');
    expect(refusal.toRecord().message).not.toContain('{');
  });
});
