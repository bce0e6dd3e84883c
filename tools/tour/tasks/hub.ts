import type { Lead } from '../cast.ts';
import { wordsFor } from '../sample-words.ts';
import type { Screen } from '../screen.ts';

/** The hub leader finds the school that waits, reads its submission and signs it off. */
export async function signOffSubmission(screen: Screen, { school }: Lead, leader: string): Promise<void> {
  const t = screen.words('hub');
  const { keyboard } = screen;
  await screen.signIn(leader, '/hub/');
  await screen.see('schools');
  await keyboard.use(screen.link(school.applicant.school.name));
  await screen.heading(school.applicant.school.name);
  await screen.see('school');
  await keyboard.use(screen.link(t('school.read-and-sign-off')));
  await screen.heading(t('submission.title'));
  await screen.opensFile('portfolio.png');
  await screen.see('submission');
  await keyboard.type(screen.field(t('submission.comments')), wordsFor(screen.view).comments);
  await keyboard.use(screen.button(t('submission.sign-off')));
  await screen.told(t('submission.signed-off'));
  await screen.see('signed-off');
}
