import type { Language } from '../access/identity.ts';

/** Somebody to whom the programme writes, in their language. */
export interface Recipient {
  /** contactId of a school's contact, personId of others: part of the mail's cause. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
  /** Since when they have this part: what fell due before was somebody else's. UTC instant. */
  readonly from: string;
}

/** A mail that falls due at an instant, to people of the time. `K` tells the function that writes it what it is. */
export interface MailDuty<K extends string = string> {
  readonly kind: K;
  /** What it is a reminder of, with the day: a moved deadline is another series. Only the latest due of a series is sent. */
  readonly series: string;
  /** Cause of the mail without the recipient. */
  readonly cause: string;
  readonly at: Date;
  /** After this it has no sense any more. */
  readonly until: Date;
  readonly recipients: readonly Recipient[];
}

/** Cause of a duty's mail to one recipient: `EMAIL#<cause>` tells whether it was sent. */
export const causeTo = (cause: string, recipient: Pick<Recipient, 'id'>): string =>
  `${cause}:${recipient.id}`;

/**
 * The duties to do now, in order of time: those whose instant has come, that still have sense, the latest of each
 * series, and whose mail some recipient of that time has not been sent. `since`: what fell due before is let go.
 */
export function dueDuties<K extends string>(
  duties: readonly MailDuty<K>[],
  sent: ReadonlySet<string>,
  since: Date,
  now: Date,
): MailDuty<K>[] {
  const latest = new Map<string, MailDuty<K>>();
  for (const duty of duties) {
    if (duty.at < since || duty.at > now) continue;
    const other = latest.get(duty.series);
    if (other === undefined || other.at < duty.at) latest.set(duty.series, duty);
  }
  return [...latest.values()]
    .filter((duty) => now <= duty.until)
    .map((duty) => ({ ...duty, recipients: duty.recipients.filter((to) => isOwed(duty, to, sent)) }))
    .filter((duty) => duty.recipients.length > 0)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

function isOwed(duty: MailDuty, to: Recipient, sent: ReadonlySet<string>): boolean {
  return new Date(to.from) <= duty.at && !sent.has(causeTo(duty.cause, to));
}

/** The next instant after `now` at which a duty falls due, with the duty. */
export function nextDuty<K extends string>(
  duties: readonly MailDuty<K>[],
  now: Date,
): MailDuty<K> | undefined {
  return duties
    .filter((duty) => duty.at > now && duty.recipients.length > 0)
    .sort((a, b) => a.at.getTime() - b.at.getTime())[0];
}
