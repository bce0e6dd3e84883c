import type { Invoice } from '../../functions/payments/model.ts';
import type { RegistrationForm } from '../../functions/registration/form.ts';
import type { Intake } from '../../functions/registration/intake.ts';
import type { FormFacts } from '../../functions/registration/rules.ts';
import { sampleRegistration, sampleRound } from './school-year.ts';

/** A form that nothing is wrong with, for the register's school 100001. Invented throughout. */
export function sampleForm(change: Partial<RegistrationForm> = {}): RegistrationForm {
  return {
    roundId: 'R26-AUTUMN',
    school: { kind: 'REGISTER', urn: '100001' },
    address: { lines: ['1 Sample Road'], town: 'Sampleton', postcode: 'AL10 9AB' },
    phase: 'PRIMARY',
    phaseConfirmed: false,
    ageFrom: 4,
    ageTo: 11,
    pupilsOnRoll: 210,
    teachers: 9,
    fsmPercent: 20.5,
    localAuthority: 'Sampleshire',
    trust: null,
    language: 'en',
    registrant: { name: 'Sample Office', email: 'office@school.example' },
    head: { name: 'Sample Head', email: 'head@school.example' },
    subjectLeaders: [{ name: 'Sample Leader', email: 'science@school.example' }],
    finance: { name: 'Sample Finance', email: 'finance@school.example' },
    hubPreference: null,
    targetLevel: 'GILT',
    accreditation: 'FIRST',
    payer: {
      kind: 'SCHOOL',
      name: 'Sample Primary School',
      email: 'finance@school.example',
      addressLines: [],
      funderId: null,
    },
    purchaseOrder: { kind: 'NONE' },
    consents: { terms: true, dataProtection: true, publicity: false },
    registeredByHub: null,
    ...change,
  };
}

/** What the form above is judged against on a day on which it can be registered. */
export function sampleFacts(change: Partial<FormFacts> = {}): FormFacts {
  const round = sampleRound();
  return {
    round: { ...round, status: 'OPEN' },
    registerSchool: {
      urn: '100001',
      name: 'Sample Primary School',
      town: 'Sampleton',
      postcode: 'AL10 9AB',
      openDate: '',
      closeDate: '',
      phase: 'Primary',
      localAuthority: 'Sampleshire',
      trust: '',
      pupils: 210,
      fsmPercent: null,
    },
    currentLevels: [],
    alreadyRegistered: false,
    today: round.calendar.registrationOpens,
    hubIds: ['HUB1', 'HUB2'],
    funderIds: ['SAMPLE-TRUST'],
    ...change,
  };
}

export function sampleIntake(change: Partial<Intake> = {}): Intake {
  return {
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    form: sampleForm(),
    warnings: [],
    registeredBy: null,
    correctableUntil: '2026-06-02T09:00:00.000Z',
    promised: { fundingDecisionWorkingDays: 10 },
    acknowledgedAt: '2026-06-01T09:00:10.000Z',
    placement: { state: 'OPEN', waitingSince: null, decideBy: null, escalations: 0 },
    funding: { state: 'NONE', waitingSince: null, decideBy: null, decidedBy: null },
    remindersDone: [],
    sent: { invoiceVersion: 0, creditNote: false, receipt: false },
    confirmedAt: null,
    lapseNoticeSent: false,
    lastDueOn: null,
    ...change,
  };
}

export function sampleInvoice(change: Partial<Invoice> = {}): Invoice {
  const of = sampleRegistration();
  return {
    invoiceNumber: 'INV-2026-00001',
    series: 'INV-2026',
    sequenceNumber: 1,
    registrationId: of.registrationId,
    registrationReference: of.reference,
    roundId: of.roundId,
    schoolId: of.schoolId,
    schoolName: of.school.name,
    town: of.school.town,
    urn: of.school.urn,
    payer: of.payer,
    paymentReference: 'PSQM2222222',
    language: 'en',
    issuedAt: '2026-06-02T09:00:00.000Z',
    issuedOn: '2026-06-02',
    dueOn: '2026-10-16',
    lines: [{ description: 'Registration', netPence: 85000 }],
    netPence: 85000,
    vat: 'EXEMPT',
    vatPence: 0,
    grossPence: 85000,
    purchaseOrder: null,
    allocatedPence: 0,
    creditedPence: 0,
    writtenOffPence: 0,
    status: 'ISSUED',
    settledAt: null,
    closedAt: null,
    pdfVersion: 1,
    pdfKey: 'registrations/REG1/INV-2026-00001.pdf',
    ...change,
  };
}
