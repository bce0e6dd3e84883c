import { staff } from '../../seed/people.ts';
import type { Lead } from '../cast.ts';
import type { Screen } from '../screen.ts';

/** A panel member looks at what lies behind a proposed outcome, opens a meeting, confirms it and reads the minutes. */
export async function confirmOutcome(screen: Screen, { school }: Lead, email: string): Promise<void> {
  const t = screen.words('panel');
  const { keyboard } = screen;
  const { name } = school.applicant.school;
  await screen.signIn(email, '/panel/');
  await screen.see('outcomes');
  for (const index of staff.panel.keys()) {
    const member = screen.checkbox(`Panel member ${index + 1} (sample)`);
    if (!(await member.isChecked())) await keyboard.tick(member);
  }
  await keyboard.use(screen.button(t('meeting.open')));
  await screen.told(t('confirm.title'));
  await screen.see('meeting');
  await keyboard.use(screen.link(name));
  await screen.heading(name);
  await screen.see('case');
  await keyboard.use(screen.link(t('case.back')));
  await screen.heading(t('outcomes.title'));
  const outcome = t('outcome.AWARDED', { level: t('level.OUTREACH') });
  await keyboard.tick(screen.checkbox(`${name}: ${outcome}`));
  await keyboard.use(screen.button(t('confirm.send', { count: 1 })));
  await screen.told(t('confirm.done', { confirmed: 1, refused: 0 }));
  await screen.see('confirmed');
  await keyboard.use(screen.button(t('meeting.close')));
  await screen.button(t('meeting.open')).waitFor();
  // The latest meeting is the first of the list.
  await keyboard.use(screen.page.locator('a[href*="/meetings/"]').first());
  await screen.told(t('meeting.decisions'));
  await screen.see('minutes');
}
