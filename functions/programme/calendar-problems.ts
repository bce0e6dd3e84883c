import type { Calendar } from './model.ts';

/**
 * What is wrong with a calendar, in words for an admin: dates that must follow each other and do not. Empty for a good
 * one. The order is that of the programme's year (domain.md 1.3).
 */
export function calendarProblems(dates: Calendar): string[] {
  const inOrder: readonly (keyof Omit<Calendar, 'sessions'>)[][] = [
    ['registrationOpens', 'registrationCloses', 'submissionDue'],
    ['trainingStarts', 'actionPlanDue', 'submissionDue'],
    ['trainingStarts', 'levelChangeCutOff', 'submissionDue'],
    [
      'submissionOpens',
      'signOffDue',
      'submissionDue',
      'allocation',
      'assessmentDue',
      'moderation',
      'moderationDue',
      'results',
    ],
    ['registrationOpens', 'paymentDue', 'results'],
  ];
  const problems = new Set<string>();
  for (const names of inOrder) {
    for (const [at, name] of names.entries()) {
      const next = names[at + 1];
      if (next !== undefined && dates[name] > dates[next])
        problems.add(`${next} (${dates[next]}) is before ${name} (${dates[name]})`);
    }
  }
  for (const [at, day] of dates.sessions.entries()) {
    const next = dates.sessions[at + 1];
    if (next !== undefined && day > next)
      problems.add(`session ${at + 2} (${next}) is before session ${at + 1} (${day})`);
  }
  return [...problems];
}
