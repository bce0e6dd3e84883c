import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBankFile as read, refusalOfBankFile as refusalOf } from '../../../support/read-statements.ts';

const statement = (movements: string, closing: string, opening = '1000,00') =>
  [
    ':20:ST1',
    ':25:202015/55555555',
    ':28C:1/1',
    `:60F:C260610GBP${opening}`,
    movements,
    `:62F:C260610GBP${closing}`,
  ]
    .filter((line) => line !== '')
    .join('\r\n');

describe('an MT940 file', () => {
  it('gives its movements with marks, days, references and plain narratives', async () => {
    const file = await read(
      `${statement(
        [
          ':61:2606100610C850,NTRFPSQM7K2M9QA//BANK1',
          ':86:FROM HAZELFORD PRIMARY SCHOOL',
          'SCIENCE FEES',
          ':61:260610D12,5NCHGNONREF',
          ':61:2606100611RC850,00NTRFPSQM7K2M9QA//BANK2',
          ':61:260610RD1,00NMSCNONREF',
        ].join('\r\n'),
        '988,50',
      )}\r\n-\r\n`,
    );
    expect(file.format).toBe('MT940');
    expect(file.statements).toHaveLength(1);
    expect(file.statements[0]?.summary).toMatchObject({
      account: '202015/55555555',
      currency: 'GBP',
      openingPence: 100000,
      closingPence: 98850,
      entries: 4,
    });
    expect(file.statements[0]?.lines).toMatchObject([
      {
        pence: 85000,
        direction: 'CREDIT',
        reversal: false,
        endToEndId: 'PSQM7K2M9QA',
        bankReference: 'BANK1',
        narrative: 'FROM HAZELFORD PRIMARY SCHOOL SCIENCE FEES',
        fileLine: 5,
      },
      { pence: 1250, direction: 'DEBIT', reversal: false, endToEndId: '' },
      { pence: 85000, direction: 'DEBIT', reversal: true, bookedOn: '2026-06-11' },
      { pence: 100, direction: 'CREDIT', reversal: true },
    ]);
  });

  it('has the envelope of SWIFT or none, several statements, and no end mark', async () => {
    const one = statement(':61:260610C1,NTRFNONREF', '1001,');
    const two = statement('', '1001,', '1001,');
    const envelope = (text: string) =>
      `{1:F01AAAAGB2LAXXX0000000000}{2:O9401200260610AAAAGB2LAXXX00000000002606101200N}{3:{108:X}}{4:\n${text}\n-}{5:{CHK:1}}\n`;
    for (const text of [
      `${one}\n-\n${two}\n-`,
      `${one}\n\n${two}`,
      envelope(one) + envelope(two),
      `\ufeffBANK HEADING\n${one}\n${two}`,
    ])
      expect((await read(text)).statements.map(({ summary }) => summary.closingPence)).toEqual([
        100100, 100100,
      ]);
  });

  it('has structured narratives', async () => {
    const subfields =
      ':86:166?00CREDIT?109?20EREF+PSQM7K2M9QA?21SVWZ+SCHOOL FEES FOR THE YE?22AR?32HAZELFORD PRI?33MARY SCHOOL';
    const words = ':86:/EREF/PSQM7K2M9QA//ORDP//NAME/HAZELFORD PRIMARY/REMI/SCHOOL FEES/';
    for (const narrative of [subfields, words]) {
      const [line] =
        (await read(statement(`:61:260610C1,NTRFNONREF\n${narrative}`, '1001,'))).statements[0]?.lines ?? [];
      expect(line?.endToEndId).toBe('PSQM7K2M9QA');
      expect(line?.narrative).toContain('SCHOOL FEES');
      expect(line?.payerName).toContain('HAZELFORD PRI');
    }
  });

  it('reads a day that its month does not have as the last one, and years over New Year', async () => {
    const [thirtieth, over] =
      (await read(statement(':61:2602300227C1,NTRFNONREF\n:61:2612310102C1,NTRFNONREF', '1002,')))
        .statements[0]?.lines ?? [];
    expect(thirtieth).toMatchObject({
      valueOn: '2026-02-28',
      bookedOn: '2026-02-27',
      notes: [{ code: 'month-end', value: '2026-02-30' }],
    });
    expect(over).toMatchObject({ valueOn: '2026-12-31', bookedOn: '2027-01-02' });
  });

  it.each([
    ['a line of a hyphen', '-', 'A - B'],
    ['a line that looks like a field', ':20:REF OF PAYER', 'A :20:REF OF PAYER B'],
    ['a brace', '{PSQM}', 'A {PSQM} B'],
  ])('keeps %s within the words of a movement', async (_what, line, narrative) => {
    const text = statement(`:61:260610C1,NTRFNONREF\r\n:86:A\r\n${line}\r\nB`, '1001,');
    for (const file of [text, `${text}\r\n-`, `{1:F01X}{2:O940X}{4:\r\n${text}\r\n-}{5:{CHK:1}}`]) {
      const { statements } = await read(`${file}\r\n${statement('', '1001,', '1001,')}`);
      expect(statements).toHaveLength(2);
      expect(statements[0]?.lines[0]?.narrative).toBe(narrative);
    }
  });

  it('does not take the next message for words where one has lost its closing balance', async () => {
    const cut = statement(':61:260610C1,NTRFNONREF\r\n:86:A', '1001,').replace(/:62F.*/, '-');
    expect((await refusalOf(`${cut}\r\n${statement('', '1001,', '1001,')}`)).code).toBe(
      'statement-balance-missing',
    );
  });

  it('reads amounts with points between the thousands', async () => {
    const [line] =
      (await read(statement(':61:260610C1.850,00NTRFNONREF', '2.850,00', '1.000,00'))).statements[0]?.lines ??
      [];
    expect(line?.pence).toBe(185000);
  });

  it.each([
    ['its balances do not agree', statement(':61:260610C1,NTRFNONREF', '1002,'), 'statement-balance', 6],
    [
      'it has no closing balance',
      statement('', '1000,').replace(/:62F.*/, ''),
      'statement-balance-missing',
      1,
    ],
    ['a movement cannot be read', statement(':61:26XX10C1,NTRFNONREF', '1001,'), 'statement-field', 5],
    [
      'an amount has a third decimal',
      statement(':61:260610C1,005NTRFNONREF', '1001,'),
      'statement-amount',
      5,
    ],
    [
      'its counts are wrong',
      `${statement(':61:260610C1,NTRFNONREF', '1001,')}\n:90C:2GBP1,`,
      'statement-count',
      7,
    ],
    ['it is another message', '{1:F01X}{2:O942X}{4:\n:20:X\n-}', 'statement-other-message', 1],
    ['it is in euros', statement('', '1000,').replaceAll('GBP', 'EUR'), 'statement-currency', 1],
  ])('is refused where %s', async (_why, text, code, line) => {
    const refusal = await refusalOf(text);
    expect(refusal).toMatchObject({ code, line });
    expect(refusal.toRecord().message).not.toContain('{');
  });

  it('lists the account of a foreign currency all the same', async () => {
    expect((await refusalOf(statement('', '1000,').replaceAll('GBP', 'EUR'))).accounts).toMatchObject([
      { account: '202015/55555555', currency: 'EUR', openingPence: 100000 },
    ]);
  });

  it('keeps every penny, whatever the amounts', async () => {
    const amount = fc.integer({ min: 0, max: 99_999_999 });
    const comma = (pence: number) => `${Math.floor(pence / 100)},${String(pence % 100).padStart(2, '0')}`;
    await fc.assert(
      fc.asyncProperty(fc.array(amount, { maxLength: 20 }), async (amounts) => {
        const closing = 100_000 + amounts.reduce((sum, each) => sum + each, 0);
        const movements = amounts.map((each) => `:61:260610C${comma(each)}NTRFNONREF`).join('\n');
        const [one] = (await read(statement(movements, comma(closing)))).statements;
        expect(one?.lines.map(({ pence }) => pence)).toEqual(amounts);
      }),
    );
  });
});
