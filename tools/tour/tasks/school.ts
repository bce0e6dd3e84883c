import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePdf } from '../../round/files.ts';
import { emailOf } from '../../round/people/registrant.ts';
import type { Lead } from '../cast.ts';
import { programmeData } from '../programme-data.ts';
import { wordsFor } from '../sample-words.ts';
import type { Screen } from '../screen.ts';

const DOCUMENT = 'principles';

const pageOf = ({ school }: Lead): string => `/school/registrations/${school.registrationId ?? ''}`;

/** The subject leader sends a document of the checklist and sees it accepted. */
export async function uploadDocument(screen: Screen, lead: Lead, files: string): Promise<void> {
  const t = screen.words('school');
  const { keyboard } = screen;
  const made = await makePdf('principles.pdf', 'Principles', 'How we teach science in our school.');
  const file = join(files, made.name);
  writeFileSync(file, made.bytes);
  const document = programmeData.checklist.documents.find(({ id }) => id === DOCUMENT);
  if (document === undefined) throw new Error(`the checklist has no ${DOCUMENT}`);
  const title = document.title[screen.view.language];

  await screen.signIn(emailOf(lead.school, 'science'), pageOf(lead));
  await screen.see('school');
  await keyboard.use(screen.link(t('go.submission')));
  await screen.heading(t('submission.title'));
  await keyboard.giveFiles(screen.field(t('upload.label', { title })), [file]);
  await screen.button(made.name).waitFor();
  await screen.see('document-accepted');
}

/** The subject leader writes a reflection, which is saved as it is typed. */
export async function writeReflection(screen: Screen, lead: Lead): Promise<void> {
  const t = screen.words('school');
  const { keyboard } = screen;
  await screen.signIn(emailOf(lead.school, 'science'), `${pageOf(lead)}/submission`);
  const criterion = screen.page.locator('#reflections ~ section a').first();
  const title = await criterion.textContent();
  await keyboard.use(criterion);
  await screen.heading(title ?? '');
  await keyboard.type(screen.field(t('reflection.label')), wordsFor(screen.view).reflection);
  await screen.told(t('reflection.saved', { at: '' }));
  await screen.see('reflection');
  await keyboard.use(screen.button(t('reflection.next')));
  await screen.page.getByRole('heading', { level: 1, name: title ?? '', exact: true }).waitFor({
    state: 'detached',
  });
}

/** The head reads the declaration and declares the submission. */
export async function declareSubmission(screen: Screen, lead: Lead): Promise<void> {
  const t = screen.words('school');
  const { keyboard } = screen;
  await screen.signIn(lead.school.headEmail, pageOf(lead));
  await screen.see('school');
  await keyboard.use(screen.link(t('go.declare')));
  await screen.heading(t('declaration.title'));
  await screen.see('declaration');
  await keyboard.tick(screen.checkbox(t('declaration.agree')));
  await keyboard.use(screen.button(t('declaration.button')));
  await screen.told(t('declaration.done'));
  await screen.see('declared');
  lead.school.declared = true;
}

/** The subject leader reads the result. */
export async function readResult(screen: Screen, lead: Lead): Promise<void> {
  const t = screen.words('school');
  await screen.signIn(emailOf(lead.school, 'science'), pageOf(lead));
  await screen.told(t('result.AWARDED', { level: t('level.OUTREACH') }));
  await screen.keyboard.reach(screen.link(t('result.download')));
  await screen.see('result');
}
