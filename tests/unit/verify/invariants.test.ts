import { describe, expect, it } from 'vitest';
import {
  countViolations,
  type InvariantName,
  invariantNames,
  verify,
} from '../../../tools/verify/invariants.ts';
import type { Item } from '../../../tools/verify/snapshot.ts';
import { cleanStore, DEADLINE, NOW, snapshotOf } from '../../support/clean-store.ts';

type Store = ReturnType<typeof cleanStore>;

const verifyStore = (store: Store) =>
  verify(snapshotOf(store), { submissionsBucket: 'submissions', now: NOW });

/** The store with one record changed; throws where there is none, so that no corruption is of nothing. */
function change(store: Store, pk: string, sk: string, set: Record<string, unknown>): Store {
  const at = store.items.findIndex((item) => item.pk === pk && item.sk === sk);
  if (at < 0) throw new Error(`the store has no ${pk} ${sk}`);
  const items = store.items.with(at, { ...store.items[at], ...set } as Item);
  return { ...store, items };
}

function remove(store: Store, isGone: (item: Item) => boolean): Store {
  const items = store.items.filter((item) => !isGone(item));
  expect(items.length).toBe(store.items.length - 1);
  return { ...store, items };
}

const add = (store: Store, item: Item): Store => ({ ...store, items: [...store.items, item] });

function changeExecution(store: Store, arn: string, set: Partial<Store['executions'][number]>): Store {
  return {
    ...store,
    executions: store.executions.map((one) => (one.arn === arn ? { ...one, ...set } : one)),
  };
}

/** Sort key of the audit entry of a record. */
const auditOf = (store: Store, pk: string, record: string): string => {
  const found = store.items.find((item) => item.pk === pk && item.record === record);
  if (found === undefined) throw new Error(`the store has no audit entry of ${pk} ${record}`);
  return found.sk;
};

const itemOf = (store: Store, pk: string, sk: string): Item => {
  const found = store.items.find((item) => item.pk === pk && item.sk === sk);
  if (found === undefined) throw new Error(`the store has no ${pk} ${sk}`);
  return found;
};

const wait = { deadline: DEADLINE, waitingFor: 'the action plan', since: '2026-06-20T09:00:00.000Z' };

/** One record corrupted in each way that the invariant must see. */
const corruptions: Readonly<Record<InvariantName, readonly [string, (store: Store) => Store][]>> = {
  'money-balances': [
    [
      'a posting of one side',
      (store) =>
        change(store, 'REG#REG1', 'LEDGER#ALLOCATION-A1', {
          entries: [
            { account: 'SUSPENSE', pence: 85_000 },
            { account: 'DEBTORS', pence: -84_999 },
          ],
        }),
    ],
    ['a posting gone', (store) => remove(store, ({ sk }) => sk === 'LEDGER#BANK_LINE-ST1-00001')],
    [
      'an invoice with money nobody gave',
      (store) => change(store, 'REG#REG2', 'INVOICE#PSQM-2026-00002', { allocatedPence: 85_000 }),
    ],
    [
      'a reversed allocation that counts again',
      (store) => change(store, 'REG#REG2', 'ALLOCATION#A2', { reversed: null }),
    ],
    [
      'a line that is used and open',
      (store) => change(store, 'STATEMENT#ST1', 'LINE#00000', { openPence: 85_000 }),
    ],
    [
      'a credit that was spent and is whole',
      (store) => change(store, 'REG#REG1', 'CREDIT#CREDIT1', { remainingPence: 85_000 }),
    ],
    [
      'a number given twice',
      (store) => change(store, 'REG#REG2', 'INVOICE#PSQM-2026-00002', { sequenceNumber: 1 }),
    ],
    ['a counter ahead of its documents', (store) => change(store, 'COUNTER#CN-2026', 'COUNTER', { last: 2 })],
    [
      'a refund that was decided by who asked for it',
      (store) => change(store, 'REG#REG1', 'REFUND#REFUND2', { requestedBy: 'APPROVER' }),
    ],
    [
      'a refund that was approved and is said to wait',
      (store) => change(store, 'REG#REG1', 'REFUND#REFUND2', { status: 'REQUESTED', decided: null }),
    ],
    [
      'a refund of another amount than was posted',
      (store) => change(store, 'REG#REG1', 'REFUND#REFUND2', { pence: 10_001 }),
    ],
    [
      'a refund that is paid by no line',
      (store) => change(store, 'REG#REG1', 'REFUND#REFUND1', { status: 'APPROVED', paid: null }),
    ],
    [
      'a line that paid out for nothing',
      (store) => change(store, 'STATEMENT#ST1', 'LINE#00003', { status: 'PAID_OUT' }),
    ],
    [
      'a write-off that was refused and still counts',
      (store) => change(store, 'REG#REG2', 'WRITEOFF#WRITEOFF1', { status: 'REFUSED' }),
    ],
    [
      'a write-off that its own asker approved',
      (store) =>
        change(store, 'REG#REG2', 'WRITEOFF#WRITEOFF1', {
          decided: { by: 'FINANCE', at: '2026-06-20T09:00:00.000Z', reason: 'Seen' },
        }),
    ],
    [
      'a posting that came into a closed month',
      (store) => change(store, 'MONTH#2026-05', 'MONTH', { postings: 3 }),
    ],
    [
      'a posting of a closed month that is another',
      (store) => change(store, 'MONTH#2026-05', 'MONTH', { digest: '00' }),
    ],
    [
      'a posting later than the close of its month',
      (store) => change(store, 'MONTH#2026-05', 'MONTH', { closedAt: '2026-05-01T00:00:00.000Z' }),
    ],
    [
      'a grant that is more than its line',
      (store) => change(store, 'STATEMENT#ST1', 'OTHER#GRANT1', { pence: 40_001 }),
    ],
    [
      'a status that is not what the amounts say',
      (store) => change(store, 'REG#REG1', 'INVOICE#PSQM-2026-00001', { status: 'PART_PAID' }),
    ],
  ],
  'one-active-registration-per-school': [
    [
      'two of a school at once',
      (store) => change(store, 'REG#REG3', 'REGISTRATION', { schoolId: 'URN-100001' }),
    ],
  ],
  'no-assessor-on-a-conflict': [
    [
      'an assessor of the own hub',
      (store) => change(store, 'REG#REG1', 'REGISTRATION', { hubId: 'HUB-OF-A1' }),
    ],
    [
      'an employer that is the trust, typed otherwise',
      (store) => {
        const { school } = itemOf(store, 'REG#REG1', 'REGISTRATION') as unknown as { school: object };
        return change(store, 'REG#REG1', 'REGISTRATION', {
          school: { ...school, trust: 'The sample university.' },
        });
      },
    ],
    ['an assessor who is nobody', (store) => change(store, 'ASG#REG1.1', 'ASSIGNMENT', { assessorId: 'A9' })],
    [
      'a second reader who is of the school',
      (store) => change(store, 'REG#REG1', 'REGISTRATION', { contacts: [{ personId: 'M1' }] }),
    ],
  ],
  'frozen-hash-equals-stored': [
    [
      'a record of another file',
      (store) => change(store, 'REG#REG1', 'VERSION#0001', { reflectionsSha256: 'b'.repeat(64) }),
    ],
    [
      'a file that is not there',
      (store) => change(store, 'REG#REG1', 'VERSION#0001', { manifestKey: 'frozen/REG1/v1/gone' }),
    ],
    [
      'another file served than was frozen',
      (store) => change(store, 'REG#REG1', 'ACCESS#1', { sha256: 'b'.repeat(64) }),
    ],
    [
      'another file served than was accepted',
      (store) => change(store, 'REG#REG1', 'ACCESS#2', { sha256: 'b'.repeat(64) }),
    ],
  ],
  'nobody-decides-their-own-review': [
    ['a decision below the quorum', (store) => change(store, 'REG#REG1', 'DECISION', { decidedBy: ['P1'] })],
    [
      'a decision by somebody who was not there',
      (store) => change(store, 'REG#REG1', 'DECISION', { decidedBy: ['P1', 'P9'] }),
    ],
    ['a reader who confirmed', (store) => change(store, 'REG#REG1', 'DECISION', { confirmedBy: 'A1' })],
    [
      'a reader who confirmed and was left out of the record',
      (store) => change(store, 'REG#REG1', 'DECISION', { confirmedBy: 'M1', judgedBy: ['A1'] }),
    ],
    [
      'a second reading by the first reader',
      (store) => change(store, 'REG#REG1', 'READING#01', { readerId: 'A1' }),
    ],
  ],
  'no-award-without-confirmation-and-money': [
    ['no decision', (store) => remove(store, ({ sk }) => sk === 'DECISION')],
    ['another decision', (store) => change(store, 'REG#REG1', 'DECISION', { outcome: 'NOT_AWARDED' })],
    [
      'an award of another level',
      (store) => change(store, 'SCHOOL#URN-100001', 'AWARD#PSQM-C-1', { level: 'OUTREACH' }),
    ],
    ['an award gone', (store) => remove(store, ({ sk }) => sk === 'AWARD#PSQM-C-1')],
    [
      'money that came after the result',
      (store) => change(store, 'REG#REG1', 'ALLOCATION#A1', { at: '2026-06-21T09:00:00.000Z' }),
    ],
  ],
  'every-change-has-audit-and-event': [
    [
      'a frozen submission of which nothing tells',
      (store) =>
        // Everything else of the store happened at one moment.
        change(store, 'REG#REG1', auditOf(store, 'REG#REG1', 'SUBMISSION'), {
          at: '2026-06-20T09:00:00.001Z',
        }),
    ],
    ['a change that nobody made', (store) => change(store, 'REG#REG1', 'REGISTRATION', { version: 2 })],
    [
      'an audit entry gone',
      (store) => remove(store, (item) => item.pk === 'ASG#REG1.1' && item.sk.startsWith('AUDIT#')),
    ],
    ['an event gone', (store) => remove(store, (item) => item.name === 'RegistrationWithdrawn')],
  ],
  'every-execution-ended-or-waits': [
    ['a wait gone', (store) => remove(store, ({ sk }) => sk === 'WAIT#training')],
    [
      'a deadline in the table that the machine does not wait for',
      (store) => change(store, 'REG#REG3', 'WAIT#training', { deadline: '2026-08-10T22:59:59.999Z' }),
    ],
    [
      'a machine that would sleep past its deadline',
      (store) =>
        changeExecution(store, 'training:2', { wait: { ...wait, timesOutAt: '2026-08-10T23:00:00.000Z' } }),
    ],
    [
      'a wait that its history knows nothing of',
      (store) => changeExecution(store, 'training:2', { wait: undefined }),
    ],
    ['a wait for nothing named', (store) => change(store, 'REG#REG3', 'WAIT#training', { waitingFor: '' })],
    ['a failure that no board shows', (store) => remove(store, ({ sk }) => sk === 'STUCK#training:1')],
  ],
  'no-stage-claimed-twice': [
    [
      'one execution on two stages',
      (store) => change(store, 'REG#REG1', 'STAGE#award', { executionArn: 'training:1' }),
    ],
    [
      'a claim of what never ran',
      (store) => change(store, 'REG#REG1', 'STAGE#award', { executionArn: 'award:9' }),
    ],
    [
      'a second execution that did the work',
      (store) => ({
        ...store,
        executions: [
          ...store.executions,
          { ...store.executions[0]!, arn: 'training:4', machine: 'Training' },
        ],
      }),
    ],
  ],
  'every-event-published': [
    [
      'an event left in the outbox',
      (store) => {
        const event = store.items.find(({ name }) => name === 'RegistrationWithdrawn');
        return change(store, 'REG#REG2', event?.sk ?? '', { publishedAt: undefined });
      },
    ],
  ],
  'no-email-twice': [
    [
      'a second claim of a cause',
      (store) =>
        add(store, {
          ...itemOf(store, 'REG#REG1', 'EMAIL#result:head'),
          sk: 'EMAIL#result:head-again',
          messageId: 'M-3',
        }),
    ],
    [
      'one message for two causes',
      (store) => change(store, 'REG#REG1', 'EMAIL#result:head', { messageId: 'M-2' }),
    ],
    ['a status nobody wrote', (store) => change(store, 'REG#REG1', 'EMAIL#result:head', { status: 'LOST' })],
  ],
};

describe('a clean store', () => {
  it('breaks no invariant: credits on account, reversed allocations and part-paid withdrawals among it', async () => {
    expect(await verifyStore(cleanStore())).toEqual([]);
  });

  it('counts every invariant, those that hold too', async () => {
    const counts = countViolations(await verifyStore(cleanStore()));
    expect(counts).toEqual(Object.fromEntries(invariantNames.map((name) => [name, 0])));
  });
});

describe.each(invariantNames)('%s', (name) => {
  it.each(corruptions[name])('sees %s', async (_what, corrupt) => {
    const violations = await verifyStore(corrupt(cleanStore()));
    expect([...new Set(violations.map(({ invariant }) => invariant))]).toEqual([name]);
  });
});

describe('what looks like a breach and is none', () => {
  it.each<[string, (store: Store) => Store]>([
    [
      'a conflict declared after the review was returned',
      (store) => {
        const { assessor } = itemOf(store, 'PERSON#A1', 'PERSON') as unknown as { assessor: object };
        const declared = {
          assessor: { ...assessor, conflicts: [{ schoolId: 'URN-100001', reason: 'New post' }] },
        };
        const later = {
          pk: 'PERSON#A1',
          sk: 'AUDIT#LATER',
          record: 'PERSON',
          recordVersion: 2,
          at: '2026-06-25T09:00:00.000Z',
          action: 'declare-conflicts',
          before: '{}',
          after: JSON.stringify(declared),
        };
        return add(change(store, 'PERSON#A1', 'PERSON', { ...declared, version: 2 }), later);
      },
    ],
    [
      'an allocation taken back after the award',
      (store) => {
        const back = change(store, 'REG#REG1', 'ALLOCATION#A1', {
          reversed: { by: 'FINANCE', reason: 'Wrong school', at: '2026-06-25T09:00:00.000Z' },
        });
        const reopened = change(back, 'REG#REG1', 'INVOICE#PSQM-2026-00001', {
          allocatedPence: 0,
          status: 'ISSUED',
        });
        const open = change(reopened, 'STATEMENT#ST1', 'LINE#00000', { openPence: 85_000 });
        return add(open, {
          ...itemOf(store, 'REG#REG2', 'LEDGER#ALLOCATION_REVERSED-A2'),
          pk: 'REG#REG1',
          sk: 'LEDGER#ALLOCATION_REVERSED-A1',
        });
      },
    ],
    [
      'an event of long ago that the table no longer holds',
      (store) => ({
        ...store,
        items: store.items
          .filter(({ sk }) => !sk.startsWith('EVENT#'))
          .map((item) => (item.sk.startsWith('AUDIT#') ? { ...item, at: '2026-01-20T09:00:00.000Z' } : item)),
      }),
    ],
    [
      'a wait whose deadline has just passed',
      (store) => {
        const passed = { deadline: '2026-06-30T11:59:30.000Z' };
        const at = { ...wait, ...passed, timesOutAt: '2026-06-30T11:59:30.000Z' };
        return changeExecution(change(store, 'REG#REG3', 'WAIT#training', passed), 'training:2', {
          wait: at,
        });
      },
    ],
    [
      'an email under way',
      (store) => change(store, 'REG#REG1', 'EMAIL#result:head', { status: 'SENDING', messageId: undefined }),
    ],
  ])('%s', async (_what, alter) => {
    expect(await verifyStore(alter(cleanStore()))).toEqual([]);
  });
});
