import * as z from 'zod';
import { listAssignments } from '../assessment/store.ts';
import { actorsOf, journeyOf } from '../operations/journey.ts';
import type { Person } from '../people/model.ts';
import { readRound } from '../programme/store.ts';
import { readRegistration } from '../registration/store.ts';
import { parseStored, queryCollection } from '../shared/table/change.ts';
import { assignmentPk, registrationPk } from '../shared/table/keys.ts';
import { hashStored } from '../submissions/files.ts';
import { type FrozenVersionRecord, frozenVersion } from '../submissions/model.ts';
import { minutesOf } from './minutes.ts';
import { caseDetail, namesOf } from './panel-views.ts';
import { findCase, listDrawn, listDraws } from './store.ts';

const accessLog = z.object({
  at: z.string(),
  by: z.object({ kind: z.string(), id: z.string() }),
  as: z.string(),
  documentId: z.string(),
  sha256: z.string(),
  frozenVersion: z.number().nullish(),
});

/** One stored object against the hash that was recorded when it was frozen. */
export interface CheckedObject {
  readonly what: string;
  readonly key: string;
  readonly recorded: string;
  /** Hash of what is stored now; null where nothing is. */
  readonly stored: string | null;
  readonly agrees: boolean;
}

export type DefenceFile = Awaited<ReturnType<typeof defenceFileOf>>;

/**
 * Everything that tells how the outcome of one school came about: each step with who, when and why, under which rules
 * and versions, the hashes of what was read against what is stored now, the allocation with its explanation, the
 * readings, the draw, the adjudication, the panel's meeting and the letters. `asker` must be free of a conflict with the
 * school; the caller has checked. Throws `NotFoundError`.
 */
export async function defenceFileOf(registrationId: string, asker: Person, now: Date) {
  const registration = await readRegistration(registrationId);
  const { roundId } = registration;
  const [round, assignments, items, opened, draws, drawn] = await Promise.all([
    readRound(roundId),
    listAssignments(roundId),
    queryCollection(registrationPk(registrationId)),
    findCase(registrationId),
    listDraws(roundId),
    listDrawn(roundId),
  ]);
  const own = assignments.filter((one) => one.registrationId === registrationId);
  const ofAssignments = await Promise.all(
    own.map(({ assignmentId }) => queryCollection(assignmentPk(assignmentId))),
  );
  const all = [...items, ...ofAssignments.flat()];
  const versions = items
    .filter(({ sk }) => String(sk).startsWith('VERSION#'))
    .map((item) => parseStored(frozenVersion, item));
  const reads = items
    .filter(({ sk }) => String(sk).startsWith('ACCESS#'))
    .flatMap((item) => {
      const parsed = accessLog.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    });
  const name = await namesOf([...new Set([...actorsOf(all), ...reads.map(({ by }) => by.id)])]);
  const detail = await caseDetail({ reader: asker, roles: asker.roles }, round, registration, assignments);
  const { timeline } = journeyOf(all, (personId) => name(personId).name);
  const meeting = detail.decision?.meeting ?? null;
  const minutes = meeting === null ? undefined : await minutesOf(roundId, meeting, asker);
  const draw = drawn.filter((one) => one.registrationId === registrationId).at(-1);
  return {
    format: 'psqm-defence-file-1',
    madeAt: now.toISOString(),
    madeBy: asker.name,
    school: { name: registration.school.name, town: registration.school.town, urn: registration.school.urn },
    reference: registration.reference,
    status: registration.status,
    targetLevel: registration.targetLevel,
    rules: {
      roundId,
      round: round.label,
      criteria: round.criteria.version,
      checklist: round.checklist.version,
      fees: round.fees.version,
      calendar: round.calendar,
      movedForThisSchool: registration.movedDeadlines,
      policies: {
        assessment: round.policies.assessment,
        moderation: round.policies.moderation,
        panel: round.policies.panel,
        award: round.policies.award,
      },
    },
    submission: await Promise.all(versions.map(checkVersion)),
    reads: reads.map(({ by, ...read }) => ({
      ...read,
      by: name(by.id).name,
      agrees: versions.some(({ files }) =>
        files.some((file) => file.documentId === read.documentId && file.sha256 === read.sha256),
      ),
    })),
    assignments: detail.assignments,
    readings: detail.reviews,
    draw:
      draw === undefined
        ? null
        : {
            attempt: draw.attempt,
            seed: draws.find(({ attempt }) => attempt === draw.attempt)?.seed ?? null,
            reasons: draw.reasons,
          },
    moderation: opened === undefined ? null : detail.moderation,
    proposed: detail.proposed,
    decision: detail.decision,
    hold: detail.hold,
    meeting:
      minutes === undefined
        ? null
        : {
            number: minutes.meeting.number,
            quorum: minutes.meeting.quorum,
            openedAt: minutes.meeting.openedAt,
            closedAt: minutes.meeting.closedAt,
            present: minutes.present,
            note: minutes.meeting.note,
            row: minutes.rows.find((row) => row.registrationId === registrationId) ?? null,
          },
    letters: timeline.filter((entry) => entry.kind === 'EMAIL'),
    timeline,
  };
}

/** The objects of a frozen version, each hashed as it is stored now. */
async function checkVersion(version: FrozenVersionRecord) {
  const objects = [
    { what: 'manifest', key: version.manifestKey, recorded: version.manifestSha256 },
    { what: 'reflections', key: version.reflectionsKey, recorded: version.reflectionsSha256 },
    ...version.files.map(({ name, key, sha256 }) => ({ what: name, key, recorded: sha256 })),
  ];
  const checked: CheckedObject[] = [];
  for (const object of objects) {
    const stored = await storedHash(object.key);
    checked.push({ ...object, stored, agrees: stored === object.recorded });
  }
  return {
    version: version.number,
    level: version.level,
    declaredAt: version.declaredAt,
    frozenAt: version.frozenAt,
    objects: checked,
  };
}

async function storedHash(key: string): Promise<string | null> {
  try {
    return (await hashStored(key)).sha256;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return null;
    throw error;
  }
}

/** How many of the hashes do not agree with what is stored, or with what a reader was given. */
export const differencesIn = (file: DefenceFile): number =>
  file.submission.flatMap(({ objects }) => objects).filter(({ agrees }) => !agrees).length +
  file.reads.filter(({ agrees }) => !agrees).length;
