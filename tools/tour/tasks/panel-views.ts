import type { Lead } from '../cast.ts';
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

/** A panel member makes the defence file of a school: everything agrees with what is stored, and the PDF opens. */
export async function makeDefenceFile(screen: Screen, { school }: Lead, email: string): Promise<void> {
  const t = screen.words('panel');
  const { keyboard } = screen;
  const { name } = school.applicant.school;
  await screen.signIn(email, `/panel/cases/${school.registrationId ?? ''}`);
  await screen.heading(name);
  await keyboard.use(screen.button(t('defence.make')));
  const [, differences = ''] = t('defence.made', { when: '|', differences: 0 }).split('|');
  await screen.told(differences);
  await screen.see('defence-file');
  await screen.opensLink(t('defence.pdf'));
}
