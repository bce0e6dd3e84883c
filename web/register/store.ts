import { useEffect, useState } from 'preact/hooks';
import * as z from 'zod';
import type { FieldErrors } from '../shared/forms.tsx';
import { type Answers, type FieldName, parseAnswers } from './answers.ts';

/**
 * The answers of the form under way, in this tab's storage from the moment they are typed: a reload, the back button or
 * a refusal loses nothing. What the API refused stays beside its field until that field is changed.
 */
const KEY = 'psqm-registration';
const SENT = 'psqm-registration-sent';
const listeners = new Set<() => void>();

function stored(key: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

let answers: Answers = parseAnswers(stored(KEY));
let refused: FieldErrors = {};

function tell(): void {
  for (const listener of listeners) listener();
}

export const currentAnswers = (): Answers => answers;

/** Records answers as typed. */
export function answer(changes: Answers): void {
  replaceAnswers(
    { ...answers, ...changes },
    Object.fromEntries(Object.entries(refused).filter(([field]) => !(field in changes))),
  );
}

/** Starts from other answers: a draft, a registration to correct, or nothing. */
export function replaceAnswers(next: Answers, stillRefused: FieldErrors = {}): void {
  answers = next;
  refused = stillRefused;
  sessionStorage.setItem(KEY, JSON.stringify(answers));
  tell();
}

/** Keeps what the API refused, by field. */
export function refuse(fields: FieldErrors): void {
  refused = fields;
  tell();
}

/** The answers and what was refused, with a new rendering at each change. */
export function useAnswers(): { answers: Answers; refused: FieldErrors; get: (name: FieldName) => string } {
  const [, set] = useState(0);
  useEffect(() => {
    const listener = (): void => set((count) => count + 1);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return { answers, refused, get: (name) => answers[name] ?? '' };
}

const sentRegistration = z.object({
  registrationId: z.string(),
  reference: z.string(),
  schoolName: z.string(),
  email: z.string(),
  feePence: z.number(),
  payerKind: z.string(),
  correctableUntil: z.string(),
  repeated: z.boolean(),
  corrected: z.boolean(),
});
export type SentRegistration = z.output<typeof sentRegistration>;

/** What was sent, for the page that confirms it; the answers are dropped. */
export function rememberSent(sent: SentRegistration): void {
  sessionStorage.setItem(SENT, JSON.stringify(sent));
  replaceAnswers({});
}

export function lastSent(): SentRegistration | undefined {
  return sentRegistration.safeParse(stored(SENT)).data;
}
