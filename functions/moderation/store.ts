import type { Review } from '../assessment/model.ts';
import { review } from '../assessment/model.ts';
import {
  type Change,
  change,
  parseStored,
  queryCollection,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { type Key, registrationPk, roundPk } from '../shared/table/keys.ts';
import {
  type Decision,
  type DefenceRecord,
  type Draw,
  type DrawnReview,
  decision,
  defenceRecord,
  draw,
  drawPage,
  type ModerationCase,
  moderationCase,
  type PanelMeeting,
  type ProposedOutcome,
  panelMeeting,
  proposedOutcome,
  type Reading,
  reading,
} from './model.ts';

const padded = (value: number, width: number): string => String(value).padStart(width, '0');
export const drawKey = (roundId: string, attempt: number): Key => ({
  pk: roundPk(roundId),
  sk: `DRAW#${padded(attempt, 4)}`,
});
export const drawPageKey = (roundId: string, attempt: number, page: number): Key => ({
  pk: roundPk(roundId),
  sk: `DRAW-PAGE#${padded(attempt, 4)}#${padded(page, 4)}`,
});
export const caseKey = (registrationId: string): Key => ({ pk: registrationPk(registrationId), sk: 'CASE' });
export const outcomeKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'OUTCOME',
});
export const decisionKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'DECISION',
});

export const meetingPrefix = 'PANEL-MEETING#';
export const meetingKey = (roundId: string, number: number): Key => ({
  pk: roundPk(roundId),
  sk: `${meetingPrefix}${padded(number, 4)}`,
});

/** The panel's meetings of a round, the earliest first. Consistent. */
export async function listMeetings(roundId: string): Promise<Stored<PanelMeeting>[]> {
  return (await queryCollection(roundPk(roundId), meetingPrefix)).map((item) =>
    parseStored(panelMeeting, item),
  );
}

/** A meeting of the panel; throws `NotFoundError`. */
export function readMeeting(roundId: string, number: number): Promise<Stored<PanelMeeting>> {
  return readExisting(panelMeeting, meetingKey(roundId, number));
}

export const defencePrefix = 'DEFENCE#';
export const defenceKey = (registrationId: string, id: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `${defencePrefix}${id}`,
});

/** Defence files made of a registration, the earliest first. Consistent. */
export async function listDefenceFiles(registrationId: string): Promise<Stored<DefenceRecord>[]> {
  return (await queryCollection(registrationPk(registrationId), defencePrefix)).map((item) =>
    parseStored(defenceRecord, item),
  );
}

/** `<registrationId>.<nn>`, as in `READING#<nn>` of the registration's collection. */
export const readingIdOf = (registrationId: string, number: number): string =>
  `${registrationId}.${padded(number, 2)}`;

/** Where a reading is stored with its draft and its review; an id of another shape leads nowhere. */
export function readingKeys(readingId: string): { record: Key; draft: Key; review: Key } {
  const at = readingId.lastIndexOf('.');
  const pk = registrationPk(readingId.slice(0, Math.max(0, at)));
  const number = readingId.slice(at + 1);
  return {
    record: { pk, sk: `READING#${number}` },
    draft: { pk, sk: `READING-DRAFT#${number}` },
    review: { pk, sk: `READING-REVIEW#${number}` },
  };
}

/** The draws of a round, the earliest first. Consistent. */
export async function listDraws(roundId: string): Promise<Stored<Draw>[]> {
  return (await queryCollection(roundPk(roundId), 'DRAW#')).map((item) => parseStored(draw, item));
}

/** Every review that a draw of the round has decided, with the draw's attempt. Consistent. */
export async function listDrawn(roundId: string): Promise<(DrawnReview & { readonly attempt: number })[]> {
  const items = await queryCollection(roundPk(roundId), 'DRAW-PAGE#');
  return items.flatMap((item) => {
    const { sk, reviews } = parseStored(drawPage, item);
    const attempt = Number(sk.split('#')[1]);
    return reviews.map((one) => ({ ...one, attempt }));
  });
}

/** The case of a registration, or undefined. */
export function findCase(registrationId: string): Promise<Stored<ModerationCase> | undefined> {
  return read(moderationCase, caseKey(registrationId));
}

/** The cases of a round. Eventually consistent. */
export async function listCases(roundId: string): Promise<Stored<ModerationCase>[]> {
  return (await queryIndex('byRound', `${roundPk(roundId)}#CASE`)).map((item) =>
    parseStored(moderationCase, item),
  );
}

/** The readings of a registration's case, the earliest first. Consistent. */
export async function listReadings(registrationId: string): Promise<Stored<Reading>[]> {
  return (await queryCollection(registrationPk(registrationId), 'READING#')).map((item) =>
    parseStored(reading, item),
  );
}

/** The reading; throws `NotFoundError`. */
export function readReading(readingId: string): Promise<Stored<Reading>> {
  return readExisting(reading, readingKeys(readingId).record);
}

/** The readings of a round. Eventually consistent. */
export async function listRoundReadings(roundId: string): Promise<Stored<Reading>[]> {
  return (await queryIndex('byRound', `${roundPk(roundId)}#READING`)).map((item) =>
    parseStored(reading, item),
  );
}

/** The readings of a moderator. Eventually consistent. */
export async function readingsOfPerson(personId: string): Promise<Stored<Reading>[]> {
  return (await queryIndex('byPerson', `PERSON#${personId}`, 'READING#')).map((item) =>
    parseStored(reading, item),
  );
}

/** The returned review of a reading, or undefined. */
export function findReadingReview(readingId: string): Promise<Stored<Review> | undefined> {
  return read(review, readingKeys(readingId).review);
}

/** The proposed outcome of a registration, or undefined. */
export function findOutcome(registrationId: string): Promise<Stored<ProposedOutcome> | undefined> {
  return read(proposedOutcome, outcomeKey(registrationId));
}

/** The proposed and confirmed outcomes of a round. Eventually consistent. */
export async function listOutcomes(roundId: string): Promise<Stored<ProposedOutcome>[]> {
  return (await queryIndex('byRound', `${roundPk(roundId)}#OUTCOME`)).map((item) =>
    parseStored(proposedOutcome, item),
  );
}

/** The decision on a registration, or undefined. Embargoed until its result is released. */
export function findDecision(registrationId: string): Promise<Stored<Decision> | undefined> {
  return read(decision, decisionKey(registrationId));
}

type Decided<T> = Omit<Change<T>, 'next'> & { readonly set: Partial<T> };

/** Changes a case by `decide`; undefined from it changes nothing. */
export function changeCase(
  registrationId: string,
  now: Date,
  decide: (current: Stored<ModerationCase>) => Decided<ModerationCase> | undefined,
): Promise<Stored<ModerationCase>> {
  return change(moderationCase, caseKey(registrationId), now, (current) => {
    const decided = decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const { set, ...told } = decided;
    return { ...told, next: { ...rest, ...set } };
  });
}

/** Changes a reading by `decide`; undefined from it changes nothing. */
export function changeReading(
  readingId: string,
  now: Date,
  decide: (current: Stored<Reading>) => Decided<Reading> | undefined,
): Promise<Stored<Reading>> {
  return change(reading, readingKeys(readingId).record, now, (current) => {
    const decided = decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const { set, ...told } = decided;
    return { ...told, next: { ...rest, ...set } };
  });
}
