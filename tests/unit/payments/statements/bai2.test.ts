import { describe, expect, it } from 'vitest';
import { readBankFile as read, refusalOfBankFile as refusalOf } from '../../../support/read-statements.ts';

/** Opening 1,000.00, in 850.00 and 10.00, out 1.00 (returned) and closing 1,859.00. */
const good = [
  '01,BANK,US,260610,0600,1,80,,2/',
  '02,US,BANK,1,260610,0600,GBP,2/',
  '03,20201555555555,GBP,010,100000,,/',
  '88,015,185900,,,100,86000,2,/',
  '16,195,85000,V,260230,,BANK1,PSQM7K2M9QA,HAZELFORD PRIMARY, SCIENCE/FEES',
  '88,AND MORE OF IT/',
  '16,195,1000,0,BANK2,/',
  '16,555,100,,BANK3,CUST,RETURNED/',
  '49,458000,7/',
  '98,458000,1,9/',
  '99,458000,1,11/',
].join('\n');

describe('a BAI2 file', () => {
  it('gives its transactions with implied decimals, continuations, value days and returns', async () => {
    const { format, statements } = await read(good);
    expect(format).toBe('BAI2');
    expect(statements[0]?.summary).toMatchObject({
      account: '20201555555555',
      openingPence: 100000,
      closingPence: 185900,
      entries: 3,
    });
    expect(statements[0]?.lines).toMatchObject([
      {
        pence: 85000,
        direction: 'CREDIT',
        bankReference: 'BANK1',
        endToEndId: 'PSQM7K2M9QA',
        narrative: 'HAZELFORD PRIMARY, SCIENCE/FEES AND MORE OF IT',
        bookedOn: '2026-06-10',
        valueOn: '2026-02-28',
        notes: [{ code: 'month-end' }],
        fileLine: 5,
      },
      { pence: 1000, direction: 'CREDIT', reversal: false },
      { pence: 100, direction: 'DEBIT', reversal: true },
    ]);
  });

  it('is read with blank lines, CRLF, blanks that fill records up, and without the file trailers', async () => {
    const padded = good
      .split('\n')
      .map((line) => line.padEnd(80))
      .join('\r\n\r\n');
    expect((await read(padded)).statements[0]?.lines).toHaveLength(3);
    expect((await read(good.split('\n').slice(0, 9).join('\n'))).statements[0]?.lines).toHaveLength(3);
  });

  it.each([
    ['its account total is wrong', good.replace('49,458000', '49,458001'), 'statement-total', 9],
    ['its record count is wrong', good.replace('49,458000,7', '49,458000,8'), 'statement-count', 9],
    ['its group count is wrong', good.replace('98,458000,1,9', '98,458000,2,9'), 'statement-count', 10],
    ['its file count is wrong', good.replace('99,458000,1,11', '99,458000,1,12'), 'statement-count', 11],
    [
      'its balances do not agree',
      good.replace('015,185900', '015,185901').replaceAll('458000', '458001'),
      'statement-balance',
      3,
    ],
    ['its summary does not agree', good.replace('100,86000,2', '100,86000,3'), 'statement-count', 3],
    ['an amount has a point', good.replace('16,195,1000,', '16,195,10.00,'), 'statement-implied-amount', 7],
    [
      'a type is neither credit nor debit',
      good.replace('16,195,1000', '16,710,1000'),
      'statement-type-code',
      7,
    ],
    ['its group is a test', good.replace('02,US,BANK,1', '02,US,BANK,4'), 'statement-group-status', 2],
    ['a line is no record', good.replace('49,', 'XX,'), 'statement-record', 9],
    ['it is in dollars', good.replaceAll('GBP', 'USD'), 'statement-currency', 3],
    [
      'it is cut off before it is proved whole',
      good.replace('010,100000', '040,100000').split('\n').slice(0, 8).join('\n'),
      'statement-trailer-missing',
      3,
    ],
  ])('is refused where %s', async (_why, text, code, line) => {
    const refusal = await refusalOf(text);
    expect(refusal).toMatchObject({ code, line });
    expect(refusal.accounts.length).toBe(
      ['statement-record', 'statement-group-status'].includes(code) ? 0 : 1,
    );
    expect(refusal.toRecord().message).not.toContain('{');
  });

  it.each([
    [
      'ends before counts and funds types',
      '03,20201555555555,GBP,010,100000/\n88,015,185900/\n88,100,86000/',
    ],
    ['ends with a comma more', '03,20201555555555,GBP,010,100000,,,/\n88,015,185900,,,/\n88,100,86000,2,/'],
    ['goes on within a summary', '03,20201555555555,GBP,010/\n88,100000,,,015,185900/\n88,,,100,86000,2,/'],
    ['has no slashes', '03,20201555555555,GBP,010,100000,,\n88,015,185900,,\n88,100,86000,2,'],
  ])('knows the summaries of an account whose record %s', async (_how, account) => {
    const text = good
      .replace('03,20201555555555,GBP,010,100000,,/\n88,015,185900,,,100,86000,2,/', account)
      .replace('49,458000,7', '49,458000,8')
      .replace('98,458000,1,9', '98,458000,1,10')
      .replace('99,458000,1,11', '99,458000,1,12');
    expect((await read(text)).statements[0]?.summary).toMatchObject({
      openingPence: 100000,
      closingPence: 185900,
    });
    expect((await refusalOf(text.replace('100,86000', '100,86001'))).code).toBe('statement-total');
  });

  it('knows types that a bank agreed on, and what is information alone', async () => {
    const agreed = good
      .replace('16,195,1000', '16,921,1000')
      .replace('16,555,100', '16,961,100')
      .replace('49,458000,7', '16,890,5,,,,OUR HOURS AT CHRISTMAS/\n49,458005,8')
      .replace('98,458000,1,9', '98,458005,1,10')
      .replace('99,458000,1,11', '99,458005,1,12');
    const [statement] = (await read(agreed)).statements;
    expect(statement?.summary.entries).toBe(4);
    expect(statement?.lines.map(({ direction, pence }) => [direction, pence])).toEqual([
      ['CREDIT', 85000],
      ['CREDIT', 1000],
      ['DEBIT', 100],
    ]);
  });

  it('without a currency is read as pounds, and says so', async () => {
    const [line] = (await read(good.replaceAll('GBP', ''))).statements[0]?.lines ?? [];
    expect(line?.notes[0]).toEqual({ code: 'currency-assumed', value: 'GBP' });
  });
});
