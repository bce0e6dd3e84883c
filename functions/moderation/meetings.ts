import type { Reader } from '../assessment/rules.ts';
import { readPeople } from '../people/store.ts';
import type { Round } from '../programme/model.ts';
import { ConcurrentChangeError, RefusedError } from '../shared/runtime/errors.ts';
import { type Actor, type Change, change, create, type Stored } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { type PanelMeeting, panelMeeting } from './model.ts';
import { listMeetings, meetingKey, readMeeting } from './store.ts';

/** A meeting with its members as they are now, for the rules on conflicts. */
export interface Sitting {
  readonly meeting: PanelMeeting;
  readonly present: readonly Reader[];
}

/** A meeting lasts until it is closed, and no longer than its day in London. */
export const isSitting = (meeting: PanelMeeting, now: Date): boolean =>
  meeting.status === 'OPEN' && londonDate(new Date(meeting.openedAt)) === londonDate(now);

/**
 * Opens a meeting with those named as present. Throws `RefusedError` meeting-open where one is sitting, not-of-panel
 * where somebody named is not of the panel, opener-not-present where who opens it is not among them. One of an earlier
 * day that nobody closed is closed with it.
 */
export async function openMeeting(
  round: Pick<Round, 'roundId' | 'policies'>,
  present: readonly string[],
  openedBy: string,
  now: Date,
): Promise<PanelMeeting> {
  const { roundId } = round;
  const named = [...new Set(present)].sort();
  if (!named.includes(openedBy)) throw new RefusedError('opener-not-present', { field: 'present' });
  const people = await readPeople(named);
  const ofPanel = people.filter(({ roles }) => roles.includes('panel'));
  if (ofPanel.length !== named.length) throw new RefusedError('not-of-panel', { field: 'present' });
  const meetings = await listMeetings(roundId);
  if (meetings.some((one) => isSitting(one, now))) throw new RefusedError('meeting-open');
  const system: Actor = { kind: 'system', id: 'panel' };
  for (const { number, status } of meetings) {
    if (status === 'OPEN')
      await closeMeeting(roundId, number, 'Closed with its day; nobody closed it', system, now);
  }
  const number = (meetings.at(-1)?.number ?? 0) + 1;
  const next: PanelMeeting = {
    roundId,
    number,
    status: 'OPEN',
    quorum: round.policies.panel.quorum,
    present: named,
    openedBy,
    openedAt: now.toISOString(),
    closedBy: null,
    closedAt: null,
    note: null,
    postponed: [],
  };
  await create(
    meetingKey(roundId, number),
    {
      next,
      audit: { action: 'open-panel-meeting', actor: { kind: 'person', id: openedBy } },
      events: [{ name: 'PanelMeetingOpened', detail: { roundId, meeting: number } }],
    },
    now,
    () => new RefusedError('meeting-open'),
  );
  return next;
}

/** Closes a meeting with a note for its minutes. Again changes nothing. */
export async function closeMeeting(
  roundId: string,
  number: number,
  note: string | null,
  actor: Actor,
  now: Date,
): Promise<void> {
  await changeMeeting(roundId, number, now, (current) =>
    current.status === 'CLOSED'
      ? undefined
      : {
          next: {
            ...withoutStored(current),
            status: 'CLOSED',
            closedAt: now.toISOString(),
            closedBy: actor.id,
            note,
          },
          audit: {
            action: 'close-panel-meeting',
            actor,
            ...(note === null ? {} : { reason: note }),
          },
          events: [{ name: 'PanelMeetingClosed', detail: { roundId, meeting: number } }],
        },
  );
}

/** Writes down which cases were left to the next meeting for want of a quorum. Again changes nothing. */
export async function postpone(
  roundId: string,
  number: number,
  registrationIds: readonly string[],
  actor: Actor,
  now: Date,
): Promise<void> {
  if (registrationIds.length === 0) return;
  await changeMeeting(roundId, number, now, (current) => {
    const more = registrationIds.filter((one) => !current.postponed.includes(one)).sort();
    if (more.length === 0) return undefined;
    return {
      next: { ...withoutStored(current), postponed: [...current.postponed, ...more] },
      audit: { action: 'postpone-cases', actor, reason: 'No quorum was present that may decide them' },
      events: [{ name: 'CasesPostponed', detail: { roundId, meeting: number, cases: more.length } }],
    };
  });
}

const changeMeeting = (
  roundId: string,
  number: number,
  now: Date,
  decide: (current: Stored<PanelMeeting>) => Change<PanelMeeting> | undefined,
): Promise<Stored<PanelMeeting>> => change(panelMeeting, meetingKey(roundId, number), now, decide);

/**
 * The sitting meeting that a member decides in. Throws `RefusedError` meeting-over where it is closed or its day is
 * over, not-present where the member is not named as present.
 */
export async function sittingOf(
  roundId: string,
  number: number,
  memberId: string,
  now: Date,
): Promise<Sitting> {
  const meeting = await readMeeting(roundId, number);
  if (!isSitting(meeting, now)) throw new RefusedError('meeting-over');
  if (!meeting.present.includes(memberId)) throw new RefusedError('not-present');
  const present = (await readPeople(meeting.present)).filter(({ roles }) => roles.includes('panel'));
  if (present.length !== meeting.present.length)
    throw new ConcurrentChangeError(`panel of ${roundId}, meeting ${number}`);
  return { meeting, present };
}
