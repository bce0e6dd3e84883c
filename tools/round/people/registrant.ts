import * as z from 'zod';
import { ApiRefusal } from '../../outside/visitor.ts';
import type { SchoolCase, Year } from '../year.ts';

/** What a form that had to be sent again was answered, where it is wrong. */
const refusal = z.object({ error: z.object({ code: z.string() }) });
const submitted = z.object({ registrationId: z.string(), reference: z.string(), repeated: z.boolean() });

export const emailOf = (school: SchoolCase, who: 'office' | 'head' | 'science' | 'finance'): string =>
  `${who}@${school.domain}`;

/** The school secretary fills the form in and sends it, twice where the line seems dead; a wrong form is refused. */
export async function register(year: Year, school: SchoolCase): Promise<void> {
  const { flaw } = school.applicant;
  const form = formOf(year, school);
  const body = { form, draftId: null };
  try {
    const reply = await year.stranger().post('/api/public/registrations', body);
    const again = refusal.safeParse(reply);
    if (again.success && flaw !== undefined) {
      school.refusedBecause = again.data.error.code;
      return;
    }
    const answer = submitted.parse(reply);
    school.registrationId = answer.registrationId;
    school.reference = answer.reference;
    if (year.draw.chance(0.1, 'sent twice', school.index)) {
      const second = submitted.parse(await year.stranger().post('/api/public/registrations', body));
      if (!second.repeated || second.registrationId !== answer.registrationId)
        throw new Error(`${answer.reference}: the same form made a second registration`);
    }
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status >= 500) throw error;
    if (flaw === undefined) throw error;
    school.refusedBecause = error.code;
  }
}

function formOf(year: Year, school: SchoolCase): Record<string, unknown> {
  const { applicant, story, index } = school;
  const { draw } = year;
  const named = (who: 'office' | 'head' | 'science' | 'finance', name: string) => ({
    name: `${name} ${index + 1} (sample)`,
    email: emailOf(school, who),
  });
  const flawed = applicant.flaw;
  const registrant = named('office', 'School office');
  const ages = { PRIMARY: [4, 11], INFANT: [4, 7], JUNIOR: [7, 11], FIRST: [4, 9] } as const;
  const [ageFrom, ageTo] = ages[applicant.phase];
  const funded = story.payment === 'FUNDED';
  return {
    roundId: year.roundId,
    school: { kind: 'REGISTER', urn: applicant.school.urn },
    address: {
      lines: ['School Lane'],
      town: applicant.school.town || 'Unknown',
      postcode: flawed === 'BAD_POSTCODE' ? 'NOT A POSTCODE' : applicant.school.postcode,
    },
    phase: flawed === 'SECONDARY' ? 'SECONDARY' : applicant.phase,
    phaseConfirmed: true,
    ageFrom,
    ageTo,
    pupilsOnRoll: story.small ? draw.whole(30, 100, 'pupils', index) : draw.whole(101, 620, 'pupils', index),
    teachers: draw.whole(3, 30, 'teachers', index),
    fsmPercent: draw.chance(0.1, 'fsm unknown', index)
      ? null
      : Math.round(draw.number('fsm', index) * 600) / 10,
    localAuthority: `${applicant.school.town || 'Sample'} council`,
    trust: draw.chance(0.4, 'trust', index)
      ? `Trust ${draw.whole(1, 40, 'which trust', index)} (sample)`
      : null,
    language: story.language,
    registrant: flawed === 'BAD_EMAIL' ? { ...registrant, email: 'office at school' } : registrant,
    head: { ...named('head', 'Head'), email: school.headEmail },
    subjectLeaders: [named('science', 'Science leader')],
    finance: named('finance', 'Finance'),
    hubPreference: null,
    targetLevel: story.level,
    accreditation: story.reaccreditation ? 'REACCREDITATION' : 'FIRST',
    payer: funded
      ? {
          kind: 'FUNDER',
          name: 'Sample learning trust',
          email: 'funder@trust.example.org',
          addressLines: [],
          funderId: 'SAMPLE-TRUST',
        }
      : {
          kind: 'SCHOOL',
          name: applicant.school.name,
          email: emailOf(school, 'finance'),
          addressLines: ['School Lane'],
          funderId: null,
        },
    purchaseOrder:
      draw.chance(0.3, 'order', index) && !funded
        ? { kind: 'NUMBER', number: `PO-${1000 + index}` }
        : { kind: 'NONE' },
    consents: { terms: true, dataProtection: true, publicity: true },
  };
}
