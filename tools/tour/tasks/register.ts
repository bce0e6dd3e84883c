import { emailOf } from '../../round/people/registrant.ts';
import type { Lead } from '../cast.ts';
import type { Screen } from '../screen.ts';

/** The school secretary finds the school, answers step by step, checks the answers and registers the school. */
export async function registerSchool(screen: Screen, { school }: Lead): Promise<void> {
  const t = screen.words('register');
  const { keyboard } = screen;
  const { name, postcode } = school.applicant.school;
  const goOn = (): Promise<void> => keyboard.use(screen.button(t('step.continue')));
  const person = async (who: 'office' | 'head' | 'science' | 'finance', called: string): Promise<void> => {
    await keyboard.type(screen.field(t('person.name')), called);
    await keyboard.type(screen.field(t('person.email')), emailOf(school, who));
  };

  await screen.go('/');
  await screen.see('first-page');
  await screen.go('/register/');
  await screen.see('start');
  await keyboard.use(screen.button(t('start.button')));

  await screen.heading(t('school.title'));
  await keyboard.type(screen.field(t('school.search')), postcode);
  const found = screen.page.getByRole('button', { name });
  await found.waitFor();
  await screen.see('find-school');
  await keyboard.use(found);

  await screen.heading(t('address.title'));
  await keyboard.type(screen.field(t('address.line1')), '1 School Lane');
  await screen.see('address');
  await goOn();

  await screen.heading(t('phase.title'));
  await keyboard.choose(screen.radio(t('phase.label', { name }), t('phases.PRIMARY')));
  await screen.see('phase');
  await goOn();

  await screen.heading(t('figures.title'));
  await keyboard.type(screen.field(t('figures.teachers')), '');
  await goOn();
  await screen.told(t('errors.teachers'));
  await screen.see('figures-missing');
  await keyboard.type(screen.field(t('figures.teachers')), '9');
  await keyboard.type(screen.field(t('figures.fsm')), '12.5');
  await screen.see('figures');
  await goOn();

  await screen.heading(t('you.title'));
  await person('office', 'Sam Office (sample)');
  await screen.see('you');
  await goOn();

  await screen.heading(t('head.title'));
  await person('head', 'Chris Head (sample)');
  await screen.see('head');
  await goOn();

  await screen.heading(t('leaders.title'));
  await person('science', 'Alex Leader (sample)');
  await screen.see('leaders');
  await goOn();

  await screen.heading(t('level.title'));
  await keyboard.choose(screen.radio(t('level.label'), t('levels.OUTREACH')));
  await keyboard.choose(screen.radio(t('level.accreditation'), t('accreditation.FIRST')));
  await screen.see('level');
  await goOn();

  await screen.heading(t('hub.title'));
  await screen.see('hub');
  await goOn();

  await screen.heading(t('payer.title'));
  await keyboard.choose(screen.radio(t('payer.label'), t('payers.SCHOOL')));
  await person('finance', 'Jo Finance (sample)');
  await keyboard.choose(screen.radio(t('payer.order'), t('orders.NONE')));
  await screen.see('payer');
  await goOn();

  await screen.heading(t('agree.title'));
  await keyboard.choose(screen.radio(t('agree.language'), t(`languages.${screen.view.language}`)));
  for (const consent of ['terms', 'dataProtection', 'publicity'])
    await keyboard.tick(screen.checkbox(t(`agree.consents.${consent}.yes`)));
  await screen.see('agree');
  await goOn();

  await screen.heading(t('check.title'));
  await screen.button(t('check.send')).waitFor();
  await screen.see('check');
  await keyboard.use(screen.button(t('check.send')));

  await screen.heading(t('done.title'));
  await screen.see('done');
  const own = await screen.link(t('done.own')).getAttribute('href');
  school.registrationId = own?.split('/').at(-1);
  school.reference = (await screen.page.locator('.govuk-panel__body strong').textContent()) ?? undefined;
}
