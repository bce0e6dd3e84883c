import { describe, expect, it } from 'vitest';
import { comesTo, type OthersFile } from '../../../support/others-files.ts';
import { refusalOfBankFile } from '../../../support/read-statements.ts';

/** A BAI2 file of one account with its totals computed; `records` are those between 03 and 49. */
function bai(account: string, records: readonly string[], end = '\n'): string {
  const rows = [account, ...records];
  const amounts = rows.flatMap((row) => {
    if (row.startsWith('03,'))
      return [...row.matchAll(/,\d{3},([+-]?\d+)/g)].map(([, amount]) => Number(amount));
    if (row.startsWith('16,')) return [Number(row.split(',')[2]?.replace('/', ''))];
    return row.startsWith('88,0') || row.startsWith('88,1')
      ? [Number(row.split(',')[2]?.replace('/', ''))]
      : [];
  });
  const sum = amounts.reduce((total, each) => total + each, 0);
  return [
    '01,BUKBGB22,PSQM,260611,0600,1,80,1,2/',
    '02,PSQM,BUKBGB22,1,260610,2359,GBP,2/',
    ...rows,
    `49,${sum},${rows.length + 1}/`,
    `98,${sum},1,${rows.length + 3}/`,
    `99,${sum},1,${rows.length + 5}/`,
  ].join(end);
}

const baiCases: OthersFile[] = [
  {
    what: 'text over several continuations, with commas and slashes in it',
    file: bai('03,20201555555555,GBP,010,0,,,015,85000,,/', [
      '16,195,85000,V,260610,,B1,PSQM7K2M9QA,HAZELFORD PRIMARY, 2026/27',
      '88,SCIENCE MARK/',
      '88,INV-1001/',
    ]),
    lines: [
      { pence: 85000, endToEndId: 'PSQM7K2M9QA', words: 'HAZELFORD PRIMARY, 2026/27 SCIENCE MARK INV-1001' },
    ],
  },
  {
    what: 'a record filled up with blanks, CRLF and blank lines',
    file: bai(
      '03,20201555555555,,010,0,,,015,100,,/'.padEnd(80),
      ['16,195,100,Z,B,C,TEXT/'.padEnd(80)],
      '\r\n\r\n',
    ),
    lines: [{ pence: 100, words: 'TEXT' }],
  },
  {
    what: 'an account record that ends early',
    file: bai('03,20201555555555,GBP,010,0/', ['88,015,100/', '16,195,100,,,,X/']),
    opening: 0,
    closing: 100,
    lines: [{ pence: 100 }],
  },
  {
    what: 'funds types with amounts and days of their own',
    file: bai('03,20201555555555,GBP,010,0,,,015,300,,/', [
      '16,195,100,S,50,25,25,B1,C1,ONE/',
      '16,195,100,D,2,0,50,1,50,B2,C2,TWO/',
      '16,195,100,V,260612,1200,B3,C3,THREE/',
    ]),
    lines: [
      { endToEndId: 'C1', words: 'ONE' },
      { endToEndId: 'C2', words: 'TWO' },
      { endToEndId: 'C3', words: 'THREE', valueOn: '2026-06-12' },
    ],
  },
  {
    what: 'debits, nothing, returns and information without money',
    file: bai('03,20201555555555,GBP,010,85000,,,015,0,,/', [
      '16,475,0,,,,NOTHING/',
      '16,555,85000,,B,PSQM7K2M9QA,RETURNED/',
      '16,890,0,,,,BANK HOLIDAY MONDAY/',
    ]),
    entries: 3,
    lines: [
      { pence: 0, direction: 'DEBIT' },
      { pence: 85000, direction: 'DEBIT', reversal: true },
    ],
  },
  {
    what: 'types that a bank agreed on with its customers',
    file: bai('03,20201555555555,GBP,010,0,,,015,50,,/', ['16,921,100,,,,IN/', '16,961,50,,,,OUT/']),
    lines: [{ direction: 'CREDIT' }, { direction: 'DEBIT' }],
  },
  {
    what: 'a negative opening balance with signs on all',
    file: bai('03,20201555555555,GBP,010,-500,,,015,+100,,/', ['16,195,600,,,,X/']),
    opening: -500,
    closing: 100,
    lines: [{ pence: 600 }],
  },
  {
    what: 'no trailers, its balances being right',
    file: bai('03,20201555555555,GBP,010,0,,,015,100,,/', ['16,195,100,,,,X/'])
      .split('\n')
      .slice(0, 4)
      .join('\n'),
    lines: [{ pence: 100 }],
  },
  {
    what: 'several records on a line, and a text that a line end breaks',
    file: '01,A,B,260611,0600,1,,,2/   02,B,A,1,260610,2359,GBP,2/\n03,1,,010,0,,,015,300,,/\n16,195,100,,,,FIRST/ 16,195,200,,,,SECOND AND\nMORE/\n49,600,4/  98,600,1,6/ 99,600,1,8/',
    lines: [{ words: 'FIRST' }, { words: 'SECOND AND MORE' }],
  },
  {
    what: 'two groups and two accounts',
    file: '01,A,B,260611,0600,1,,,2/\n02,B,A,1,260610,2359,GBP,2/\n03,1,,010,0,,,015,0,,/\n49,0,2/\n03,2,,010,0,,,015,100,,/\n16,195,100,,,,X/\n49,200,3/\n98,200,2,7/\n02,B,A,1,260611,2359,GBP,2/\n03,1,,010,0,,,015,0,,/\n49,0,2/\n98,0,1,4/\n99,200,2,13/',
    entries: 1,
    lines: [{ pence: 100 }],
  },
];

describe('BAI2 as others write it', () => {
  it.each(baiCases.map((each) => [each.what, each] as const))('has %s', (_what, each) => comesTo(each));

  const good = bai('03,20201555555555,GBP,010,0,,,015,85000,,/', ['16,195,85000,,B,C,X/']);
  it.each([
    ['its control total', good.replace(/49,\d+/, '49,1'), 'statement-total', 5],
    ["the group's control total", good.replace(/98,\d+/, '98,1'), 'statement-total', 6],
    ["the file's control total", good.replace(/99,\d+/, '99,1'), 'statement-total', 7],
    ['its count of records', good.replace(/(49,\d+),\d+/, '$1,9'), 'statement-count', 5],
    ['the count of accounts', good.replace(/(98,\d+),1/, '$1,2'), 'statement-count', 6],
    ["the file's count of records", good.replace(/(99,\d+,1),\d+/, '$1,9'), 'statement-count', 7],
    [
      'its closing balance',
      good.replace('015,85000', '015,85001').replace(/170000/g, '170001'),
      'statement-balance',
      3,
    ],
    ['its currency', good.replaceAll('GBP', 'USD'), 'statement-currency', 3],
  ])('is refused with its accounts where %s is not right', async (_what, file, code, line) => {
    const refusal = await refusalOfBankFile(file);
    expect(refusal).toMatchObject({ code, line, format: 'BAI2' });
    expect(refusal.accounts).toMatchObject([{ account: '20201555555555' }]);
    expect(refusal.toRecord().message).not.toContain('{');
  });
});
