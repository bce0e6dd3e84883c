import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Year } from '../../round/year.ts';
import { staff } from '../../seed/people.ts';
import type { Lead } from '../cast.ts';
import type { Screen } from '../screen.ts';

/** The finance officer sends the bank's statement of the day; its payment names no reference, so it waits for a person. */
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
    payer: applicant.school.name.slice(0, 60),
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

/** The finance officer reads why a payment waits and puts it on the invoice that it is for. */
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
}
