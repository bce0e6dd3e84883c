import { readPeople } from '../people/store.ts';
import { findHub } from '../programme/store.ts';
import type { Registration } from '../registration/model.ts';
import type { Language } from '../shared/access/identity.ts';
import { causeTo, type Recipient } from '../shared/mail/duties.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { registrationPk } from '../shared/table/keys.ts';
import type { Texts } from '../shared/texts/texts.ts';
import { formatDate } from '../shared/time/london.ts';
import type { TrainingSession } from './model.ts';
import { texts } from './texts.ts';

type Values = Readonly<Record<string, string | number>>;

/** One letter to several people, each in their language and once for its cause. */
export interface Letter {
  readonly texts: Texts;
  /** `emails.<template>.subject` and `.text`. */
  readonly template: string;
  readonly cause: string;
  readonly recipients: readonly Recipient[];
  /** Placeholders, in the language of the reader. `{name}` is filled with the reader's. */
  readonly values: (language: Language, recipient: Recipient) => Values;
}

/** Sends a letter about a registration; what was sent for its cause before is not sent again. Returns how many went out. */
export async function sendLetter(registrationId: string, letter: Letter, now: Date): Promise<number> {
  let sent = 0;
  for (const to of letter.recipients) {
    const values = { name: to.name, ...letter.values(to.language, to) };
    const result = await sendMail(
      {
        collection: registrationPk(registrationId),
        cause: causeTo(letter.cause, to),
        to: to.email,
        language: to.language,
        subject: letter.texts.text(to.language, `emails.${letter.template}.subject`, values),
        // A placeholder may be empty (no comments): the paragraph then vanishes.
        text: letter.texts
          .text(to.language, `emails.${letter.template}.text`, values)
          .replace(/\n{3,}/g, '\n\n'),
      },
      now,
    );
    if (result === 'SENT') sent++;
  }
  return sent;
}

/** A session as a line for people: `14 January 2027 at 13:30, Town Hall`. */
export function whenOf(session: TrainingSession, language: Language): string {
  const date = formatDate(session.date, language);
  const { time, place } = session;
  if (time !== null && place !== null && place !== '')
    return texts.text(language, 'session-when-place', { date, time, place });
  if (time !== null) return texts.text(language, 'session-when-time', { date, time });
  if (place !== null && place !== '') return texts.text(language, 'session-when-day-place', { date, place });
  return texts.text(language, 'session-when', { date });
}

/** All sessions, a line each. */
export function sessionLines(sessions: readonly TrainingSession[], language: Language): string {
  return sessions
    .map((session) =>
      texts.text(language, 'session-line', { session: session.session, when: whenOf(session, language) }),
    )
    .join('\n');
}

/** The hub's name and its leaders' names, for letters to its schools. */
export async function hubOf(
  registration: Pick<Registration, 'hubId'>,
): Promise<{ name: string; leaders: (language: Language) => string }> {
  const hub = registration.hubId === null ? undefined : await findHub(registration.hubId);
  const names = (await readPeople(hub?.leaderIds ?? []))
    .filter((person) => person.status === 'ACTIVE')
    .map((person) => person.name);
  return {
    name: hub?.name ?? '',
    leaders: (language) => (names.length === 0 ? texts.text(language, 'nobody-yet') : names.join(', ')),
  };
}
