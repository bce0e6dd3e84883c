import * as z from 'zod';
import { type SampleHub, sampleHubs } from '../../seed/hubs.ts';
import { leaderOf } from '../../seed/people.ts';
import type { Year } from '../year.ts';

const overview = z.object({
  schools: z.array(
    z.object({
      registrationId: z.string(),
      hubId: z.string(),
      status: z.string(),
      targetLevel: z.string(),
      levelConfirmed: z.boolean(),
      actionPlan: z.string(),
      actionPlanFeedbackGiven: z.boolean(),
      submission: z.string(),
    }),
  ),
});
const submission = z.object({
  checklist: z.array(z.object({ files: z.array(z.object({ documentId: z.string(), status: z.string() })) })),
});
const address = z.object({ url: z.string() });

export const allHubs: readonly SampleHub[] = sampleHubs(90);

type Row = z.output<typeof overview>['schools'][number];

async function schoolsOf(year: Year, hub: SampleHub): Promise<Row[]> {
  const leader = await year.person(leaderOf(hub));
  return overview.parse(await leader.get('/api/hub/schools', { roundId: year.roundId })).schools;
}

/** The school's place among the applicants: the same in every round of a seed, unlike its id. */
const indexOf = (year: Year, { registrationId }: Row): number =>
  year.schools.findIndex((each) => each.registrationId === registrationId);

/** Confirms target levels, gives feedback on action plans. */
export async function tendSchools(year: Year, hub: SampleHub): Promise<void> {
  const leader = await year.person(leaderOf(hub));
  for (const school of await schoolsOf(year, hub)) {
    if (school.status !== 'IN_TRAINING') continue;
    if (!school.levelConfirmed)
      await leader.post(`/api/hub/schools/${school.registrationId}/level`, {
        level: school.targetLevel,
        reason: '',
      });
    if (school.actionPlan === 'RECEIVED' && !school.actionPlanFeedbackGiven) {
      await leader.put(`/api/hub/schools/${school.registrationId}/action-plan/feedback`, {
        text: 'A clear plan. Say how you will know that it worked.',
      });
    }
  }
}

/** Records who came to a session that was held. */
export async function recordAttendance(year: Year, hub: SampleHub, session: number): Promise<void> {
  const leader = await year.person(leaderOf(hub));
  const present = (await schoolsOf(year, hub)).filter((school) =>
    ['IN_TRAINING', 'PAID', 'COVERED', 'READY_TO_SUBMIT'].includes(school.status),
  );
  if (present.length === 0) return;
  await leader.put(`/api/hub/sessions/${session}/attendance`, {
    hubId: hub.hubId,
    roundId: year.roundId,
    attendance: present.map((school) => ({
      registrationId: school.registrationId,
      attended: year.draw.chance(0.93, 'attends', indexOf(year, school), session),
    })),
  });
}

/** Reads what waits for the sign-off; signs off, or returns it once where the school's story says so. */
export async function signOff(year: Year, hub: SampleHub, returned: Set<string>): Promise<void> {
  const leader = await year.person(leaderOf(hub));
  for (const school of await schoolsOf(year, hub)) {
    if (school.submission !== 'SIGN_OFF_REQUESTED') continue;
    const view = submission.parse(await leader.get(`/api/hub/schools/${school.registrationId}/submission`));
    const file = view.checklist.flatMap((item) => item.files).find((each) => each.status === 'ACCEPTED');
    if (file !== undefined) {
      const { url } = address.parse(
        await leader.get(`/api/hub/schools/${school.registrationId}/documents/${file.documentId}/file`),
      );
      const response = await leader.fetch(url);
      if (!response.ok) throw new Error(`a hub leader could not read a document: ${response.status}`);
      await response.arrayBuffer();
    }
    const story = year.schools.find((each) => each.registrationId === school.registrationId)?.story;
    if (story?.upload === 'RETURNED_ONCE' && !returned.has(school.registrationId)) {
      returned.add(school.registrationId);
      await leader.post(`/api/hub/schools/${school.registrationId}/return`, {
        comments: 'Please add examples to the first reflection.',
      });
    } else {
      await leader.post(`/api/hub/schools/${school.registrationId}/sign-off`, {
        comments: 'Well evidenced.',
      });
    }
  }
}
