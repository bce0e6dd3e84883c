import { describe, expect, it } from 'vitest';
import type { Invoice } from '../../functions/payments/model.ts';
import type { Intake } from '../../functions/registration/intake.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { nextRegistrationStep } from '../../functions/registration/next-step.ts';
import { addDays, endOfLondonDay, londonDate } from '../../functions/shared/time/london.ts';
import { beginDecisionOn, failure, type MachineWalk, walkMachine } from '../support/machine-walk.ts';
import { sampleIntake, sampleInvoice } from '../support/registration-forms.ts';
import { sampleRegistration, sampleRound } from '../support/school-year.ts';

const round = sampleRound();
const day = 86_400_000;
const funded = { ...sampleRegistration().payer, kind: 'FUNDER' as const, funderId: 'SAMPLE-TRUST' };

/** The machine with the real rule over records of the test; functions do to the records what the real ones do. */
function stage(
  options: {
    fail?: Partial<Record<string, string[]>>;
    hubs?: number;
    places?: number;
    registration?: Partial<Registration>;
  } = {},
) {
  const records = {
    registration: sampleRegistration({
      status: 'SUBMITTED',
      hubId: null,
      invoiceNumber: null,
      ...options.registration,
    }) as Registration,
    intake: sampleIntake({ acknowledgedAt: null }) as Intake,
    invoice: undefined as Invoice | undefined,
    hubs: options.hubs ?? 1,
    places: options.places ?? 0,
    done: [] as string[],
  };
  const set = (change: Partial<Registration>): void => {
    records.registration = { ...records.registration, ...change };
  };
  const setIntake = (change: Partial<Intake>): void => {
    records.intake = { ...records.intake, ...change };
  };
  /** A function that does something once it does not fail. */
  const task = (name: string, run: (event: { reminderDay: number }) => void) => (event: unknown) => {
    const error = options.fail?.[name]?.shift();
    if (error !== undefined) throw failure(error);
    records.done.push(name);
    run(event as { reminderDay: number });
    return {};
  };
  const decideBy = (days: number): string => new Date(walk.now().getTime() + days * day).toISOString();
  const walk: MachineWalk = walkMachine(
    'registration',
    {
      PlanRegistration: () => {
        const error = options.fail?.PlanRegistration?.shift();
        if (error !== undefined) throw failure(error);
        beginDecisionOn(walk);
        return nextRegistrationStep({ round, ...records }, walk.now());
      },
      AcknowledgeRegistration: task('AcknowledgeRegistration', () =>
        setIntake({ acknowledgedAt: walk.now().toISOString(), correctableUntil: decideBy(1) }),
      ),
      PlaceInHub: task('PlaceInHub', () => {
        if (records.hubs > 0) set({ status: 'ACCEPTED', hubId: 'HUB1' });
        else
          setIntake({
            placement: {
              state: 'WAITING',
              waitingSince: walk.now().toISOString(),
              decideBy: decideBy(10),
              escalations: 0,
            },
          });
      }),
      EscalatePlacement: task('EscalatePlacement', () =>
        setIntake({
          placement: {
            ...records.intake.placement,
            decideBy: decideBy(10),
            escalations: records.intake.placement.escalations + 1,
          },
        }),
      ),
      GiveUpPlacement: task('GiveUpPlacement', () =>
        setIntake({ placement: { ...records.intake.placement, state: 'GIVEN_UP' } }),
      ),
      GrantFundedPlace: task('GrantFundedPlace', () => {
        if (records.places-- > 0) set({ status: 'COVERED', funderId: 'SAMPLE-TRUST' });
        else
          setIntake({
            funding: {
              state: 'WAITING',
              waitingSince: walk.now().toISOString(),
              decideBy: decideBy(10),
              decidedBy: null,
            },
          });
      }),
      BillTheSchool: task('BillTheSchool', () =>
        setIntake({ funding: { ...records.intake.funding, state: 'BILL_SCHOOL' } }),
      ),
      IssueInvoice: task('IssueInvoice', () => {
        set({ status: 'AWAITING_PAYMENT', invoiceNumber: 'INV-2026-00001' });
        records.invoice = sampleInvoice({
          issuedOn: londonDate(walk.now()),
          dueOn: addDays(londonDate(walk.now()), 30),
        });
      }),
      SendInvoice: task('SendInvoice', () =>
        setIntake({ sent: { ...records.intake.sent, invoiceVersion: records.invoice?.pdfVersion ?? 1 } }),
      ),
      SendPaymentReminder: task('SendPaymentReminder', ({ reminderDay }) =>
        setIntake({ remindersDone: [...records.intake.remindersDone, reminderDay] }),
      ),
      LapseRegistration: task('LapseRegistration', () => {
        set({ status: 'LAPSED' });
        setIntake({ lapseNoticeSent: true });
      }),
      CreditInvoice: task('CreditInvoice', () => {
        if (records.invoice !== undefined)
          records.invoice = {
            ...records.invoice,
            status: 'CREDITED',
            creditedPence: 85000,
            closedAt: walk.now().toISOString(),
          };
        setIntake({ sent: { ...records.intake.sent, creditNote: true } });
      }),
      ConfirmRegistration: task('ConfirmRegistration', () => {
        if (records.registration.status === 'AWAITING_PAYMENT') set({ status: 'PAID' });
        setIntake({ confirmedAt: walk.now().toISOString() });
      }),
    },
    { registrationId: 'REG1', roundId: round.roundId },
  );
  return {
    records,
    walk,
    pass: (days: number) => walk.passUntil(new Date(walk.now().getTime() + days * day)),
    pay: () => {
      if (records.invoice !== undefined)
        records.invoice = { ...records.invoice, status: 'PAID', allocatedPence: 85000 };
    },
    set,
  };
}

describe('the registration machine', () => {
  it('takes a school from its form to a paid place', async () => {
    const { records, walk, pass, pay } = stage();
    const arn = await walk.start();
    expect(walk.wait()?.waitingFor?.S).toContain('corrections');
    await pass(2);
    expect(records.registration.status).toBe('AWAITING_PAYMENT');
    expect(walk.wait()?.deadlineName?.S).toBe('payment reminder');
    pay();
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.done).toEqual([
      'AcknowledgeRegistration',
      'PlaceInHub',
      'IssueInvoice',
      'SendInvoice',
      'ConfirmRegistration',
    ]);
    expect(records.registration.status).toBe('PAID');
    walk.cloud.close();
  });

  it('keeps the deadline that it waits for where people and tools read it', async () => {
    const { walk, pass, records } = stage();
    await walk.start();
    await pass(2);
    const wait = walk.wait();
    expect(wait?.stageName?.S).toBe('registration');
    expect(wait?.taskToken?.S).not.toBe('');
    expect(wait?.deadline?.S).toBe(
      new Date(
        `${addDays(records.invoice!.dueOn, Math.min(...round.policies.payment.reminderDays))}T08:00:00.000Z`,
      ).toISOString(),
    );
    walk.cloud.close();
  });

  it('reminds a school that does not pay in turn and lets it lapse', async () => {
    const { records, walk, pass } = stage();
    const arn = await walk.start();
    await pass(100);
    expect(records.done.filter((name) => name === 'SendPaymentReminder')).toHaveLength(
      round.policies.payment.reminderDays.length,
    );
    expect(records.done.at(-1)).toBe('LapseRegistration');
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    walk.cloud.close();
  });

  it('does not lapse a school whose day was moved while it waited', async () => {
    const { records, walk, pass, set } = stage();
    await walk.start();
    await pass(2);
    const due = records.invoice!.dueOn;
    set({ movedDeadlines: { paymentDue: addDays(due, 90) } });
    await walk.wake();
    await walk.passUntil(endOfLondonDay(addDays(due, round.policies.payment.lapseAfterDays + 2)));
    expect(records.registration.status).toBe('AWAITING_PAYMENT');
    await walk.passUntil(endOfLondonDay(addDays(due, 90 + round.policies.payment.lapseAfterDays + 1)));
    expect(records.registration.status).toBe('LAPSED');
    walk.cloud.close();
  });

  it('decides anew where the money came between its decision and its wait', async () => {
    const { records, walk, pass, pay } = stage();
    const arn = await walk.start();
    pay();
    walk.poke();
    await pass(2);
    pay();
    await walk.wake();
    expect(records.registration.status).toBe('PAID');
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    walk.cloud.close();
  });

  it('waits for an admin where no hub has room, tells them again, and goes on once the school is placed', async () => {
    const { records, walk, pass, set } = stage({ hubs: 0 });
    await walk.start();
    expect(walk.wait()?.deadlineName?.S).toBe('placement');
    await pass(25);
    expect(records.done.filter((name) => name === 'EscalatePlacement')).toHaveLength(2);
    set({ status: 'ACCEPTED', hubId: 'HUB2' });
    await walk.wake();
    expect(records.done).toContain('IssueInvoice');
    walk.cloud.close();
  });

  it('tells the admins as often as the round says, then ends in words', async () => {
    const { records, walk, pass } = stage({ hubs: 0 });
    const arn = await walk.start();
    await pass(100);
    expect(records.done.filter((name) => name === 'EscalatePlacement')).toHaveLength(
      round.policies.registration.placementEscalations,
    );
    expect(records.done.at(-1)).toBe('GiveUpPlacement');
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await walk.states(arn)).at(-1)).toBe('No hub was found, so an admin must place the school');
    walk.cloud.close();
  });

  it('takes a place of the funder and issues no invoice', async () => {
    const { records, walk, pass } = stage({ places: 1, registration: { payer: funded } });
    const arn = await walk.start();
    await pass(2);
    expect(records.done).toEqual([
      'AcknowledgeRegistration',
      'PlaceInHub',
      'GrantFundedPlace',
      'ConfirmRegistration',
    ]);
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    walk.cloud.close();
  });

  it('bills the school itself where the funder has no place and nobody decides', async () => {
    const { records, walk, pass } = stage({ places: 0, registration: { payer: funded } });
    await walk.start();
    await pass(2);
    expect(walk.wait()?.deadlineName?.S).toBe('funding');
    await pass(12);
    expect(records.done).toEqual(expect.arrayContaining(['BillTheSchool', 'IssueInvoice', 'SendInvoice']));
    walk.cloud.close();
  });

  it('takes a place that the funder adds while the school waits for one', async () => {
    const { records, walk, pass } = stage({ places: 0, registration: { payer: funded } });
    await walk.start();
    await pass(2);
    records.places = 1;
    records.intake = {
      ...records.intake,
      funding: { ...records.intake.funding, state: 'OPEN', decideBy: null },
    };
    await walk.wake();
    expect(records.registration.status).toBe('COVERED');
    walk.cloud.close();
  });

  it('sends the invoice again when a purchase order number is added', async () => {
    const { records, walk, pass } = stage();
    await walk.start();
    await pass(2);
    records.invoice = { ...records.invoice!, purchaseOrder: 'PO-1', pdfVersion: 2 };
    await walk.wake();
    expect(records.done.filter((name) => name === 'SendInvoice')).toHaveLength(2);
    walk.cloud.close();
  });

  it('decides anew when a task meets a withdrawal', async () => {
    const { records, walk, pass, set } = stage({ fail: { IssueInvoice: ['WrongStateError'] } });
    const arn = await walk.start();
    set({ status: 'ACCEPTED' });
    await pass(2);
    expect(records.registration.status).toBe('AWAITING_PAYMENT');
    expect(await walk.describe(arn)).toMatchObject({ status: 'RUNNING' });
    walk.cloud.close();
  });

  it('credits the invoice and ends when the school withdraws while it waits for the money', async () => {
    const { records, walk, pass, set } = stage();
    const arn = await walk.start();
    await pass(2);
    set({ status: 'WITHDRAWN' });
    await walk.wake();
    expect(await walk.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(records.done.at(-1)).toBe('CreditInvoice');
    expect((await walk.states(arn)).at(-1)).toBe('The registration stage has ended');
    walk.cloud.close();
  });

  it('lets only one execution have the stage; a new attempt takes it over', async () => {
    const { walk } = stage();
    const first = await walk.start();
    const second = await walk.start();
    expect((await walk.states(second)).at(-1)).toBe('Already running');
    expect(await walk.describe(first)).toMatchObject({ status: 'RUNNING' });
    const third = await walk.start(2);
    expect(await walk.states(third)).toContain('Decide the next step');
    walk.cloud.close();
  });

  it('tries again what fails for the moment', async () => {
    const { records, walk, pass } = stage({
      fail: {
        PlanRegistration: ['Lambda.TooManyRequestsException'],
        IssueInvoice: ['ConcurrentChangeError', 'Lambda.ServiceException'],
      },
    });
    await walk.start();
    await pass(2);
    expect(records.registration.status).toBe('AWAITING_PAYMENT');
    walk.cloud.close();
  });

  it.each([
    ['PlanRegistration', {}],
    ['AcknowledgeRegistration', {}],
    ['PlaceInHub', {}],
    ['EscalatePlacement', { hubs: 0 }],
    ['GiveUpPlacement', { hubs: 0 }],
    ['GrantFundedPlace', { registration: { payer: funded } }],
    ['BillTheSchool', { registration: { payer: funded } }],
    ['IssueInvoice', {}],
    ['SendInvoice', {}],
    ['SendPaymentReminder', {}],
    ['LapseRegistration', {}],
    ['CreditInvoice', { withdrawAfterDays: 3 }],
    ['ConfirmRegistration', { places: 1, registration: { payer: funded } }],
  ])('fails by name when %s cannot be done, so that an admin sees it', async (name, options) => {
    const { walk, pass, set } = stage({ ...options, fail: { [name]: ['MessageRejected'] } });
    const arn = await walk.start();
    if ('withdrawAfterDays' in options) {
      await pass(options.withdrawAfterDays);
      set({ status: 'WITHDRAWN' });
      await walk.wake();
    }
    await pass(120);
    expect(await walk.describe(arn)).toMatchObject({ status: 'FAILED', error: 'MessageRejected' });
    expect((await walk.states(arn)).at(-1)).toBe('The registration cannot go on');
    walk.cloud.close();
  });

  it('retries a function that does not answer in time', async () => {
    const { records, walk, pass } = stage({ fail: { SendInvoice: ['States.Timeout'] } });
    await walk.start();
    await pass(2);
    expect(records.done).toContain('SendInvoice');
    walk.cloud.close();
  });
});
