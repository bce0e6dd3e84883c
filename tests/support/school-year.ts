import type { Round } from '../../functions/programme/model.ts';
import { buildRound } from '../../functions/programme/template.ts';
import type { Registration } from '../../functions/registration/model.ts';
import type { Recipient } from '../../functions/shared/mail/duties.ts';
import type { Document, Reflection, Submission } from '../../functions/submissions/model.ts';
import type { Training } from '../../functions/training/model.ts';
import { sessionsOf } from '../../functions/training/opening.ts';

/** Records of one school's year, as they stand at its begin; tests change what they are about. Invented throughout. */
export function sampleRound(start = '2026-09-01'): Round {
  return buildRound({
    roundId: 'R26-AUTUMN',
    label: { en: 'Round 26 - Autumn 2026', cy: 'Rownd 26 - Hydref 2026' },
    start,
  });
}

const person = (
  contactId: string,
  role: Registration['contacts'][number]['role'],
): Registration['contacts'][number] => ({
  contactId,
  role,
  name: `Sample ${contactId}`,
  email: `${contactId}@school.example`,
  personId: role === 'finance' ? null : `P-${contactId}`,
  from: '2026-06-01T09:00:00.000Z',
  until: null,
});

export function sampleRegistration(change: Partial<Registration> = {}): Registration {
  return {
    registrationId: 'REG1',
    reference: 'PSQM-TEST01',
    roundId: 'R26-AUTUMN',
    schoolId: 'URN-100001',
    school: {
      urn: '100001',
      name: 'Sample Primary School',
      addressLines: ['1 Sample Road'],
      town: 'Sampleton',
      postcode: 'AL10 9AB',
      country: 'England',
      phase: 'PRIMARY',
      ageFrom: 4,
      ageTo: 11,
      pupilsOnRoll: 210,
      teachers: 9,
      fsmPercent: 20,
      localAuthority: 'Sampleshire',
      trust: null,
    },
    language: 'en',
    contacts: [
      person('head', 'head'),
      person('leader', 'subject_leader'),
      person('office', 'registrant'),
      person('money', 'finance'),
    ],
    hubPreference: null,
    hubId: 'HUB1',
    targetLevel: 'GILT',
    targetLevelConfirmed: false,
    accreditation: 'FIRST',
    payer: {
      kind: 'SCHOOL',
      name: 'Sample Primary School',
      email: 'money@school.example',
      addressLines: [],
      funderId: null,
    },
    purchaseOrder: { kind: 'NONE' },
    consents: { terms: true, dataProtection: true, publicity: true },
    fee: { pence: 85000, band: 'STANDARD', feeTableVersion: '1' },
    status: 'PAID',
    statusSince: '2026-08-01T09:00:00.000Z',
    submittedAt: '2026-06-01T09:00:00.000Z',
    formDigest: 'digest',
    invoiceNumber: 'INV-1',
    funderId: null,
    coveredAt: null,
    movedDeadlines: {},
    ended: null,
    awardedLevel: null,
    ...change,
  };
}

export function sampleTraining(round: Round, change: Partial<Training> = {}): Training {
  return {
    registrationId: 'REG1',
    roundId: round.roundId,
    hubId: 'HUB1',
    invitedAt: '2026-08-02T09:00:00.000Z',
    sessions: sessionsOf(round, undefined),
    attendance: {},
    actionPlan: null,
    feedback: null,
    levelRequest: null,
    completedAt: null,
    shortfalls: [],
    ...change,
  };
}

export function sampleSubmission(round: Round, change: Partial<Submission> = {}): Submission {
  return {
    registrationId: 'REG1',
    roundId: round.roundId,
    status: 'OPEN',
    openedAt: `${round.calendar.submissionOpens}T08:00:00.000Z`,
    exchanges: [],
    signOff: null,
    declaration: null,
    frozenVersion: 0,
    ...change,
  };
}

export function sampleDocument(change: Partial<Document> = {}): Document {
  return {
    documentId: 'DOC1',
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    documentType: 'action-plan',
    name: 'plan.pdf',
    mediaType: 'application/pdf',
    bytes: 1000,
    status: 'ACCEPTED',
    quarantineKey: 'quarantine/REG1/DOC1/plan.pdf',
    releasedKey: 'released/REG1/DOC1/plan.pdf',
    sha256: 'a'.repeat(64),
    issuedAt: '2027-03-10T09:00:00.000Z',
    expiresAt: '2027-03-10T09:15:00.000Z',
    scanningSince: null,
    settledAt: null,
    refusal: null,
    uploadedBy: 'P-leader',
    uploadedByName: 'Sample leader',
    replaces: null,
    replacedBy: null,
    ...change,
  };
}

export const sampleReflection = (criterionId: string, text = 'We did this.'): Reflection => ({
  criterionId,
  text,
  words: 3,
  revision: 1,
  savedAt: '2027-03-10T09:00:00.000Z',
  by: 'P-leader',
});

/** Everything that a level asks for, accepted and written. */
export function completeContents(
  round: Round,
  level: Round['criteria']['criteria'][number]['levels'][number],
): { documents: Document[]; reflections: Reflection[] } {
  const documents = round.checklist.documents
    .filter((type) => type.requiredFor.includes(level))
    .flatMap((type, index) =>
      Array.from({ length: Math.max(1, type.minimumFiles) }, (_, file) =>
        sampleDocument({
          documentId: `D${index}-${file}`,
          documentType: type.id,
          mediaType: type.mediaTypes[0] ?? '',
        }),
      ),
    );
  const reflections = round.criteria.criteria
    .filter((criterion) => criterion.levels.includes(level))
    .map((criterion) => sampleReflection(criterion.id));
  return { documents, reflections };
}

export const hubLeader: Recipient = {
  id: 'P-hub',
  name: 'Sample Hub Leader',
  email: 'hub@hub.example',
  language: 'en',
  from: '1970-01-01T00:00:00.000Z',
};
