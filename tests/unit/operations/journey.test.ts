import { describe, expect, it } from 'vitest';
import { journeyOf } from '../../../functions/operations/journey.ts';

const pk = 'REG#R1';
const arn = 'arn:aws:states:eu-west-2:000000000000:execution:machine:name';

describe("a school's journey", () => {
  const journey = journeyOf(
    [
      { pk, sk: 'REGISTRATION', status: 'PAID' },
      {
        pk,
        sk: 'STAGE#registration',
        executionArn: arn,
        attempt: 1,
        claimedAt: '2027-06-01T09:00:01.000Z',
        stageName: 'registration',
        endedAt: '2027-07-01T09:00:00.000Z',
        stageResult: 'PAID',
      },
      {
        pk,
        sk: 'EVENT#2',
        name: 'RegistrationSubmitted',
        detail: '{}',
        occurredAt: '2027-06-01T09:00:00.000Z',
        publishedAt: '2027-06-01T09:00:00.500Z',
      },
      {
        pk,
        sk: 'AUDIT#1',
        record: 'REGISTRATION',
        at: '2027-06-01T09:00:00.000Z',
        action: 'submit',
        actor: { kind: 'person', id: 'P1' },
        before: '{}',
        after: '{"status":"SUBMITTED"}',
      },
      {
        pk,
        sk: 'EMAIL#confirmation',
        cause: 'confirmation',
        to: 'head@example.org',
        subject: 'Thank you',
        status: 'SENT',
        claimedAt: '2027-06-01T09:00:02.000Z',
        sentAt: '2027-06-01T09:00:03.000Z',
      },
      {
        pk,
        sk: 'WAIT#registration',
        taskToken: 'secret',
        waitingFor: 'the payment',
        deadline: '2027-07-15T22:59:59.999Z',
        deadlineName: 'paymentDue',
        executionArn: arn,
      },
      { pk, sk: 'WAIT#training', decidedAt: '2027-06-01T09:00:00.000Z' },
    ],
    (personId) => (personId === 'P1' ? 'Sam Sample' : personId),
  );

  it('is one timeline, the oldest first', () => {
    expect(journey.timeline.map(({ kind }) => kind)).toEqual([
      'EVENT',
      'CHANGE',
      'RUN_STARTED',
      'EMAIL',
      'RUN_ENDED',
    ]);
    expect(journey.timeline[1]).toMatchObject({ actor: { name: 'Sam Sample' }, reason: null });
  });

  it('says what is waited for, by whom and until when, and never with what token', () => {
    expect(journey.waits).toEqual([
      {
        collection: pk,
        workflow: 'registration',
        waitingFor: 'the payment',
        deadline: 'paymentDue',
        until: '2027-07-15T22:59:59.999Z',
        executionArn: arn,
      },
    ]);
    expect(JSON.stringify(journey)).not.toContain('secret');
  });

  it('says how each stage ended', () => {
    expect(journey.stages).toEqual([
      expect.objectContaining({ workflow: 'registration', attempt: 1, result: 'PAID' }),
    ]);
  });
});
