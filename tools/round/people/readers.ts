import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Visitor } from '../../outside/visitor.ts';
import type { Quality, SchoolStory } from '../story.ts';

const link = z.object({ url: z.string() });

/** What a reader is given: criteria with their scale, and the frozen files with their digests. */
export const reading = z.object({
  criteria: z
    .object({
      criteria: z.array(z.object({ id: z.string() })),
      judgements: z.array(z.object({ id: z.string(), meets: z.boolean() })),
    })
    .nullable(),
  material: z
    .object({ files: z.array(z.object({ documentId: z.string(), bytes: z.number(), sha256: z.string() })) })
    .nullable(),
});
export type Reading = z.output<typeof reading>;

/** Opens every document as a reader does; returns how many of them were not what was frozen. */
export async function openDocuments(
  reader: Visitor,
  path: string,
  material: Reading['material'],
): Promise<number> {
  let different = 0;
  for (const file of material?.files ?? []) {
    const { url } = link.parse(await reader.get(`${path}/documents/${file.documentId}`));
    const response = await reader.fetch(url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (
      !response.ok ||
      bytes.length !== file.bytes ||
      createHash('sha256').update(bytes).digest('hex') !== file.sha256
    )
      different++;
  }
  return different;
}

/** The review that a reader writes of a school of this quality: judgements, feedback, notes, recommendation. */
export function reviewOf(criteria: NonNullable<Reading['criteria']>, story: SchoolStory, quality: Quality) {
  const met = criteria.judgements.find((each) => each.meets)?.id ?? '';
  const unmet = criteria.judgements.find((each) => !each.meets)?.id ?? '';
  const unmetCount: Record<Quality, number> = {
    ALL_MET: 0,
    LOWER: 2,
    WORKING_TOWARDS: 5,
    NOT_AWARDED: 9,
    FURTHER_EVIDENCE: 1,
  };
  return {
    judgements: criteria.criteria.map((criterion, index) => ({
      criterionId: criterion.id,
      judgement: index >= criteria.criteria.length - unmetCount[quality] ? unmet : met,
      strengths: 'Children explain their own enquiries well.',
      nextSteps: 'Share what works with other classes.',
    })),
    feedback:
      'Your portfolio shows science across the whole school. We enjoyed reading how children ask their own questions. As a next step, widen the links with parents.',
    notes: 'Evidence is consistent with the reflections.',
    recommendation: recommendationOf(story, quality),
  };
}

export function recommendationOf(
  story: Pick<SchoolStory, 'level'>,
  quality: Quality,
): { outcome: string; level: string | null } {
  switch (quality) {
    case 'ALL_MET':
      return { outcome: 'AWARDED', level: story.level };
    case 'LOWER':
      return { outcome: 'AWARDED_LOWER', level: story.level === 'OUTREACH' ? 'GILT' : 'PSQM' };
    case 'WORKING_TOWARDS':
      return { outcome: 'WORKING_TOWARDS', level: null };
    case 'NOT_AWARDED':
      return { outcome: 'NOT_AWARDED', level: null };
    case 'FURTHER_EVIDENCE':
      return { outcome: 'DEFERRED_FURTHER_EVIDENCE', level: null };
  }
}
