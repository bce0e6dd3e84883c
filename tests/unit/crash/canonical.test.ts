import { describe, expect, it } from 'vitest';
import { differencesBetween, endStateOf } from '../../../tools/crash/canonical.ts';
import type { Item, Snapshot } from '../../../tools/verify/snapshot.ts';

const snapshotOf = (items: readonly Item[], statuses: readonly string[] = []): Snapshot => ({
  items,
  executions: statuses.map((status, index) => ({
    arn: `arn:${index}`,
    machine: 'registration',
    status,
    stoppedAt: undefined,
    currentState: undefined,
    wait: undefined,
  })),
  hashOf: async () => undefined,
  detailsOf: async () => ({ collection: undefined, attempt: 1, lastState: undefined }),
});

/** A school with its invoice, a file and a mail, under ids and numbers of one run. */
const school = (registrationId: string, number: string, more: { paid?: number; mails?: number } = {}) => {
  const pk = `REG#${registrationId}`;
  const mail = { cause: `invoice:${number}:${registrationId}`, to: 'a@example.org', status: 'SENT' };
  return [
    {
      pk,
      sk: 'REGISTRATION',
      registrationId,
      schoolId: 'URN-1',
      status: 'AWARDED',
      awardedLevel: 'PSQM',
      hubId: 'HUB-01',
    },
    {
      pk,
      sk: `INVOICE#${number}`,
      invoiceNumber: number,
      registrationId,
      grossPence: 100,
      allocatedPence: more.paid ?? 100,
      creditedPence: 0,
      status: 'PAID',
    },
    {
      pk,
      sk: 'DOC#1',
      registrationId,
      documentType: 'portfolio',
      name: 'p.pdf',
      status: 'ACCEPTED',
      refusal: null,
    },
    {
      pk,
      sk: 'DOC#2',
      registrationId,
      documentType: 'portfolio',
      name: 'p.pdf',
      status: 'ABANDONED',
      refusal: null,
    },
    ...Array.from({ length: more.mails ?? 1 }, (_, index) => ({ pk, sk: `EMAIL#${index}`, ...mail })),
  ];
};
const FIRST = '01J9ZZZZZZZZZZZZZZZZZZZZZ1';
const SECOND = '01J9ZZZZZZZZZZZZZZZZZZZZZ2';

describe('the end state in canonical form', () => {
  it('is the same under other ids, numbers and orders', async () => {
    const one = await endStateOf(snapshotOf(school(FIRST, 'R26-0001'), ['SUCCEEDED', 'RUNNING']));
    const other = await endStateOf(
      snapshotOf(school(SECOND, 'R26-0007', { mails: 2 }).reverse(), ['RUNNING', 'SUCCEEDED']),
    );
    expect(differencesBetween(one, other)).toEqual([]);
    expect(one.outcomes).toEqual(['URN-1 AWARDED PSQM in HUB-01']);
    expect(one.documents).toContain('REG#URN-1 INVOICE');
    expect(one.emails).toEqual(['REG#URN-1 invoice:invoice of REG#URN-1:URN-1 to a@example.org SENT']);
  });

  it('does not count an execution that found its stage held by another', async () => {
    const held = { pk: 'REG#1', sk: 'STAGE#registration', executionArn: 'arn:0' };
    const snapshot = {
      ...snapshotOf([held], ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']),
      detailsOf: async (arn: string) => ({
        collection: 'REG#1',
        attempt: 1,
        lastState: arn === 'arn:2' ? 'Done' : 'Already running',
      }),
    };
    expect((await endStateOf(snapshot)).executions).toEqual([
      'registration SUCCEEDED',
      'registration SUCCEEDED',
    ]);
  });

  it('tells what is otherwise', async () => {
    const one = await endStateOf(snapshotOf(school(FIRST, 'R26-0001'), ['SUCCEEDED']));
    const less = await endStateOf(snapshotOf(school(SECOND, 'R26-0001', { paid: 0, mails: 0 }), ['FAILED']));
    expect(differencesBetween(one, less)).toEqual([
      'balances: only undisturbed: REG#URN-1 invoice of 100 PAID: 100 paid, 0 credited',
      'balances: only with kills: REG#URN-1 invoice of 100 PAID: 0 paid, 0 credited',
      'emails: only undisturbed: REG#URN-1 invoice:invoice of REG#URN-1:URN-1 to a@example.org SENT',
      'executions: only undisturbed: registration SUCCEEDED',
      'executions: only with kills: registration FAILED',
    ]);
  });
});
