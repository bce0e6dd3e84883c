import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import { type DeliveryQueue, fractionOf } from '../events/deliveries.ts';
import { nextFiring, parseSchedule, ScheduleSyntaxError, timeZone } from './expression.ts';
import { callOf, firingOf } from './firing.ts';
import type { Definition, StoredSchedule } from './model.ts';
import type { SchedulerStore } from './store.ts';

const OWNER = 'scheduler';
const MINUTE = 60_000;

const timerPayload = z.object({ scheduled: z.number(), anchor: z.number() });

/** Schedules and their timers: one timer each, for its next firing. */
export class Schedules {
  readonly #cloud: CloudContext;
  readonly #store: SchedulerStore;
  readonly #deliveries: DeliveryQueue;
  readonly #kept = new Set<string>();

  constructor(cloud: CloudContext, store: SchedulerStore, deliveries: DeliveryQueue) {
    this.#cloud = cloud;
    this.#store = store;
    this.#deliveries = deliveries;
    cloud.clock.on(OWNER, ({ key, due, payload }) => this.#fire(key, due, timerPayload.parse(payload)));
  }

  /** Saves a definition, new or changed, and sets its timer. @throws ServiceError ValidationException */
  save(definition: Definition): StoredSchedule {
    check(definition);
    const { GroupName, Name } = definition;
    const now = this.#cloud.clock.now();
    const existing = this.#store.schedule(GroupName, Name);
    const schedule: StoredSchedule = {
      definition,
      arn: `arn:aws:scheduler:${this.#cloud.region}:${this.#cloud.account}:schedule/${GroupName}/${Name}`,
      created: existing?.created ?? now,
      modified: now,
    };
    this.#cloud.journal.transaction(() => {
      this.#store.saveSchedule(schedule);
      this.#cloud.clock.cancel(OWNER, keyOf(definition));
      if (definition.State === 'DISABLED') return;
      const once = definition.ScheduleExpression.startsWith('at(');
      const anchor = once ? now : Math.max(now, timeOf(definition.StartDate) ?? now);
      // A rate without a start date fires at once; what is scheduled for this very moment still counts.
      if (!this.#arm(schedule, anchor - 1, anchor)) {
        this.#cloud.log('scheduler', `${schedule.arn} has no firing to come`);
      }
    });
    return schedule;
  }

  /** What a template wants: unchanged, the schedule and its timer stay as they are, also where it is completed. */
  provision(definition: Definition): string {
    const text = JSON.stringify(definition);
    const key = keyOf(definition);
    this.#kept.add(key);
    const unchanged = this.#store.provisioned(key) === text;
    return this.#cloud.journal.transaction(() => {
      this.#store.rememberProvisioned(key, text);
      const { arn } = unchanged
        ? { arn: `arn:aws:scheduler:${this.#cloud.region}:${this.#cloud.account}:schedule/${key}` }
        : this.save(definition);
      return arn;
    });
  }

  /** Deletes the schedules that a template made earlier and this start's templates do not hold. */
  dropForgotten(): void {
    if (this.#kept.size === 0) return;
    for (const key of this.#store.provisionedKeys().filter((one) => !this.#kept.has(one))) {
      const [group = '', name = ''] = key.split('/');
      const schedule = this.#store.schedule(group, name);
      this.#store.forgetProvisioned(key);
      if (schedule !== undefined) this.delete(schedule);
    }
  }

  delete(schedule: StoredSchedule): void {
    const { GroupName, Name } = schedule.definition;
    this.#cloud.journal.transaction(() => {
      this.#store.deleteSchedule(GroupName, Name);
      this.#cloud.clock.cancel(OWNER, keyOf(schedule.definition));
    });
  }

  /**
   * One firing, within the clock's transaction. Firings that fell due while the process was down are made up for by
   * this one only: the next is reckoned from now.
   */
  #fire(key: string, due: number, { scheduled, anchor }: z.infer<typeof timerPayload>): void {
    const [group = '', name = ''] = key.split('/');
    const schedule = this.#store.schedule(group, name);
    if (schedule === undefined || schedule.definition.State === 'DISABLED') return;
    this.#deliveries.add(firingOf(this.#cloud, schedule, scheduled));
    const now = this.#cloud.clock.now();
    const late = now - due > MINUTE;
    const more = this.#arm(schedule, late ? Math.max(scheduled, now) : scheduled, anchor);
    if (!more && schedule.definition.ActionAfterCompletion === 'DELETE') this.delete(schedule);
  }

  /** Sets the timer of the first firing after `after`. @returns whether there is one */
  #arm(schedule: StoredSchedule, after: number, anchor: number): boolean {
    const { definition } = schedule;
    const zone = timeZone(definition.ScheduleExpressionTimezone);
    if (zone === undefined) return false;
    const expression = parseSchedule(definition.ScheduleExpression);
    const scheduled = nextFiring(expression, zone, after, anchor);
    const end = expression.kind === 'at' ? undefined : timeOf(definition.EndDate);
    if (scheduled === undefined || (end !== undefined && scheduled > end)) return false;
    const window = (definition.FlexibleTimeWindow.MaximumWindowInMinutes ?? 0) * MINUTE;
    // The same schedule fires at the same moment of its window in every run of a simulated round.
    const delay = Math.floor(window * fractionOf(`${schedule.arn}@${scheduled}`));
    this.#cloud.clock.set(OWNER, keyOf(definition), scheduled + delay, { scheduled, anchor });
    return true;
  }
}

function keyOf({ GroupName, Name }: Definition): string {
  return `${GroupName}/${Name}`;
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function check(definition: Definition): void {
  try {
    parseSchedule(definition.ScheduleExpression);
  } catch (error) {
    if (!(error instanceof ScheduleSyntaxError)) throw error;
    throw invalid(`Invalid Schedule Expression ${definition.ScheduleExpression}.`);
  }
  if (timeZone(definition.ScheduleExpressionTimezone) === undefined) {
    throw invalid(`Invalid Schedule Expression Timezone ${definition.ScheduleExpressionTimezone}.`);
  }
  const { Mode, MaximumWindowInMinutes } = definition.FlexibleTimeWindow;
  if ((Mode === 'FLEXIBLE') !== (MaximumWindowInMinutes !== undefined)) {
    throw invalid('MaximumWindowInMinutes must be given with the mode FLEXIBLE, and only with it.');
  }
  const start = timeOf(definition.StartDate);
  const end = timeOf(definition.EndDate);
  if (start !== undefined && end !== undefined && start >= end) {
    throw invalid('The StartDate must come before the EndDate.');
  }
  callOf(definition, definition.Target.Input ?? '{}');
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
