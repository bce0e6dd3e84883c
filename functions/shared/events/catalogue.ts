import * as z from 'zod';

/**
 * Every event of the programme: its subject, its detail, and which machines' waits it wakes. The bus carries them with
 * source `psqm` and the name as detail-type; names are past tense. An event says what happened and carries ids; readers
 * fetch the rest from the table.
 */
const id = z.string().min(1);
const registration = z.object({ registrationId: id, roundId: id });
const assignment = z.object({ assignmentId: id, registrationId: id, roundId: id });
const round = z.object({ roundId: id });

export const workflows = [
  'registration',
  'training',
  'submission',
  'allocation',
  'assessment',
  'moderation',
  'moderation-case',
  'award',
  'appeal',
  'reconciliation',
] as const;
export type WorkflowName = (typeof workflows)[number];

interface EventDefinition {
  readonly detail: z.ZodType<Record<string, unknown>>;
  /** Machines whose wait on the event's own collection is woken, so that they decide anew. */
  readonly wakes: readonly WorkflowName[];
}

const define = <D extends z.ZodType<Record<string, unknown>>>(
  detail: D,
  wakes: readonly WorkflowName[] = [],
) => ({ detail, wakes });

export const catalogue = {
  // programme
  RoundCreated: define(round),
  RoundChanged: define(round),
  RoundOpened: define(round),
  RoundClosed: define(round),
  HubChanged: define(z.object({ hubId: id })),
  FunderPlacesChanged: define(z.object({ funderId: id, roundId: id })),
  RegisterImportPrepared: define(z.object({ importId: id })),
  RegisterUploaded: define(z.object({ importId: id })),
  RegisterImported: define(z.object({ importId: id })),
  RegisterRefused: define(z.object({ importId: id })),
  AwardsImported: define(z.object({ importId: id })),
  RoundDeadlineMoved: define(round.extend({ deadline: id })),
  RegistrationDeadlineMoved: define(registration.extend({ deadline: id }), [
    'registration',
    'training',
    'submission',
    'moderation-case',
    'award',
  ]),
  // registration and payment
  RegistrationSubmitted: define(registration.extend({ attempt: z.number().int().default(1) })),
  RegistrationCorrected: define(registration, ['registration']),
  HubPlaced: define(registration.extend({ hubId: id }), ['registration']),
  /** No hub was found and nobody placed the school: it stands on the stuck board. */
  PlacementGivenUp: define(registration),
  InvoiceIssued: define(registration.extend({ invoiceNumber: id })),
  InvoiceReplaced: define(registration.extend({ invoiceNumber: id, replacedBy: id }), ['registration']),
  InvoiceHeld: define(registration.extend({ invoiceNumber: id }), ['registration']),
  PayerChanged: define(z.object({ payerId: id })),
  PayerAliasChanged: define(z.object({ aliasId: id })),
  InvoiceDueMoved: define(registration.extend({ invoiceNumber: id }), ['registration']),
  InvoiceSettled: define(registration.extend({ invoiceNumber: id }), ['registration', 'award']),
  InvoiceReopened: define(registration.extend({ invoiceNumber: id }), ['registration', 'award']),
  /** The invoice of a registration that ended: a credit note over what was unpaid. */
  InvoiceCredited: define(registration.extend({ invoiceNumber: id, creditNoteNumber: id })),
  FundingGranted: define(registration.extend({ funderId: id }), ['registration', 'award']),
  FundingDecided: define(registration, ['registration']),
  PurchaseOrderAdded: define(registration, ['registration']),
  RegistrationConfirmed: define(registration.extend({ attempt: z.number().int().default(1) })),
  RegistrationLapsed: define(registration),
  RegistrationWithdrawn: define(registration, [
    'registration',
    'training',
    'submission',
    'award',
    'moderation-case',
  ]),
  StatementPrepared: define(z.object({ statementId: id })),
  StatementUploaded: define(z.object({ statementId: id, attempt: z.number().int().default(1) })),
  StatementReconciled: define(z.object({ statementId: id })),
  StatementRefused: define(z.object({ statementId: id })),
  PaymentAllocated: define(z.object({ lineId: id, invoiceNumber: id, registrationId: id })),
  /** A payment went back to where it had come from. */
  PaymentReturned: define(z.object({ lineId: id, originalLineId: id })),
  PaymentReturnReversed: define(z.object({ lineId: id, originalLineId: id })),
  PaymentAllocationReversed: define(z.object({ lineId: id, invoiceNumber: id, registrationId: id })),
  /** Credits on account: money that a payer has with the programme beyond what is owed. */
  CreditTaken: define(registration.extend({ invoiceNumber: id, creditId: id })),
  CreditReversed: define(registration.extend({ invoiceNumber: id, creditId: id })),
  CreditUsed: define(registration.extend({ invoiceNumber: id, creditId: id })),
  CreditUseReversed: define(registration.extend({ invoiceNumber: id, creditId: id })),
  /** Money of a bank line that is no fee: a grant, a bank charge. */
  OtherEntered: define(z.object({ lineId: id, statementId: id })),
  OtherReversed: define(z.object({ lineId: id, statementId: id })),
  MonthClosed: define(z.object({ month: id })),
  /** Refunds and write-offs: asked for by one person, decided by another. */
  RefundRequested: define(registration.extend({ refundId: id })),
  RefundApproved: define(registration.extend({ refundId: id })),
  RefundRefused: define(registration.extend({ refundId: id })),
  RefundPaid: define(registration.extend({ refundId: id, lineId: id })),
  RefundPaymentReversed: define(registration.extend({ refundId: id, lineId: id })),
  WriteOffRequested: define(registration.extend({ writeOffId: id, invoiceNumber: id })),
  WriteOffApproved: define(registration.extend({ writeOffId: id, invoiceNumber: id })),
  WriteOffRefused: define(registration.extend({ writeOffId: id, invoiceNumber: id })),
  StatementAccepted: define(z.object({ statementId: id })),
  /** A bank line as it was recorded: left to people, money that left, or known from an earlier statement. */
  LineQueued: define(z.object({ lineId: id, statementId: id })),
  LineOutgoing: define(z.object({ lineId: id, statementId: id })),
  LineSeenAgain: define(z.object({ lineId: id, statementId: id })),
  InvoiceBroughtOver: define(registration.extend({ invoiceNumber: id })),
  LineParked: define(z.object({ lineId: id, statementId: id })),
  LineUnparked: define(z.object({ lineId: id, statementId: id })),
  // training
  TrainingStarted: define(registration.extend({ hubId: id })),
  ActionPlanReceived: define(registration, ['training']),
  TargetLevelConfirmed: define(registration.extend({ level: id }), ['training', 'submission']),
  TargetLevelChanged: define(registration.extend({ level: id }), ['training', 'submission']),
  AttendanceRecorded: define(registration.extend({ session: z.number().int() })),
  SessionsChanged: define(registration, ['training', 'submission']),
  ActionPlanFeedbackGiven: define(registration),
  LevelChangeRequested: define(registration.extend({ level: id })),
  LevelChangeRefused: define(registration.extend({ level: id })),
  ContactChanged: define(registration),
  HubSessionsSet: define(round.extend({ hubId: id })),
  HubMessageRecorded: define(round.extend({ hubId: id, messageId: id })),
  TrainingCompleted: define(registration.extend({ attempt: z.number().int().default(1) })),
  // submission
  SubmissionOpened: define(registration),
  /** The form was handed out with which the browser sends the file. */
  DocumentAnnounced: define(registration.extend({ documentId: id })),
  DocumentUploaded: define(registration.extend({ documentId: id })),
  /** The first of the files under check: the machine must not sleep longer than until its check is given up. */
  DocumentScanAwaited: define(registration.extend({ documentId: id }), ['training', 'submission']),
  DocumentAccepted: define(registration.extend({ documentId: id })),
  DocumentRefused: define(registration.extend({ documentId: id })),
  DocumentReplaced: define(registration.extend({ documentId: id })),
  DocumentDeleted: define(registration.extend({ documentId: id })),
  DocumentAbandoned: define(registration.extend({ documentId: id })),
  SignOffRequested: define(registration, ['submission']),
  SubmissionReturnedByHub: define(registration, ['submission']),
  SubmissionReopened: define(registration, ['submission']),
  SubmissionSignedOff: define(registration, ['submission']),
  SubmissionDeclared: define(registration, ['submission']),
  /** The submission's own record holds its frozen version, or that it came to none; its registration moves on next. */
  SubmissionVersionStored: define(registration.extend({ version: z.number().int() })),
  SubmissionClosed: define(registration),
  SubmissionFrozen: define(registration.extend({ version: z.number().int() })),
  SubmissionMissed: define(registration),
  // allocation and assessment
  AllocationRequested: define(round.extend({ attempt: z.number().int() })),
  AllocationSolved: define(round.extend({ attempt: z.number().int(), pass: z.number().int() })),
  AllocationPageOffered: define(
    round.extend({ attempt: z.number().int(), pass: z.number().int(), page: z.number().int() }),
  ),
  AllocationCompleted: define(round),
  SubmissionAllocated: define(registration),
  AssignmentOffered: define(assignment.extend({ attempt: z.number().int().default(1) })),
  AssignmentsOffered: define(round.extend({ assessorId: id })),
  AssignmentAccepted: define(assignment, ['assessment']),
  AssignmentDeclined: define(assignment, ['assessment']),
  AssignmentWithdrawn: define(assignment, ['assessment']),
  AssignmentExpired: define(assignment),
  AssignmentReassigned: define(assignment, ['assessment']),
  AssessmentStarted: define(assignment),
  AssessmentOverdue: define(assignment),
  ReallocationAsked: define(assignment),
  AssessmentReturned: define(assignment, ['assessment']),
  // moderation
  ModerationRequested: define(round.extend({ attempt: z.number().int() })),
  ModerationCaseOpened: define(registration.extend({ attempt: z.number().int().default(1) })),
  ModerationDrawn: define(round),
  DrawPageOpened: define(round.extend({ attempt: z.number().int(), page: z.number().int() })),
  ModeratorsWritten: define(round.extend({ attempt: z.number().int() })),
  CaseEscalated: define(registration),
  CaseSettled: define(registration),
  CaseClosed: define(registration),
  ModerationBegun: define(registration),
  ReadingOffered: define(registration.extend({ readingId: id })),
  ReadingRefused: define(registration.extend({ readingId: id }), ['moderation-case']),
  ReadingExpired: define(registration.extend({ readingId: id })),
  ReaderMissing: define(registration),
  ReaderNamed: define(registration.extend({ readingId: id }), ['moderation-case']),
  ReadingsCompared: define(registration),
  SecondReadingReturned: define(registration, ['moderation-case']),
  CaseAdjudicated: define(registration, ['moderation-case']),
  OutcomeProposed: define(registration),
  OutcomeClosed: define(registration),
  /** Meetings of the award panel: begun, over, and what was left to the next one for want of a quorum. */
  PanelMeetingOpened: define(round.extend({ meeting: z.number().int() })),
  PanelMeetingClosed: define(round.extend({ meeting: z.number().int() })),
  CasesPostponed: define(round.extend({ meeting: z.number().int(), cases: z.number().int() })),
  DecisionConfirmed: define(registration.extend({ outcome: id, attempt: z.number().int().default(1) }), [
    'moderation-case',
  ]),
  DefenceFileMade: define(registration),
  // awards
  ResultsReleased: define(round),
  ResultHeld: define(registration, ['award']),
  ResultHoldLifted: define(registration, ['award']),
  CertificatePrepared: define(registration),
  ResultReleased: define(registration.extend({ outcome: id })),
  AwardIssued: define(registration.extend({ certificateNumber: id })),
  AppealLodged: define(registration.extend({ attempt: z.number().int().default(1) })),
  AppealEscalated: define(registration),
  AppealDecided: define(registration, ['appeal']),
  /** A register entry that is replaced by a better one. */
  AwardRevoked: define(registration.extend({ certificateNumber: id })),
  // people and operations
  PersonAdded: define(z.object({ personId: id })),
  PersonChanged: define(z.object({ personId: id })),
  RunStopped: define(z.object({ collection: id, workflow: id, executionArn: id })),
  StuckCaseResolved: define(z.object({ collection: id, stuckId: id })),
  StageRestarted: define(z.object({ collection: id, workflow: id, attempt: z.number().int() })),
} as const satisfies Record<string, EventDefinition>;

export type EventName = keyof typeof catalogue;

export const isEventName = (name: string): name is EventName => Object.hasOwn(catalogue, name);
const eventNames: readonly EventName[] = Object.keys(catalogue).filter(isEventName);

/** Events that wake machines: those with a wait of their own to wake, and a date of a round that moves, which wakes all. */
export const wakingEvents: readonly EventName[] = eventNames.filter(
  (name) => catalogue[name].wakes.length > 0 || name === 'RoundDeadlineMoved',
);

export type EventDetail<N extends EventName> = z.input<(typeof catalogue)[N]['detail']>;

/**
 * An event to publish, as the rules return it. `collection`: the item collection (pk) of its subject, where that is not
 * the one of the record that changes (an invoice for several registrations concerns each of them).
 */
export type DomainEvent = {
  [N in EventName]: { readonly name: N; readonly detail: EventDetail<N>; readonly collection?: string };
}[EventName];

/** The detail as it travels on the bus. `collection` is the item collection (pk) of its subject, `sequence` its order there. */
export const busDetail = z.object({
  eventId: id,
  collection: id,
  sequence: z.number().int(),
  occurredAt: z.iso.datetime(),
  correlationId: id,
  data: z.record(z.string(), z.unknown()),
});
export type BusDetail = z.output<typeof busDetail>;
