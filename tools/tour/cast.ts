import type { Applicant } from '../round/applicants.ts';
import type { Payment, SchoolStory } from '../round/story.ts';
import type { SchoolCase } from '../round/year.ts';
import type { View } from './browser.ts';

/** A school of the sample register. */
interface Part {
  readonly urn: string;
  readonly name: string;
  readonly town: string;
  readonly postcode: string;
}

/** The schools of the four views, each lived through in its own language from the form to the certificate. */
const leads: readonly (Part & View)[] = [
  {
    language: 'en',
    width: 1280,
    urn: '900001',
    name: 'Example Alder Primary School (invented)',
    town: 'Exampleton',
    postcode: 'AL1 0ZZ',
  },
  {
    language: 'en',
    width: 390,
    urn: '900010',
    name: 'Example Foxglove CofE Primary School (invented)',
    town: 'Great Example',
    postcode: 'B1 0ZZ',
  },
  {
    language: 'cy',
    width: 1280,
    urn: '900055',
    name: 'Ysgol Enghraifft y Bryn (invented)',
    town: 'Caerdydd',
    postcode: 'CF3 1ZZ',
  },
  {
    language: 'cy',
    width: 390,
    urn: '900056',
    name: 'Ysgol Enghraifft Tŷ Gwyn (invented)',
    town: 'Bangor',
    postcode: 'LL4 2ZZ',
  },
];

/** Others of the round, so that lists and boards have more to show than one school. */
const others: readonly (Part & { readonly payment: Payment })[] = [
  {
    urn: '900006',
    name: 'Example Copper Primary School (invented)',
    town: 'Nether Sample',
    postcode: 'BS6 5ZZ',
    payment: 'FUNDED',
  },
  {
    urn: '900016',
    name: 'Example Linden Primary School (invented)',
    town: 'Great Example',
    postcode: 'BS7 6ZZ',
    payment: 'PROMPT',
  },
  {
    urn: '900040',
    name: 'Example Quarry Hill CofE Primary School (invented)',
    town: 'Great Example',
    postcode: 'B4 3ZZ',
    payment: 'NEVER',
  },
];

/** A school with the view in which its people look at the pages. */
export interface Lead {
  readonly view: View;
  readonly school: SchoolCase;
}

/** Everybody aims at Outreach, which is always read twice, and is found to meet it. */
const storyOf = (language: View['language'], payment: Payment): SchoolStory => ({
  level: 'OUTREACH',
  language,
  small: false,
  reaccreditation: false,
  registersOnDay: 1,
  payment,
  paysAfterDays: 5,
  withdraws: false,
  changesContact: false,
  actionPlanDaysBefore: 5,
  upload: 'GOOD',
  uploadsOnDay: 10,
  quality: 'ALL_MET',
  disputed: false,
  overruled: false,
});

function caseOf(part: Part, story: SchoolStory, index: number): SchoolCase {
  const applicant: Applicant = {
    school: { ...part, open_date: '', close_date: '' },
    phase: 'PRIMARY',
    flaw: undefined,
  };
  const domain = `school-${part.urn}.example.org`;
  return {
    applicant,
    story,
    index,
    domain,
    registrationId: undefined,
    reference: undefined,
    refusedBecause: undefined,
    invoice: undefined,
    paid: false,
    headEmail: `head@${domain}`,
    submitted: false,
    signOffAsked: false,
    headMailRead: 0,
    declared: false,
    withdrawn: false,
    actionPlanSent: false,
  };
}

/** The schools of the tour: one for each of `views`, whose people act at screens, and others, who act over the API. */
export function castOf(views: readonly View[]): { leads: Lead[]; others: SchoolCase[] } {
  const wanted = leads.filter((lead) =>
    views.some((view) => view.language === lead.language && view.width === lead.width),
  );
  return {
    leads: wanted.map((lead, index) => ({
      view: { language: lead.language, width: lead.width },
      school: caseOf(lead, storyOf(lead.language, 'NO_REFERENCE'), index),
    })),
    others: others.map((other, index) => caseOf(other, storyOf('en', other.payment), wanted.length + index)),
  };
}
