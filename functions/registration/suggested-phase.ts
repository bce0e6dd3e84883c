import type { Phase } from './form.ts';

/** The phase that a school's name suggests, or undefined where it suggests none. Pages ask it too, before the form is sent. */
export function suggestedPhase(name: string): Phase | undefined {
  const hints: readonly [RegExp, Phase][] = [
    [/infant.*junior|junior.*infant|primary/i, 'PRIMARY'],
    [/nursery/i, 'NURSERY'],
    [/infant/i, 'INFANT'],
    [/junior/i, 'JUNIOR'],
    [/first school/i, 'FIRST'],
    [/middle/i, 'MIDDLE'],
    [/secondary|high school|grammar|sixth form/i, 'SECONDARY'],
    [/special/i, 'SPECIAL'],
    [/through/i, 'ALL_THROUGH'],
  ];
  return hints.find(([pattern]) => pattern.test(name))?.[1];
}
