import { staff } from '../../seed/people.ts';
import type { Lead } from '../cast.ts';
import type { Screen } from '../screen.ts';

/** The funder sees the places and the schools that have them. */
export async function seePlaces(screen: Screen): Promise<void> {
  const t = screen.words('funder');
  await screen.signIn(staff.funder, '/funder/');
  await screen.heading(t('title'));
  await screen.keyboard.reach(screen.button(t('save')));
  await screen.see('places');
}

/** An administrator creates a round and opens it. */
export async function openRound(
  screen: Screen,
  round: { readonly roundId: string; readonly en: string; readonly cy: string; readonly start: string },
): Promise<void> {
  const t = screen.words('admin');
  const { keyboard } = screen;
  await screen.signIn(staff.admin, '/admin/');
  await keyboard.use(screen.navigation(t('navigation.set-up')));
  await screen.heading(t('set-up.title'));
  await screen.see('set-up');
  await keyboard.use(screen.link(t('set-up.rounds.title')));
  await screen.heading(t('rounds.title'));
  await screen.see('rounds');
  await keyboard.use(screen.link(t('rounds.new')));
  await screen.heading(t('rounds.new'));
  await keyboard.type(screen.field(t('round.short-name')), round.roundId);
  await keyboard.type(screen.field(t('round.label-en')), round.en);
  await keyboard.type(screen.field(t('round.label-cy')), round.cy);
  await keyboard.typeDay(screen.field(t('round.start')), round.start);
  await screen.see('new-round');
  await keyboard.use(screen.button(t('round.create')));
  await screen.heading(round[screen.view.language]);
  await screen.see('draft');
  await keyboard.use(screen.button(t('round.open')));
  await screen.told(t('round-status.OPEN-text'));
  await screen.see('opened');
}

/** An administrator or auditor reads the board, one school's journey and one of its runs. */
export async function readBoard(screen: Screen, { school }: Lead, role: 'admin' | 'auditor'): Promise<void> {
  const t = screen.words('admin');
  const { keyboard } = screen;
  const { name } = school.applicant.school;
  await screen.signIn(staff[role], `/${role}/`);
  await screen.heading(t('board.title'));
  await screen.see('board');
  await keyboard.use(screen.navigation(t('navigation.schools')));
  await screen.heading(t('schools.title'));
  await screen.see('schools');
  await keyboard.use(screen.link(name));
  await screen.heading(name);
  await screen.see('journey');
  await keyboard.use(screen.link(t('journey.see-run', { workflow: t('workflow.registration') })).first());
  await screen.page.locator('svg[role=group]').waitFor();
  await screen.see('run');
}

/** Anybody types the number of a certificate and learns whether it stands. */
export async function verifyCertificate(screen: Screen, { school }: Lead, number: string): Promise<void> {
  const t = screen.words('verify');
  const { keyboard } = screen;
  await screen.go('/verify/');
  await screen.see('ask');
  await keyboard.type(screen.field(t('number')), number);
  await keyboard.press('Enter');
  await screen.told(t('VALID'));
  await screen.told(school.applicant.school.name);
  await screen.see('valid');
  await keyboard.use(screen.link(t('register')));
  await screen.heading(screen.words('awards')('title'));
  await screen.see('register-of-awards');
}
