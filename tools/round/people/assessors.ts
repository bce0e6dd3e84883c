import * as z from 'zod';
import { type AssessorStory, assessorStory } from '../story.ts';
import { refusalOf, type SchoolCase, type Year } from '../year.ts';
import { openDocuments, reading, reviewOf } from './readers.ts';

const list = z.object({
  assignments: z.array(
    z.object({
      assignmentId: z.string(),
      status: z.string(),
      school: z.object({ name: z.string(), town: z.string() }),
      dueOn: z.string().nullable(),
    }),
  ),
});
const detail = reading.extend({ open: z.boolean() });

/** One assessor in the year: what they were seen to do so far. */
export interface AssessorState {
  readonly email: string;
  readonly story: AssessorStory;
  /** Day on which accepted work is read. */
  readonly readsOn: Map<string, string>;
  refusedOnce: boolean;
  mismatches: number;
}

export const newAssessor = (year: Year, email: string): AssessorState => ({
  email,
  story: assessorStory(email, year.draw),
  readsOn: new Map(),
  refusedOnce: false,
  mismatches: 0,
});

/** Before the allocation: declares conflicts for the round, most have none. */
export async function declareConflicts(year: Year, assessor: AssessorState): Promise<void> {
  const visitor = await year.person(assessor.email);
  const conflicts: { schoolId: string; reason: string }[] = [];
  if (year.draw.chance(0.1, 'declares', assessor.email)) {
    const known = year.schools[year.draw.whole(0, year.schools.length - 1, 'knows', assessor.email)];
    if (known !== undefined)
      conflicts.push({
        schoolId: `URN-${known.applicant.school.urn}`,
        reason: 'My child goes to this school',
      });
  }
  await visitor.put(`/api/assessor/rounds/${year.roundId}/conflicts`, { conflicts });
}

/** Answers offers and reads what is due, by the assessor's story. */
export async function work(year: Year, assessor: AssessorState): Promise<void> {
  if (assessor.story === 'SILENT') return;
  const visitor = await year.person(assessor.email);
  const { assignments } = list.parse(await visitor.get('/api/assessor/assignments'));
  for (const each of assignments) {
    const path = `/api/assessor/assignments/${each.assignmentId}`;
    if (each.status === 'OFFERED') {
      if (assessor.story === 'DECLINES_ONE' && !assessor.refusedOnce) {
        assessor.refusedOnce = true;
        await visitor.post(`${path}/decline`, { code: 'WORKLOAD', reason: 'Too much work this month' });
      } else {
        await visitor.post(`${path}/accept`);
        assessor.readsOn.set(
          each.assignmentId,
          addDays(year.today, year.draw.whole(2, 15, 'reads', assessor.email, each.school.name)),
        );
      }
      continue;
    }
    if (each.status !== 'ACCEPTED' && each.status !== 'IN_REVIEW') continue;
    if ((assessor.readsOn.get(each.assignmentId) ?? year.today) > year.today) continue;
    if (
      !assessor.refusedOnce &&
      (assessor.story === 'FINDS_CONFLICT' || assessor.story === 'WITHDRAWS_ONE')
    ) {
      assessor.refusedOnce = true;
      const code = assessor.story === 'FINDS_CONFLICT' ? 'CONFLICT' : 'ILLNESS';
      await visitor.post(`${path}/withdraw`, {
        code,
        reason: code === 'CONFLICT' ? 'I taught at this school until last year' : 'I am ill',
      });
      continue;
    }
    await readAndReturn(year, assessor, each.assignmentId, each.school);
  }
}

async function readAndReturn(
  year: Year,
  assessor: AssessorState,
  assignmentId: string,
  school: { name: string; town: string },
): Promise<void> {
  const visitor = await year.person(assessor.email);
  const path = `/api/assessor/assignments/${assignmentId}`;
  const { criteria, material, open } = detail.parse(await visitor.get(path));
  if (!open || criteria === null)
    throw new Error(`${assignmentId} is accepted and yet not open to its assessor`);
  assessor.mismatches += await openDocuments(visitor, path, material);
  const { story } = findSchool(year, school);
  await visitor.put(`${path}/review`, reviewOf(criteria, story, story.quality));
  await visitor.post(`${path}/return`, {
    inconsistencyReason: 'As explained in the notes to the moderator.',
  });
  assessor.readsOn.delete(assignmentId);
  const file = material?.files[0];
  if (file !== undefined) {
    const code = await refusalOf(() => visitor.get(`${path}/documents/${file.documentId}`));
    if (code === undefined) throw new Error(`${assignmentId}: the documents are still open after the return`);
  }
}

/** The school that a reader sees by name and town. */
export function findSchool(year: Year, seen: { name: string; town: string }): SchoolCase {
  const found = year.schools.filter(
    (each) => each.registrationId !== undefined && each.applicant.school.name === seen.name,
  );
  const school = found.find((each) => (each.applicant.school.town || 'Unknown') === seen.town) ?? found[0];
  if (school === undefined) throw new Error(`nobody registered ${seen.name}`);
  return school;
}

const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
