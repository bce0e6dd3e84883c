import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Year } from '../../round/year.ts';
import { staff } from '../../seed/people.ts';
import type { Lead } from '../cast.ts';
import type { Screen } from '../screen.ts';

/** Whose account pays for the schools of the tour. */
const COUNCIL = 'MIDSHIRE COUNTY COUNCIL';

/**
 * The finance officer sends the bank's statement of the day; a council's payment names the school and no reference, so it
 * waits for a person.
 */
export async function uploadStatement(
  screen: Screen,
  { year, school, files }: { year: Year; school: Lead['school']; files: string },
): Promise<void> {
  const t = screen.words('finance');
  const { keyboard } = screen;
  const { invoice, applicant } = school;
  if (invoice === undefined)
    throw new Error(`${applicant.school.name} has received no invoice that it could pay`);
  year.bank.pay({
    day: year.today,
    pence: invoice.pence,
    payer: COUNCIL,
    narrative: `SCIENCE MARK ${applicant.school.urn}`,
  });
  const statement = year.bank.statement(year.today);
  if (statement === undefined) throw new Error('the bank has no statement');
  const file = join(files, statement.name);
  writeFileSync(file, statement.xml);

  await screen.signIn(staff.finance, '/finance/');
  await screen.see('payments-to-decide');
  await keyboard.use(screen.navigation(t('navigation.statements')));
  await screen.heading(t('statements.title'));
  await keyboard.giveFiles(screen.field(t('statements.upload')), [file]);
  await keyboard.use(screen.button(t('statements.button')));
  await screen.told(t('statements.sent', { file: statement.name }));
  await screen.page
    .getByRole('row')
    .filter({ hasText: statement.name })
    .getByText(t('statement-status.RECONCILED'), { exact: true })
    .waitFor();
  await screen.see('statements');
  await keyboard.use(screen.link(statement.name));
  await screen.heading(statement.name);
  await screen.see('statement');
}

/** A suggested payment takes no more. */
const MAXIMUM_KEYS = 3;

/** The finance officer reads why a payment waits, puts it on the invoice that it is for, and remembers who paid it. */
export async function allocateLine(screen: Screen, { school }: Lead): Promise<void> {
  const t = screen.words('finance');
  const { keyboard } = screen;
  await screen.signIn(staff.finance, '/finance/');
  const payment = screen.page
    .getByRole('region')
    .filter({ hasText: `SCIENCE MARK ${school.applicant.school.urn}` });
  await payment.waitFor();
  await screen.see('payment');
  await keyboard.reach(payment);
  const before = keyboard.keys;
  await keyboard.press('a');
  await payment.waitFor({ state: 'detached' });
  if (keyboard.keys - before > MAXIMUM_KEYS)
    throw new Error(`${keyboard.keys - before} keys for a suggested payment, more than ${MAXIMUM_KEYS}`);
  await screen.told(t('queue.look-or-undo'));
  await screen.see('put-on-invoice');
  await keyboard.use(screen.link(t('queue.look-or-undo')));
  const remember = screen.button(t('aliases.remember'));
  await remember.waitFor();
  await screen.see('who-paid');
  await keyboard.use(remember);
  await screen.told(t('aliases.remembered', { name: COUNCIL }));
  await screen.see('remembered');
  await screen.go('/finance/payers');
  await screen.page.getByRole('region', { name: COUNCIL }).getByText(school.applicant.school.name).waitFor();
  await screen.see('who-pays-for-whom');
}

/** The finance officer keeps a trust that pays for its schools, with its own reference. */
export async function keepPayer(screen: Screen): Promise<void> {
  const t = screen.words('finance');
  const { keyboard } = screen;
  await screen.signIn(staff.finance, '/finance/payers');
  await screen.heading(t('payers.title'));
  await keyboard.use(screen.page.locator('summary').filter({ hasText: t('payers.add') }));
  const name = `Trust of ${screen.view.language} ${screen.view.width}`;
  await keyboard.type(screen.field(t('payers.name')), name);
  await keyboard.type(screen.field(t('payers.email')), `trust-${screen.view.width}@example.org`);
  await keyboard.type(screen.field(t('payers.own-reference')), 'SUP-4471');
  await screen.see('payer');
  await keyboard.use(screen.button(t('payers.keep')));
  await screen.told(t('payers.kept', { name }));
  await screen.see('payers');
}

/** A payer says that it has paid already: the finance officer stops the reminders of its invoice, with the reason. */
export async function stopReminders(screen: Screen, { school }: Lead): Promise<void> {
  const t = screen.words('finance');
  const { keyboard } = screen;
  const number = school.invoice?.number ?? '';
  await screen.signIn(staff.finance, `/finance/invoices/${number}`);
  const opens = screen.page.locator('summary').filter({ hasText: t('hold.button') });
  await opens.waitFor();
  await keyboard.use(opens);
  const said = screen.view.language === 'cy' ? 'Dywedant eu bod wedi talu' : 'They say that they have paid';
  await keyboard.type(screen.field(t('hold.reason')), said);
  await screen.see('stop-reminders');
  await keyboard.use(screen.button(t('hold.button')));
  await screen.told(t('hold.done'));
  await screen.see('reminders-rest');
}

/** The finance officer sees that the books agree with the bank, and sends a payer its statement of account. */
export async function readBooks(screen: Screen, { school }: Lead): Promise<void> {
  const t = screen.words('finance');
  const { keyboard } = screen;
  await screen.signIn(staff.finance, '/finance/');
  await keyboard.use(screen.navigation(t('navigation.books')));
  await screen.heading(t('books.title'));
  await screen.told(t('books.agrees'));
  await screen.told(t('balance.balances'));
  await screen.see('books');
  await keyboard.use(screen.link(t('months.title')));
  await screen.heading(t('months.title'));
  await screen.see('months');
  await screen.go(`/finance/invoices/${school.invoice?.number ?? ''}`);
  const payer = screen.page.locator('a[href^="/finance/payers/"]');
  await payer.waitFor();
  await keyboard.use(payer);
  const make = screen.button(t('payer.file'));
  await make.waitFor();
  await screen.see('payer');
  await keyboard.use(make);
  await screen.told(t('payer.file-made'));
  await screen.opensLink(t('payer.file-open'));
  await keyboard.use(screen.button(t('payer.send')));
  await screen.page.getByRole('table', { name: t('payer.sent-before') }).waitFor();
  await screen.see('statement-sent');
}
