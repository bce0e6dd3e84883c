import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReconcileReport, reconcileReport } from '../../../tools/reconcile/report.ts';
import { runCommand } from '../../../tools/run-command.ts';
import { camt053 } from '../../support/bank-statements.ts';

const folder = mkdtempSync(join(tmpdir(), 'psqm-reconcile-test-'));
const path = (name: string): string => join(folder, name);
function file(name: string, content: string | Uint8Array): string {
  writeFileSync(path(name), content);
  return path(name);
}

const INVOICES = `number,reference,payer,school,urn,amount_pence,due
PSQM-2026-00001,PSQM7K2M9QA,Hazelford Primary School,Hazelford Primary School,100001,85000,2026-06-30
PSQM-2026-00002,PSQM8X3N4RB,Quillbrook Trust,Quillbrook Junior School,100002,85000,2026-06-30
PSQM-2026-00003,PSQM9Y4P5SC,Quillbrook Trust,Brambleton Infant School,100003,55000,2026-06-30
PSQM-2026-00004,PSQMAZ5Q6TD,Marlow Vale Council,Marlow Vale Primary School,100004,85000,2026-06-30
PSQM-2026-00005,PSQMBW6R7VE,Oakhurst School,Oakhurst School,100005,85000,2026-06-30
`;

let report: ReconcileReport;
beforeAll(async () => {
  const first = file(
    'first.xml',
    camt053([
      { pence: 85000, narrative: 'psqm 7k2m9qa', payer: 'A' },
      { pence: 85000, narrative: 'PSQM7K2M9QA', payer: 'AGAIN' },
      { pence: 140000, payer: 'QUILLBROOK TRUST', narrative: 'INVOICES' },
      { pence: 85000, payer: 'SOMEBODY' },
      { pence: 170000, narrative: 'PSQMAZ5Q6TD AND PSQM-2026-00005' },
      { pence: 100, direction: 'DBIT' },
      { pence: 0 },
      { pence: 85000, direction: 'DBIT', reversal: true, narrative: 'PSQM7K2M9QA' },
    ]),
  );
  const second = file(
    'second.sta',
    ':20:ST2\r\n:25:GB00BANK00000000000000\r\n:28C:2/1\r\n:60F:C260610GBP5799,00\r\n:61:2602300611C1,00NTRFNONREF//B1\r\n:62F:C260611GBP5800,00\r\n-\r\n',
  );
  const euros = file('euros.sta', readFileSync(second, 'utf8').replaceAll('GBP', 'EUR'));
  const broken = file('broken.xml', camt053([{ pence: 100 }], { closing: 5 }));
  const gap = file('gap.xml', camt053([{ pence: 100 }], { opening: 999_999 }));
  const result = await runCommand('tools/reconcile/main.ts', [
    first,
    second,
    first,
    euros,
    broken,
    gap,
    '--invoices',
    file('invoices.csv', INVOICES),
    '--report',
    path('report.json'),
  ]);
  expect([result.code, result.output]).toEqual([0, expect.stringContaining('taken (MT940)')]);
  report = reconcileReport.parse(JSON.parse(readFileSync(path('report.json'), 'utf8')));
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run reconcile', () => {
  it('takes what agrees and refuses the rest in words, with the accounts that it read', () => {
    expect(report.files.map(({ format, status }) => [format, status])).toEqual([
      ['camt.053.001.08', 'taken'],
      ['MT940', 'taken'],
      ['camt.053.001.08', 'taken'],
      ['MT940', 'refused'],
      ['camt.053.001.08', 'refused'],
      ['camt.053.001.08', 'refused'],
    ]);
    expect(report.files[0]?.accounts).toEqual([
      {
        account: 'GB00BANK00000000000000',
        currency: 'GBP',
        openingPence: 100000,
        closingPence: 579900,
        entries: 8,
      },
    ]);
    expect(report.files[3]).toMatchObject({
      reason: expect.stringContaining('EUR'),
      accounts: [{ currency: 'EUR', entries: 1 }],
    });
    expect(report.files[4]).toMatchObject({
      line: 6,
      reason: expect.stringContaining('balances do not agree'),
    });
    expect(report.files[5]?.reason).toContain('opens at');
  });

  it('says of every line what became of it and why', () => {
    const [paid, twice, sum, nothing, several, debit, zero, returned] = report.lines;
    expect(paid).toMatchObject({
      result: 'confirmed',
      rule: 'reference-and-amount',
      allocations: [{ invoice: 'PSQM-2026-00001', amountPence: 85000 }],
    });
    expect(twice).toMatchObject({
      result: 'suggested',
      rule: 'second-payment',
      allocations: [],
      candidates: [{ invoice: 'PSQM-2026-00001' }],
    });
    expect(sum).toMatchObject({ result: 'suggested', rule: 'invoices-of-one-payer' });
    expect(nothing).toMatchObject({ result: 'unmatched', rule: 'none', candidates: [] });
    expect(several).toMatchObject({
      result: 'confirmed',
      rule: 'named-invoices-and-sum',
      allocations: [
        { invoice: 'PSQM-2026-00004', amountPence: 85000 },
        { invoice: 'PSQM-2026-00005', amountPence: 85000 },
      ],
    });
    expect(debit).toMatchObject({ result: 'ignored', creditDebit: 'DBIT' });
    expect(zero).toMatchObject({ result: 'ignored', amountPence: 0 });
    expect(returned).toMatchObject({ result: 'suggested', rule: 'returned-payment', creditDebit: 'DBIT' });
  });

  it('reads 30 February as the last day and says so, and posts nothing twice', () => {
    expect(report.lines[8]?.reason).toContain('2026-02-30');
    expect(report.lines.slice(9).map(({ result }) => result)).toEqual(new Array(8).fill('duplicate'));
  });

  it('sums what was posted, on invoices and without a home', () => {
    expect(report.totals).toEqual({ linesPence: 565_100, allocatedPence: 255_000, suspensePence: 310_100 });
  });

  it.each([
    [[], 'FILE...'],
    [['nowhere.xml'], 'no file nowhere.xml'],
    [[join(import.meta.dirname, 'reconcile-command.test.ts')], '--invoices'],
    [['--no-such'], '--no-such'],
  ])('answers bad arguments %j in one line with 2', async (args, words) => {
    const { code, output } = await runCommand('tools/reconcile/main.ts', args);
    expect([code, output.trim().split('\n').length]).toEqual([2, 1]);
    expect(output).toContain(words);
  });
});
