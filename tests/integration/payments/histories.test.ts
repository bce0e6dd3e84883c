import type { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyBalances } from '../../../tools/verify/money.ts';
import { Table } from '../../../tools/verify/table.ts';
import { snapshotOfStore } from '../../support/stored.ts';
import { admin, app, booksAgree, invoiced, now, receive } from './payments-app.ts';

const decision = { actor: admin, reason: 'A history' };
const approver = { kind: 'person', id: 'APPROVER' } as const;
const destination = { accountName: 'Sample payer', sortCode: '00-00-00', accountNumber: '00000000' };

type Step = { readonly kind: string; readonly of: number; readonly share: number; readonly twice: boolean };
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'pay',
    'credit',
    'reverse',
    'spend',
    'refund',
    'approve',
    'pay-refund',
    'write-off',
    'end',
    'other',
  ),
  of: fc.nat({ max: 2 }),
  share: fc.double({ min: 0.01, max: 1, noNaN: true }),
  twice: fc.boolean(),
});

/** What a rule refuses is part of a history; anything else is a defect. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (
      !(error instanceof Error) ||
      !['RefusedError', 'WrongStateError', 'NotFoundError'].includes(error.name)
    )
      throw error;
  }
}

describe('any history of money', () => {
  it('leaves books in which debits equal credits and every record is what its entries say', async () => {
    let histories = 0;
    const one = async (steps: readonly Step[]): Promise<void> => {
      const history = ++histories;
      const invoices = await Promise.all([invoiced(), invoiced(), invoiced()]);
      const id = await receive([
        ...Array.from({ length: 6 }, (_, at) => ({
          pence: 30_000 + 11_111 * at,
          narrative: `H${history} ${at}`,
        })),
        { pence: 20_000, direction: 'DBIT' as const, narrative: `OUT ${history}` },
      ]);
      const lines = await app.linesOfStatement(id);
      for (const [at, { kind, of, share, twice }] of steps.entries()) {
        const issued = invoices[of]!;
        const { registrationId, invoiceNumber } = issued;
        const line = lines[at % 6]!;
        const unique = `${history}-${at}`;
        const pence = Math.max(1, Math.floor(line.pence * share));
        const credits = (await app.accountCreditsOf(registrationId)).filter(
          (each) => each.remainingPence > 0,
        );
        const refunds = await app.refundsOf(registrationId);
        const act = async (): Promise<unknown> => {
          switch (kind) {
            case 'pay':
              return app.allocateToInvoice(line.lineId, invoiceNumber, pence, `A${unique}`, decision, now);
            case 'credit':
              return app.takeCredit(line.lineId, invoiceNumber, pence, `C${unique}`, decision, now);
            case 'reverse': {
              const made = (await app.allocationsOf(registrationId)).at(-1);
              return made?.source.kind === 'LINE'
                ? app.reverseAllocation(registrationId, made.allocationId, decision, now)
                : undefined;
            }
            case 'spend': {
              const [credit] = credits;
              const to = invoices[(of + 1) % 3]!.invoiceNumber;
              const some = Math.max(1, Math.floor((credit?.remainingPence ?? 0) * share));
              return credit && app.spendCredit(credit, to, some, `S${unique}`, decision, now);
            }
            case 'refund': {
              const [credit] = credits;
              const some = share > 0.5 ? 20_000 : Math.max(1, Math.floor(20_000 * share));
              const asked = { refundId: `R${unique}`, pence: some, destination };
              return credit && app.requestRefund(credit, asked, decision, now);
            }
            case 'approve': {
              const waiting = refunds.find(({ status }) => status === 'REQUESTED');
              const verdict = { approve: share > 0.2, actor: approver, reason: 'Seen' };
              return waiting && app.decideRefund(registrationId, waiting.refundId, verdict, now);
            }
            case 'pay-refund': {
              const due = refunds.find(({ status }) => status === 'APPROVED');
              return (
                due &&
                app.payRefund(registrationId, due.refundId, lines[6]!.lineId, `P${unique}`, decision, now)
              );
            }
            case 'write-off': {
              const asked = { writeOffId: `W${unique}`, pence: Math.max(1, Math.floor(6_000 * share)) };
              const made = await app.requestWriteOff(invoiceNumber, asked, decision, now);
              const verdict = { approve: true, actor: approver, reason: 'Seen' };
              return app.decideWriteOff(registrationId, made.writeOffId, verdict, now);
            }
            case 'end':
              return at > 8 ? app.creditInvoice(registrationId, 'WITHDRAWN', admin, now) : undefined;
            default:
              return app.enterOther(
                line.lineId,
                { entryId: `O${unique}`, source: 'GRANT', pence },
                decision,
                now,
              );
          }
        };
        await attempt(act);
        // Everything may happen twice.
        if (twice) await attempt(act);
      }
      await booksAgree();
      expect(moneyBalances(new Table((await snapshotOfStore()).items))).toEqual([]);
      const total = app.trialBalance(await app.postingsOf({}, new Date()));
      expect(total.accounts.reduce((sum, { balancePence }) => sum + balancePence, 0)).toBe(0);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30 }), one), {
      numRuns: 8,
      endOnFailure: true,
    });
  }, 240_000);
});

describe('posting', () => {
  it('of two payments writes no record that both would share', async () => {
    const invoices = await Promise.all([invoiced(), invoiced()]);
    const id = await receive([
      { pence: 85_000, narrative: 'ONE OF TWO' },
      { pence: 85_000, narrative: 'TWO OF TWO' },
    ]);
    const lines = await app.linesOfStatement(id);
    const written: Set<string>[] = [];
    const { dynamodb } = await import('../../../functions/shared/table/client.ts');
    dynamodb.middlewareStack.add(
      (next) => (args) => {
        const { input } = args as { input: TransactWriteItemsCommand['input'] };
        if (input.TransactItems !== undefined)
          written.push(
            new Set(
              input.TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => {
                const of = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key;
                return `${of?.pk?.S} ${of?.sk?.S}`;
              }),
            ),
          );
        return next(args);
      },
      { step: 'initialize', name: 'transactions-seen' },
    );
    await Promise.all(
      lines.map((line, at) =>
        app.allocateToInvoice(line.lineId, invoices[at]!.invoiceNumber, 85_000, `SCALE-${at}`, decision, now),
      ),
    );
    dynamodb.middlewareStack.remove('transactions-seen');
    // One transaction each, first time: nobody had to try again.
    expect(written).toHaveLength(2);
    const [one, two] = written;
    expect([...one!].filter((key) => two!.has(key))).toEqual([]);
  });

  it('of forty payments at once leaves all of them posted', async () => {
    const invoices = await Promise.all(Array.from({ length: 40 }, () => invoiced()));
    const id = await receive(invoices.map((_, at) => ({ pence: 85_000, narrative: `FORTY ${at}` })));
    const lines = await app.linesOfStatement(id);
    await Promise.all(
      lines.map((line, at) =>
        app.allocateToInvoice(line.lineId, invoices[at]!.invoiceNumber, 85_000, `FORTY-${at}`, decision, now),
      ),
    );
    const found = await Promise.all(invoices.map((each) => app.findInvoice(each.invoiceNumber)));
    expect(found.map((each) => each?.status)).toEqual(Array.from({ length: 40 }, () => 'PAID'));
    await booksAgree();
  }, 120_000);
});
