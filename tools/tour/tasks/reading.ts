import { programmeData } from '../programme-data.ts';
import { wordsFor } from '../sample-words.ts';
import type { Screen } from '../screen.ts';

/** Judges every criterion as met, writes feedback and notes and recommends the award: assessors and moderators alike. */
export async function fillReview(screen: Screen): Promise<void> {
  const t = screen.words('reading');
  const { keyboard } = screen;
  const write = wordsFor(screen.view);
  const met = programmeData.criteria.judgements.find(({ meets }) => meets);
  if (met === undefined) throw new Error('the round knows no judgement that meets a criterion');
  const criteria = screen.page.locator('fieldset.psqm-criterion');
  const count = await criteria.count();
  for (let index = 0; index < count; index++) {
    const criterion = criteria.nth(index);
    await keyboard.choose(
      criterion.getByRole('radio', { name: met.title[screen.view.language], exact: true }),
    );
    if (index > 0) continue;
    await keyboard.type(criterion.getByLabel(t('review.strengths'), { exact: true }), write.strengths);
    await keyboard.type(criterion.getByLabel(t('review.next-steps'), { exact: true }), write.nextSteps);
  }
  await keyboard.type(screen.field(t('review.feedback')), write.feedback);
  await keyboard.type(screen.field(t('review.notes')), write.notes);
  await keyboard.choose(
    screen.radio(t('review.recommendation'), t('outcome.AWARDED', { level: t('level.OUTREACH') })),
  );
  await screen.told(t('review.saved'));
}
