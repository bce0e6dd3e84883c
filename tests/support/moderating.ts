import type {
  Decision,
  ModerationCase,
  PanelMeeting,
  ProposedOutcome,
  Reading,
} from '../../functions/moderation/model.ts';

/** Records of moderation as tests begin with them; invented throughout. */
export function sampleCase(change: Partial<ModerationCase> = {}): ModerationCase {
  return {
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    status: 'READING',
    reasons: ['RANDOM'],
    moderationAttempt: 1,
    first: { outcome: 'AWARDED', level: 'GILT', assignmentId: 'REG1.1', readerId: 'A1' },
    second: null,
    comparison: null,
    adjudication: null,
    nobodySince: null,
    escalations: 0,
    openedAt: '2027-08-10T08:00:00.000Z',
    ...change,
  };
}

export function sampleReading(change: Partial<Reading> = {}): Reading {
  return {
    readingId: 'REG1.01',
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    kind: 'SECOND_READING',
    readerId: 'M1',
    status: 'OPEN',
    offeredAt: '2027-08-10T08:00:00.000Z',
    dueOn: '2027-08-24',
    endedAt: null,
    endReason: null,
    adjudication: null,
    ...change,
  };
}

export function sampleOutcome(change: Partial<ProposedOutcome> = {}): ProposedOutcome {
  return {
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    outcome: 'AWARDED',
    level: 'GILT',
    status: 'PROPOSED',
    basis: 'AGREEMENT',
    judgedBy: ['A1', 'M1'],
    feedback: 'The children enquire, and the leadership has impact.',
    proposedAt: '2027-08-24T09:00:00.000Z',
    confirmBy: '2027-08-31',
    ...change,
  };
}

export function sampleDecision(change: Partial<Decision> = {}): Decision {
  return {
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    outcome: 'AWARDED',
    level: 'GILT',
    proposed: { outcome: 'AWARDED', level: 'GILT', basis: 'AGREEMENT' },
    judgedBy: ['A1', 'M1'],
    confirmedBy: 'P1',
    at: '2027-08-28T09:00:00.000Z',
    reason: null,
    feedback: 'The children enquire, and the leadership has impact.',
    meeting: 1,
    decidedBy: ['P1', 'P2'],
    keptOut: [],
    onAppeal: false,
    ...change,
  };
}

export function sampleMeeting(change: Partial<PanelMeeting> = {}): PanelMeeting {
  return {
    roundId: 'R26-AUTUMN',
    number: 1,
    status: 'CLOSED',
    quorum: 2,
    present: ['P1', 'P2'],
    openedBy: 'P1',
    openedAt: '2027-08-28T08:00:00.000Z',
    closedBy: 'P1',
    closedAt: '2027-08-28T12:00:00.000Z',
    note: null,
    postponed: [],
    ...change,
  };
}
