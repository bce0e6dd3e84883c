import type { Lead } from '../cast.ts';
import type { Screen } from '../screen.ts';
import { fillReview } from './reading.ts';

/** An assessor declares before the allocation that there is no conflict. */
export async function declareNoConflict(screen: Screen, email: string): Promise<void> {
  const t = screen.words('reading');
  const { keyboard } = screen;
  await screen.signIn(email, '/assessor/');
  await screen.see('nothing-yet');
  await keyboard.use(screen.navigation(t('assessor.conflicts')));
  await screen.heading(t('conflicts.title'));
  await screen.see('conflicts');
  await keyboard.use(screen.button(t('conflicts.none')));
  await screen.told(t('conflicts.thanks'));
  await screen.see('declared');
}

/** The assessor accepts what is offered. */
export async function acceptOffer(screen: Screen, { school }: Lead, email: string): Promise<void> {
  const t = screen.words('reading');
  const { keyboard } = screen;
  await screen.signIn(email, '/assessor/');
  await screen.see('offers');
  await keyboard.use(screen.link(school.applicant.school.name));
  await screen.heading(school.applicant.school.name);
  await screen.see('offer');
  await keyboard.use(screen.button(t('assessor.accept')));
  await screen.page.getByRole('heading', { name: t('review.heading') }).waitFor();
  await screen.see('accepted');
}

/** The assessor reads what the school submitted, judges it and returns the assessment. */
export async function returnReview(screen: Screen, { school }: Lead, email: string): Promise<void> {
  const t = screen.words('reading');
  const { keyboard } = screen;
  await screen.signIn(email, '/assessor/');
  await keyboard.use(screen.link(school.applicant.school.name));
  await screen.heading(school.applicant.school.name);
  await screen.opensFile('portfolio.png');
  await fillReview(screen);
  await screen.see('review');
  await keyboard.use(screen.button(t('review.return')));
  await screen.told(t('assessor.returned'));
  await screen.see('returned');
}
