import { describe, expect, it } from 'vitest';
import { csvLayouts } from '../../../../functions/payments/statements/layouts.ts';
import { readBankFile as read, refusalOfBankFile as refusalOf } from '../../../support/read-statements.ts';

const bankline = (debit: string, credit: string, words: string) =>
  `20-20-15,55555555,ALIAS,SHORT,GBP,CURRENT,BIC,BANK,BRANCH,10/06/26,${words},,,,,BAC,${debit},${credit}`;
const samples: readonly (readonly [layout: string, file: string])[] = [
  [
    'NatWest / RBS Bankline',
    [bankline('', '850.00', 'PSQM7K2M9QA'), bankline('12.50', '', 'CHARGES')].join('\n'),
  ],
  [
    'NatWest / RBS Bankline',
    [
      'Sort Code,Account Number,Account Alias,Account Short Name,Currency,Account Type,BIC,Bank Name,Branch Name,Date,Narrative #1,Narrative #2,Narrative #3,Narrative #4,Narrative #5,Type,Debit,Credit',
      bankline('', '"1,850.00"', 'PSQM7K2M9QA').replace('1,850.00', '850.00'),
      bankline('12.50', '', 'CHARGES'),
    ].join('\r\n'),
  ],
  [
    'NatWest / RBS online',
    'Date, Type, Description, Value, Balance, Account Name, Account Number\n10/06/2026,BAC,"PSQM7K2M9QA",850.00,1850.00,"OURS","202015-55555555"\n10/06/2026,CHG,CHARGES,-12.50,1837.50,OURS,202015-55555555\n',
  ],
  [
    'Barclays daily statement',
    'H,,,20260610\n,Sort,Account,,Value,CR/DR,Description,Cheque,Narrative\nD,202015,55555555,,850.00,CR,CREDIT,,PSQM7K2M9QA\nD,202015,55555555,,12.50,DR,CHARGES,,\n',
  ],
  [
    'Barclays daily statement export',
    'HEADER,20260610\n202015,55555555,850.00,CR,CREDIT,,PSQM7K2M9QA\n202015,55555555,12.50,DR,CHARGES,,\n',
  ],
  [
    'Barclays online',
    'Number,Date,Account,Amount,Subcategory,Memo\n ,10/06/2026,20-20-15 55555555,850.00,Direct Credit,PSQM7K2M9QA\n ,10/06/2026,20-20-15 55555555,-12.50,Charges,CHARGES\n',
  ],
  [
    'Lloyds commercial online banking',
    '10/06/26,202015-55555555,,BGC,850.00,PSQM7K2M9QA,SCHOOL\n10/06/26,202015-55555555,,CHG,-12.50,,CHARGES\n',
  ],
  [
    'Lloyds online',
    "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance\n10/06/2026,CHG,'20-20-15,55555555,CHARGES,12.50,,1837.50\n10/06/2026,BGC,'20-20-15,55555555,PSQM7K2M9QA,,850.00,1850.00\n",
  ],
  [
    'HSBCnet',
    '202015-55555555,10/06/2026,GBP,850.00,PSQM7K2M9QA,CR\n202015-55555555,10/06/2026,GBP,-12.50,CHARGES,DR\n',
  ],
];

describe('a CSV of a bank', () => {
  it.each(samples)('%s gives its movements', async (layout, text) => {
    for (const bytes of [
      new TextEncoder().encode(text),
      new TextEncoder().encode(`\ufeff${text.replaceAll('\n', '\r\n')}\r\n\r\n`),
      new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')),
    ]) {
      const { format, statements } = await read(bytes);
      expect(format).toBe(`CSV ${layout}`);
      expect(statements).toHaveLength(1);
      const lines = [...(statements[0]?.lines ?? [])].sort((a, b) => b.pence - a.pence);
      expect(lines).toMatchObject([
        { pence: 85000, direction: 'CREDIT', bookedOn: '2026-06-10' },
        { pence: 1250, direction: 'DEBIT', bookedOn: '2026-06-10' },
      ]);
      expect(JSON.stringify(lines[0])).toContain('PSQM7K2M9QA');
      expect(lines[0]?.account.replace(/\D/g, '')).toMatch(/55555555$/);
    }
  });

  it('has its balances from the running one, in either order', async () => {
    const balances = async (name: string) => {
      const text = samples.find(([layout]) => layout === name)?.[1] ?? '';
      const { openingPence, closingPence } = (await read(text)).statements[0]?.summary ?? {};
      return [openingPence, closingPence];
    };
    expect(await balances('NatWest / RBS online')).toEqual([100000, 183750]);
    expect(await balances('Lloyds online')).toEqual([100000, 183750]);
    expect(await balances('HSBCnet')).toEqual([null, null]);
  });

  it.each([
    [
      'its running balance does not follow',
      samples[2]?.[1].replace('1837.50', '1837.51') ?? '',
      'statement-running-balance',
      3,
    ],
    ['an amount is none', bankline('', '85O.00', 'X'), 'statement-amount', 1],
    ['it has a debit and a credit in a row', bankline('1.00', '1.00', 'X'), 'statement-both-sides', 1],
    ['it has no such day', bankline('', '1.00', 'X').replace('10/06/26', '10/13/26'), 'statement-date', 1],
    ['it is in euros', bankline('', '1.00', 'X').replace('GBP', 'EUR'), 'statement-currency', 1],
    ['it is in no layout that is declared', 'a,b,c\n1,2,3\n', 'statement-format-unknown', 1],
    ['it is a PDF', '%PDF-1.7 ...', 'statement-no-text', 1],
  ])('is refused where %s', async (_why, text, code, line) => {
    const refusal = await refusalOf(text);
    expect(refusal).toMatchObject({ code, line });
    expect(refusal.toRecord().message).not.toContain('{');
  });

  it('may end with totals, to which it is held', async () => {
    const file = (debit: string, credit: string) =>
      [
        bankline('', '850.00', 'PSQM7K2M9QA'),
        bankline('12.50', '', 'TOTAL SCHOOLS LTD'),
        `Totals,,,,,,,,,,,,,,,,${debit},${credit}`,
        'Closing balance,,,,,,,,,,,,,,,,,837.50',
      ].join('\n');
    expect((await read(file('12.50', '850.00'))).statements[0]?.summary).toMatchObject({
      lines: 2,
      entries: 2,
    });
    expect(await refusalOf(file('12.50', '851.00'))).toMatchObject({ code: 'statement-total', line: 3 });
    expect(await refusalOf(`${file('', '')}\n${bankline('', '1.00', 'LATE')}`)).toMatchObject({
      code: 'statement-csv',
      line: 5,
    });
  });

  it.each([
    ['1,850.00', 185000],
    ['"1.850,00"', 185000],
    ['"850,00"', 85000],
    ['850', 85000],
    ['£850.00', 85000],
  ])('may write an amount as %s', async (written, pence) => {
    const cell = written.includes(',') && !written.startsWith('"') ? `"${written}"` : written;
    expect((await read(bankline('', cell, 'X'))).statements[0]?.lines[0]?.pence).toBe(pence);
  });

  it('is told from every other one: no sample fits two layouts', async () => {
    expect(csvLayouts().length).toBeGreaterThanOrEqual(8);
    for (const [layout, text] of samples) expect((await read(text)).format).toBe(`CSV ${layout}`);
  });
});
