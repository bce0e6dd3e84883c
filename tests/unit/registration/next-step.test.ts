import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvoiceHold } from '../../../functions/payments/model.ts';
import { registrationStatuses } from '../../../functions/registration/model.ts';
import { nextRegistrationStep, type RegistrationFacts } from '../../../functions/registration/next-step.ts';
import { addDays, endOfLondonDay, londonTime } from '../../../functions/shared/time/london.ts';
import { sampleIntake, sampleInvoice } from '../../support/registration-forms.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const funder = { ...sampleRegistration().payer, kind: 'FUNDER' as const, funderId: 'SAMPLE-TRUST' };
const morning = new Date('2026-06-03T09:00:00.000Z');

function facts(
  status: RegistrationFacts['registration']['status'],
  change: Partial<RegistrationFacts> = {},
): RegistrationFacts {
  return {
    registration: sampleRegistration({ status }),
    intake: sampleIntake(),
    round,
    invoice: undefined,
    ...change,
  };
}
const awaiting = (change: Partial<RegistrationFacts> = {}): RegistrationFacts =>
  facts('AWAITING_PAYMENT', {
    intake: sampleIntake({ sent: { invoiceVersion: 1, creditNote: false, receipt: false } }),
    invoice: sampleInvoice(),
    ...change,
  });

describe('a registration that was just sent', () => {
  it('is acknowledged before anything else', () => {
    expect(
      nextRegistrationStep(facts('SUBMITTED', { intake: sampleIntake({ acknowledgedAt: null }) }), morning),
    ).toEqual({ do: 'ACKNOWLEDGE' });
  });

  it('is placed; while it waits for an admin the wait has a day, after which the admins are told', () => {
    expect(nextRegistrationStep(facts('SUBMITTED'), morning).do).toBe('PLACE_IN_HUB');
    const placement = {
      state: 'WAITING' as const,
      waitingSince: morning.toISOString(),
      decideBy: '2026-06-17T22:59:59.999Z',
      escalations: 0,
    };
    const waiting = facts('SUBMITTED', { intake: sampleIntake({ placement }) });
    expect(nextRegistrationStep(waiting, morning)).toMatchObject({
      do: 'WAIT',
      until: placement.decideBy,
      deadline: 'placement',
    });
    expect(nextRegistrationStep(waiting, new Date(placement.decideBy))).toEqual({ do: 'ESCALATE_PLACEMENT' });
  });

  it('is given up once the admins were told as often as the round says, and stays so', () => {
    const placement = {
      state: 'WAITING' as const,
      waitingSince: morning.toISOString(),
      decideBy: morning.toISOString(),
      escalations: round.policies.registration.placementEscalations,
    };
    const step = (change: Partial<typeof placement> | { state: 'GIVEN_UP' }) =>
      nextRegistrationStep(
        facts('SUBMITTED', { intake: sampleIntake({ placement: { ...placement, ...change } }) }),
        morning,
      );
    expect(step({ escalations: placement.escalations - 1 })).toEqual({ do: 'ESCALATE_PLACEMENT' });
    expect(step({})).toEqual({ do: 'GIVE_UP_PLACEMENT' });
    expect(step({ state: 'GIVEN_UP' })).toEqual({ do: 'ENDED', result: 'UNPLACED' });
  });
});

describe('a placed registration', () => {
  it('waits until it can no longer be corrected, then is invoiced', () => {
    const early = new Date('2026-06-01T12:00:00.000Z');
    expect(nextRegistrationStep(facts('ACCEPTED'), early)).toMatchObject({
      do: 'WAIT',
      until: sampleIntake().correctableUntil,
    });
    expect(nextRegistrationStep(facts('ACCEPTED'), new Date(sampleIntake().correctableUntil)).do).toBe(
      'ISSUE_INVOICE',
    );
  });

  it('of a funder takes a place, waits for a decision where there is none, and is billed itself when nobody decides', () => {
    const of = (funding: RegistrationFacts['intake']['funding']): RegistrationFacts =>
      facts('ACCEPTED', {
        registration: sampleRegistration({ status: 'ACCEPTED', payer: funder }),
        intake: sampleIntake({ funding }),
      });
    const decideBy = '2026-06-17T22:59:59.999Z';
    const waiting = of({ state: 'WAITING', waitingSince: morning.toISOString(), decideBy, decidedBy: null });
    expect(
      nextRegistrationStep(
        of({ state: 'OPEN', waitingSince: null, decideBy: null, decidedBy: null }),
        morning,
      ).do,
    ).toBe('GRANT_FUNDED_PLACE');
    expect(nextRegistrationStep(waiting, morning)).toMatchObject({
      do: 'WAIT',
      until: decideBy,
      deadline: 'funding',
    });
    expect(nextRegistrationStep(waiting, new Date(decideBy)).do).toBe('BILL_THE_SCHOOL');
    expect(
      nextRegistrationStep(
        of({ state: 'BILL_SCHOOL', waitingSince: null, decideBy: null, decidedBy: 'x' }),
        morning,
      ).do,
    ).toBe('ISSUE_INVOICE');
  });
});

describe('an invoiced registration', () => {
  const due = sampleInvoice().dueOn;
  const { reminderDays, lapseAfterDays } = round.policies.payment;
  const lapse = endOfLondonDay(addDays(due, lapseAfterDays));

  it('is sent its invoice, and again when the invoice has a new version', () => {
    expect(nextRegistrationStep(awaiting({ intake: sampleIntake() }), morning).do).toBe('SEND_INVOICE');
    expect(nextRegistrationStep(awaiting({ invoice: sampleInvoice({ pdfVersion: 2 }) }), morning).do).toBe(
      'SEND_INVOICE',
    );
  });

  it('is confirmed as soon as the invoice is settled, even on the day on which it would lapse', () => {
    const paid = awaiting({ invoice: sampleInvoice({ status: 'PAID', allocatedPence: 85000 }) });
    expect(nextRegistrationStep(paid, morning).do).toBe('CONFIRM');
    expect(nextRegistrationStep(paid, lapse).do).toBe('CONFIRM');
  });

  it('is not confirmed by a part of the fee', () => {
    const short = awaiting({ invoice: sampleInvoice({ status: 'PART_PAID', allocatedPence: 84999 }) });
    expect(nextRegistrationStep(short, morning).do).toBe('WAIT');
  });

  it('waits for the reminders in turn, each at nine in London on its day, and lapses after the last day', () => {
    let state = awaiting();
    let now = morning;
    const seen: (number | string)[] = [];
    for (let turn = 0; turn < 40; turn++) {
      const step = nextRegistrationStep(state, now);
      if (step.do === 'LAPSE') {
        seen.push('LAPSE');
        break;
      }
      if (step.do === 'WAIT') now = new Date(step.until);
      else if (step.do === 'SEND_REMINDER') {
        expect(now).toEqual(londonTime(addDays(due, step.reminderDay), '09:00'));
        seen.push(step.reminderDay);
        state = {
          ...state,
          intake: { ...state.intake, remindersDone: [...state.intake.remindersDone, step.reminderDay] },
        };
      } else throw new Error(step.do);
    }
    expect(seen).toEqual([...[...reminderDays].sort((a, b) => a - b), 'LAPSE']);
    expect(now).toEqual(lapse);
  });

  it('sends the latest of several reminders that fell due together', () => {
    const late = londonTime(addDays(due, 18), '12:00');
    const passed = reminderDays.filter((day) => day <= 18);
    expect(nextRegistrationStep(awaiting(), late)).toEqual({
      do: 'SEND_REMINDER',
      reminderDay: Math.max(...passed),
    });
  });

  it("goes by the school's own day where it was moved", () => {
    const moved = addDays(due, 60);
    const state = awaiting({
      registration: sampleRegistration({ status: 'AWAITING_PAYMENT', movedDeadlines: { paymentDue: moved } }),
    });
    expect(nextRegistrationStep(state, lapse).do).not.toBe('LAPSE');
    expect(nextRegistrationStep(state, endOfLondonDay(addDays(moved, lapseAfterDays))).do).toBe('LAPSE');
  });
});

describe('an invoice that rests', () => {
  const due = sampleInvoice().dueOn;
  const { lapseAfterDays, graceAfterHoldDays } = round.policies.payment;
  const late = londonTime(addDays(due, lapseAfterDays + 5), '12:00');
  const held = (change: Partial<InvoiceHold>) =>
    awaiting({
      invoice: sampleInvoice({
        hold: {
          kind: 'DISPUTE',
          reason: 'They say they paid',
          until: null,
          by: 'OFFICER',
          at: morning.toISOString(),
          endedAt: null,
          ...change,
        },
      }),
    });

  it('brings no reminder and no lapse, however long it lasts, and is looked at again', () => {
    for (const kind of ['DISPUTE', 'PURCHASE_ORDER_QUERY'] as const)
      expect(nextRegistrationStep(held({ kind }), late)).toMatchObject({ do: 'WAIT', deadline: 'hold' });
  });

  it('for a promise lasts until the end of its day', () => {
    const until = addDays(due, lapseAfterDays + 10);
    expect(nextRegistrationStep(held({ kind: 'PROMISE', until }), late)).toMatchObject({
      do: 'WAIT',
      until: endOfLondonDay(until).toISOString(),
    });
    expect(nextRegistrationStep(held({ kind: 'PROMISE', until }), endOfLondonDay(until)).do).toBe(
      'SEND_REMINDER',
    );
  });

  it('gives time to pay once it has ended, before the registration lapses', () => {
    const endedAt = late.toISOString();
    expect(nextRegistrationStep(held({ endedAt }), late).do).toBe('SEND_REMINDER');
    const over = endOfLondonDay(addDays(due, lapseAfterDays + 5 + graceAfterHoldDays));
    expect(nextRegistrationStep(held({ endedAt }), over).do).toBe('LAPSE');
  });

  it('is confirmed when it is paid all the same', () => {
    const { invoice } = held({});
    const paid = awaiting({
      invoice: sampleInvoice({ ...invoice, status: 'PAID', allocatedPence: 85000 }),
    });
    expect(nextRegistrationStep(paid, late).do).toBe('CONFIRM');
  });
});

describe('a payment that was moved for the whole round', () => {
  const { dueOn } = sampleInvoice();
  const { lapseAfterDays } = round.policies.payment;
  const later = addDays(dueOn, 60);
  const moved = { ...round, movedDeadlines: { paymentDue: later } };
  const lapse = endOfLondonDay(addDays(dueOn, lapseAfterDays));

  it('counts at once, before the invoice itself was moved', () => {
    expect(nextRegistrationStep(awaiting({ round: moved }), lapse).do).not.toBe('LAPSE');
    expect(
      nextRegistrationStep(awaiting({ round: moved }), endOfLondonDay(addDays(later, lapseAfterDays))).do,
    ).toBe('LAPSE');
  });

  it('begins the reminders anew, since those that went out named another day', () => {
    const reminded = awaiting({
      round: moved,
      invoice: sampleInvoice({ dueOn: later }),
      intake: sampleIntake({
        sent: { invoiceVersion: 1, creditNote: false, receipt: false },
        remindersDone: [-7, 0, 7],
        lastDueOn: dueOn,
      }),
    });
    expect(nextRegistrationStep(reminded, londonTime(addDays(dueOn, 4), '09:00'))).toMatchObject({
      do: 'WAIT',
      until: londonTime(addDays(later, -7), '09:00').toISOString(),
    });
    expect(nextRegistrationStep(reminded, londonTime(addDays(later, 7), '09:00'))).toEqual({
      do: 'SEND_REMINDER',
      reminderDay: 7,
    });
  });
});

describe('a registration that is settled or over', () => {
  it('is confirmed once, then the stage ends', () => {
    for (const status of ['PAID', 'COVERED'] as const) {
      expect(nextRegistrationStep(facts(status), morning).do).toBe('CONFIRM');
      const confirmed = facts(status, { intake: sampleIntake({ confirmedAt: morning.toISOString() }) });
      expect(nextRegistrationStep(confirmed, morning)).toEqual({ do: 'ENDED', result: status });
    }
  });

  it('is still confirmed where training began before the letters were out', () => {
    expect(nextRegistrationStep(facts('IN_TRAINING'), morning).do).toBe('CONFIRM');
  });

  it('that withdrew before it paid has its invoice credited, once', () => {
    const withdrawn = (
      intake: Partial<RegistrationFacts['intake']>,
      invoice: Partial<NonNullable<RegistrationFacts['invoice']>>,
    ) =>
      nextRegistrationStep(
        facts('WITHDRAWN', { intake: sampleIntake(intake), invoice: sampleInvoice(invoice) }),
        morning,
      ).do;
    const closed = { status: 'CREDITED' as const, creditedPence: 85000, closedAt: morning.toISOString() };
    const sent = { invoiceVersion: 1, creditNote: true, receipt: false };
    expect(withdrawn({}, {})).toBe('CREDIT_INVOICE');
    expect(withdrawn({}, closed)).toBe('CREDIT_INVOICE');
    expect(withdrawn({ sent }, closed)).toBe('ENDED');
    expect(withdrawn({ confirmedAt: morning.toISOString() }, { status: 'PAID', allocatedPence: 85000 })).toBe(
      'ENDED',
    );
  });

  it('that lapsed is told so even where the task was broken off', () => {
    expect(nextRegistrationStep(facts('LAPSED'), morning).do).toBe('LAPSE');
    expect(
      nextRegistrationStep(facts('LAPSED', { intake: sampleIntake({ lapseNoticeSent: true }) }), morning).do,
    ).toBe('ENDED');
  });

  it('that was withdrawn without an invoice, or is beyond its confirmation, is left alone', () => {
    const confirmed = sampleIntake({ confirmedAt: morning.toISOString() });
    for (const status of ['WITHDRAWN', 'MISSED', 'IN_TRAINING'] as const) {
      expect(nextRegistrationStep(facts(status, { intake: confirmed }), morning)).toEqual({
        do: 'ENDED',
        result: status,
      });
    }
    const unacknowledged = facts('WITHDRAWN', { intake: sampleIntake({ acknowledgedAt: null }) });
    expect(nextRegistrationStep(unacknowledged, morning).do).toBe('ENDED');
  });
});

describe('whatever the records say', () => {
  const states = fc.record({
    status: fc.constantFrom(...registrationStatuses),
    invoiced: fc.boolean(),
    allocated: fc.nat({ max: 85000 }),
    funded: fc.boolean(),
    remindersDone: fc.subarray([...round.policies.payment.reminderDays]),
    placement: fc.constantFrom('OPEN' as const, 'WAITING' as const, 'PLACED' as const),
    day: fc.integer({ min: 0, max: 400 }),
  });

  it('a wait is in the future and has a name, somebody and an end; the same records give the same step', () => {
    fc.assert(
      fc.property(states, ({ status, invoiced, allocated, funded, remindersDone, placement, day }) => {
        const now = new Date(morning.getTime() + day * 86_400_000);
        const state = facts(status, {
          registration: sampleRegistration({ status, ...(funded ? { payer: funder } : {}) }),
          intake: sampleIntake({
            remindersDone,
            sent: { invoiceVersion: 1, creditNote: false, receipt: false },
            placement: {
              state: placement,
              waitingSince: null,
              decideBy: placement === 'WAITING' ? '2026-09-01T22:59:59.999Z' : null,
              escalations: 0,
            },
          }),
          invoice: invoiced
            ? sampleInvoice({ allocatedPence: allocated, status: allocated === 85000 ? 'PAID' : 'PART_PAID' })
            : undefined,
        });
        const step = nextRegistrationStep(state, now);
        expect(nextRegistrationStep(state, now)).toEqual(step);
        if (step.do !== 'WAIT') return;
        expect(new Date(step.until).getTime()).toBeGreaterThan(now.getTime());
        expect(step.seconds).toBeGreaterThan(0);
        expect(step.waitingFor).not.toBe('');
        expect(step.deadline).not.toBe('');
      }),
    );
  });
});
