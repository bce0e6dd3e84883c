import * as z from 'zod';
import { staff } from '../../seed/people.ts';
import type { Quality } from '../story.ts';
import type { Year } from '../year.ts';
import { findSchool } from './assessors.ts';
import { openDocuments, reading, recommendationOf, reviewOf } from './readers.ts';

const list = z.object({
  readings: z.array(
    z.object({
      readingId: z.string(),
      kind: z.string(),
      status: z.string(),
      school: z.object({ name: z.string(), town: z.string() }),
    }),
  ),
});
const outcomes = z.object({
  outcomes: z.array(
    z.object({
      registrationId: z.string(),
      school: z.object({ name: z.string(), town: z.string() }),
      stage: z.string(),
      proposed: z.object({ outcome: z.string(), level: z.string().nullable() }).nullable(),
      blocked: z.string().nullable(),
    }),
  ),
});
const panelMembers = z.object({ members: z.array(z.object({ personId: z.string() })) });
const opened = z.object({ meeting: z.number() });
const confirmed = z.object({
  confirmed: z.array(z.string()),
  refused: z.array(z.object({ registrationId: z.string(), code: z.string() })),
});

/** A disputed school looks worse to its second reader. */
const secondOpinion = (quality: Quality): Quality => (quality === 'ALL_MET' ? 'LOWER' : 'ALL_MET');

/** A moderator reads again without seeing the first reading, and adjudicates where two readings differ. Returns documents that differed from what was frozen. */
export async function moderate(year: Year, email: string): Promise<number> {
  const visitor = await year.person(email);
  let mismatches = 0;
  const { readings } = list.parse(await visitor.get('/api/moderator/readings'));
  for (const each of readings) {
    if (each.status !== 'OPEN') continue;
    const path = `/api/moderator/readings/${each.readingId}`;
    const school = findSchool(year, each.school);
    const view = reading.parse(await visitor.get(path));
    mismatches += await openDocuments(visitor, path, view.material);
    if (each.kind === 'ADJUDICATION') {
      const { outcome, level } = recommendationOf(school.story, school.story.quality);
      await visitor.post(`${path}/adjudication`, {
        outcome,
        level,
        reason:
          'Both readings agree on the evidence; the first reading applies the descriptors of the level as they are written.',
        feedback: 'FIRST',
      });
    } else if (view.criteria !== null) {
      const quality = school.story.disputed ? secondOpinion(school.story.quality) : school.story.quality;
      await visitor.put(`${path}/review`, reviewOf(view.criteria, school.story, quality));
      await visitor.post(`${path}/return`, { inconsistencyReason: 'As explained in the notes.' });
    }
  }
  return mismatches;
}

/**
 * The panel meets, all members present: each confirms what they may, one outcome is overruled with its reason, the
 * meeting is closed and its minutes read. Nothing to confirm: no meeting.
 */
export async function confirmOutcomes(year: Year): Promise<number> {
  const path = `/api/panel/rounds/${year.roundId}`;
  const members = await Promise.all(staff.panel.map((email) => year.person(email)));
  const [chair] = members;
  if (chair === undefined) return 0;
  const waiting = outcomes
    .parse(await chair.get(`${path}/outcomes`))
    .outcomes.filter(({ stage }) => stage === 'PROPOSED');
  if (waiting.length === 0) return 0;
  const { members: present } = panelMembers.parse(await chair.get(`${path}/meetings`));
  const { meeting } = opened.parse(
    await chair.post(`${path}/meetings`, { present: present.map(({ personId }) => personId) }),
  );
  let count = 0;
  for (const member of members) {
    const { outcomes: rows } = outcomes.parse(await member.get(`${path}/outcomes`));
    const ready = rows.filter(
      (row) => row.stage === 'PROPOSED' && row.blocked === null && row.proposed !== null,
    );
    for (let from = 0; from < ready.length; from += 50) {
      const decisions = ready.slice(from, from + 50).map((row) => decisionOn(year, row));
      const answer = confirmed.parse(await member.post(`${path}/confirm`, { meeting, decisions }));
      count += answer.confirmed.length;
    }
  }
  await chair.post(`${path}/meetings/${meeting}/close`, { note: 'Every proposed outcome was looked at.' });
  await chair.post(`${path}/meetings/${meeting}/file`, {});
  return count;
}

/** The panel takes what is proposed, except for the school whose story says that it overrules the readers. */
function decisionOn(year: Year, row: z.output<typeof outcomes>['outcomes'][number]) {
  const { registrationId } = row;
  const { story } = findSchool(year, row.school);
  if (story.overruled && row.proposed?.outcome === 'WORKING_TOWARDS')
    return {
      registrationId,
      outcome: 'AWARDED',
      level: story.level,
      reason:
        'The panel reads the evidence of impact in the pupil voice as sufficient for the level, which both readers left out.',
    };
  return {
    registrationId,
    outcome: row.proposed?.outcome,
    level: row.proposed?.level ?? null,
  };
}
