import * as z from 'zod';
import { type MadeFile, makeDisguisedProgram, makeInfectedPdf, makePdf, makePng } from '../files.ts';
import { refusalOf, type SchoolCase, type Year } from '../year.ts';
import { emailOf } from './registrant.ts';

const started = z.object({
  documentId: z.string(),
  upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
});
const documentState = z.object({
  documentId: z.string(),
  status: z.string(),
  refusal: z.object({ code: z.string() }).nullable(),
});
const submission = z.object({
  status: z.string(),
  checklist: z.array(
    z.object({
      documentType: z.string(),
      required: z.boolean(),
      minimumFiles: z.number(),
      state: z.string(),
    }),
  ),
  reflections: z.array(
    z.object({ criterionId: z.string(), title: z.string(), revision: z.number(), state: z.string() }),
  ),
  missing: z.array(z.object({ code: z.string(), id: z.string(), message: z.string() })),
  can: z.object({ upload: z.boolean(), requestSignOff: z.boolean(), declare: z.boolean() }),
});
const declaration = z.object({ text: z.string(), sha256: z.string(), canDeclare: z.boolean() });
const contacts = z.object({
  contacts: z.array(
    z.object({ contactId: z.string(), role: z.string(), email: z.string(), until: z.string().nullable() }),
  ),
});

const pathOf = (school: SchoolCase): string => `/api/school/registrations/${school.registrationId ?? ''}`;
const leaderOf = (year: Year, school: SchoolCase) => year.person(emailOf(school, 'science'));

/** The subject leader sends the action plan, as text or as a file. */
export async function sendActionPlan(year: Year, school: SchoolCase): Promise<void> {
  const leader = await leaderOf(year, school);
  const text = `Our aims for science at ${school.applicant.school.name}: more enquiry, better assessment, every class outdoors once a term.`;
  if (year.draw.chance(0.5, 'plan as file', school.index)) {
    await upload(year, school, 'action-plan', await makePdf('action-plan.pdf', 'Action plan', text));
  } else {
    await leader.put(`${pathOf(school)}/action-plan`, { text });
  }
  school.actionPlanSent = true;
}

/** Sends one file as the browser does and waits for its verdict; returns the reason where it was refused. */
async function upload(
  year: Year,
  school: SchoolCase,
  documentType: string,
  file: MadeFile,
): Promise<string | undefined> {
  const leader = await leaderOf(year, school);
  const { documentId, upload: post } = started.parse(
    await leader.post(`${pathOf(school)}/documents`, {
      documentType,
      name: file.name,
      mediaType: file.type,
      bytes: file.bytes.length,
    }),
  );
  const sent = await leader.upload(post, file);
  if (sent.status >= 300)
    throw new Error(`${school.reference}: S3 refused ${file.name}: ${sent.code ?? sent.status}`);
  // The answer tells where the check stands; it is asked again only while there is no verdict.
  let state = documentState.parse(await leader.post(`${pathOf(school)}/documents/${documentId}/uploaded`));
  for (let look = 0; look < 200; look++) {
    if (state.status === 'ACCEPTED') return undefined;
    if (state.status === 'REFUSED') return state.refusal?.code ?? 'unknown';
    await new Promise((resolve) => setTimeout(resolve, 25));
    state = documentState.parse(await leader.get(`${pathOf(school)}/documents/${documentId}`));
  }
  throw new Error(`${school.reference}: no verdict on ${file.name}`);
}

/** The subject leader uploads what the checklist asks, writes the reflections and asks for the sign-off. */
export async function prepareSubmission(year: Year, school: SchoolCase): Promise<void> {
  const leader = await leaderOf(year, school);
  const view = submission.parse(await leader.get(`${pathOf(school)}/submission`));
  if (!view.can.upload) return;
  const name = school.applicant.school.name;
  for (const item of view.checklist.filter((each) => each.required && each.state === 'MISSING')) {
    if (item.documentType === 'portfolio') await sendPortfolio(year, school);
    else
      await mustBeAccepted(
        year,
        school,
        item.documentType,
        await makePdf(`${item.documentType}.pdf`, `${item.documentType} of ${name}`, 'Made for this round.'),
      );
  }
  for (const reflection of view.reflections.filter((each) => each.state !== 'COMPLETE')) {
    const text = `${reflection.title}: in our school this grew over the year. Children ask their own questions and we can show it.`;
    await leader.put(`${pathOf(school)}/reflections/${reflection.criterionId}`, {
      text,
      revision: reflection.revision,
    });
  }
  school.submitted = true;
  if (school.story.upload !== 'TOO_LATE') await askForSignOff(year, school);
}

async function sendPortfolio(year: Year, school: SchoolCase): Promise<void> {
  const { upload: story } = school.story;
  const colour = [year.draw.whole(0, 255, 'red', school.index), 120, 80] as const;
  if (story === 'INFECTED_FIRST') await mustBeRefused(year, school, await makeInfectedPdf('portfolio.pdf'));
  if (story === 'WRONG_TYPE_FIRST') await mustBeRefused(year, school, makeDisguisedProgram('portfolio.pdf'));
  const portfolio =
    story === 'LARGE'
      ? makePng('portfolio.png', 2890, 2890, 'noise')
      : makePng('portfolio.png', 640, 480, colour);
  await mustBeAccepted(year, school, 'portfolio', portfolio);
}

async function mustBeAccepted(
  year: Year,
  school: SchoolCase,
  documentType: string,
  file: MadeFile,
): Promise<void> {
  const refused = await upload(year, school, documentType, file);
  if (refused !== undefined) throw new Error(`${school.reference}: ${file.name} was refused: ${refused}`);
}

async function mustBeRefused(year: Year, school: SchoolCase, file: MadeFile): Promise<void> {
  const refused = await upload(year, school, 'portfolio', file);
  if (refused === undefined) throw new Error(`${school.reference}: ${file.name} should have been refused`);
}

async function askForSignOff(year: Year, school: SchoolCase): Promise<void> {
  const leader = await leaderOf(year, school);
  await leader.post(`${pathOf(school)}/sign-off-request`, { message: 'Please sign off our submission.' });
  school.signOffAsked = true;
}

/** After a return with comments the subject leader improves a reflection and asks again. */
export async function answerReturn(year: Year, school: SchoolCase): Promise<void> {
  const leader = await leaderOf(year, school);
  const view = submission.parse(await leader.get(`${pathOf(school)}/submission`));
  if (view.status !== 'RETURNED') return;
  const first = view.reflections[0];
  if (first !== undefined) {
    await leader.put(`${pathOf(school)}/reflections/${first.criterionId}`, {
      text: `${first.title}: with the examples that our hub leader asked for.`,
      revision: first.revision,
    });
  }
  await askForSignOff(year, school);
}

/** The head, who has had mail, reads the declaration and declares it, once the hub leader has signed off. */
export async function declare(year: Year, school: SchoolCase): Promise<void> {
  const head = await year.person(school.headEmail);
  school.headMailRead = year.inbox.of(school.headEmail).length;
  const text = declaration.parse(await head.get(`${pathOf(school)}/declaration`));
  if (!text.canDeclare) return;
  await head.post(`${pathOf(school)}/declaration`, {
    sha256: text.sha256,
    language: school.story.language,
    agreed: true,
  });
  school.declared = true;
}

/** The head leaves in mid-year: a new one takes over and the old one's access ends at once. */
export async function changeHead(year: Year, school: SchoolCase): Promise<void> {
  const leader = await leaderOf(year, school);
  const former = await year.person(school.headEmail);
  const registration = contacts.parse(await leader.get(pathOf(school)));
  const head = registration.contacts.find((each) => each.role === 'head' && each.until === null);
  if (head === undefined) throw new Error(`${school.reference} has no head`);
  const email = `new-head@${school.domain}`;
  await leader.post(`${pathOf(school)}/contacts/${head.contactId}/replacement`, {
    reason: 'The head has moved to another school',
    replacement: { name: `New head ${school.index + 1} (sample)`, email },
  });
  school.headEmail = email;
  school.headMailRead = 0;
  const code = await refusalOf(() => former.get(pathOf(school)));
  if (code === undefined) throw new Error(`${school.reference}: the former head still sees the registration`);
}

export async function withdraw(year: Year, school: SchoolCase): Promise<void> {
  const leader = await leaderOf(year, school);
  await leader.post(`${pathOf(school)}/withdrawal`, { reason: 'Our science leader is on long leave' });
  school.withdrawn = true;
}
