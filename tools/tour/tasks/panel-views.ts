import type { Screen } from '../screen.ts';

/** A panel member looks who reads what and why, and what was drawn for a second reading, from the list of outcomes. */
export async function lookBehindOutcomes(screen: Screen, email: string): Promise<void> {
  const t = screen.words('panel');
  const { keyboard } = screen;
  await screen.signIn(email, '/panel/');
  await keyboard.use(screen.link(t('allocation.title')));
  await screen.heading(t('allocation.title'));
  await screen.see('allocation');
  await keyboard.use(screen.link(t('case.back')));
  await screen.heading(t('outcomes.title'));
  await keyboard.use(screen.link(t('moderation.title')));
  await screen.heading(t('moderation.title'));
  await screen.page.getByRole('heading', { name: t('agreement.title') }).waitFor();
  await screen.see('moderation');
}
