import type { Lead } from '../cast.ts';
import type { Screen } from '../screen.ts';
import { fillReview } from './reading.ts';

/** The moderator reads a submission a second time, without seeing the first reading. */
export async function readAgain(screen: Screen, { school }: Lead, email: string): Promise<void> {
  const t = screen.words('reading');
  const { keyboard } = screen;
  await screen.signIn(email, '/moderator/');
  await screen.see('queue');
  await keyboard.use(screen.link(school.applicant.school.name));
  await screen.heading(school.applicant.school.name);
  await screen.opensFile('portfolio.png');
  await fillReview(screen);
  await screen.see('second-reading');
  await keyboard.use(screen.button(t('review.return')));
  await screen.told(t('moderator.returned'));
  await screen.see('returned');
}
