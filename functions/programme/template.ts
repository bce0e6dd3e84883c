import * as z from 'zod';
import defaultRound from '../../programme/default-round.json' with { type: 'json' };
import { parse } from '../shared/runtime/parse.ts';
import { addDays, addMonths, nextWorkingDay } from '../shared/time/london.ts';
import {
  type Calendar,
  calendar,
  checklist,
  criteriaFramework,
  feeTable,
  policies,
  type Round,
  round,
} from './model.ts';

/** A date of the calendar, so many months and days after another one; `workingDay` moves a weekend to the Monday after. */
const dateRule = z.object({
  from: z.string(),
  months: z.number().int(),
  days: z.number().int(),
  workingDay: z.boolean(),
});
type DateRule = z.output<typeof dateRule>;

/** What a new round is made of, before it has a name and dates. */
export const roundTemplate = z.object({
  calendar: z.record(calendar.omit({ sessions: true }).keyof(), dateRule),
  sessions: z.array(dateRule).min(1),
  fees: feeTable,
  criteria: criteriaFramework,
  checklist,
  policies,
});
export type RoundTemplate = z.output<typeof roundTemplate>;

/** The default programme (programme/default-round.json); see programme/README.md for what of it is a placeholder. */
export function defaultTemplate(): RoundTemplate {
  return parse('programme/default-round.json', roundTemplate, defaultRound);
}

export interface NewRound {
  readonly roundId: string;
  readonly label: Round['label'];
  /** The day on which training starts; every other date follows by the template's rules. */
  readonly start: string;
  /** Dates that are already known, in place of computed ones. Dates computed from them follow. */
  readonly calendar?: Partial<Calendar>;
}

/** A draft round from a template. Throws where the template's dates refer to each other in a circle. */
export function buildRound(given: NewRound, template: RoundTemplate = defaultTemplate()): Round {
  const days = new Map<string, string>([['start', given.start]]);
  const { sessions: givenSessions, ...known } = given.calendar ?? {};
  for (const [name, day] of Object.entries(known)) if (day !== undefined) days.set(name, day);
  const rules = new Map<string, DateRule>(Object.entries(template.calendar));

  const dayOf = (name: string, asking: readonly string[]): string => {
    const day = days.get(name);
    if (day !== undefined) return day;
    const rule = rules.get(name);
    if (rule === undefined || asking.includes(name))
      throw new Error(`the calendar's template says nothing of ${name}`);
    const computed = apply(rule, dayOf(rule.from, [...asking, name]));
    days.set(name, computed);
    return computed;
  };
  const computed = Object.fromEntries([...rules.keys()].map((name) => [name, dayOf(name, [])]));
  const sessions = givenSessions ?? template.sessions.map((rule) => apply(rule, dayOf(rule.from, [])));
  return parse('round', round, {
    roundId: given.roundId,
    label: given.label,
    status: 'DRAFT',
    calendar: { ...computed, sessions },
    fees: template.fees,
    criteria: template.criteria,
    checklist: template.checklist,
    policies: template.policies,
    allocationAttempt: 0,
    moderationAttempt: 0,
    resultsReleasedAt: null,
    movedDeadlines: {},
  });
}

function apply(rule: DateRule, from: string): string {
  const day = addDays(addMonths(from, rule.months), rule.days);
  return rule.workingDay ? nextWorkingDay(day) : day;
}
