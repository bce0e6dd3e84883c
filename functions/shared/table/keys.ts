/**
 * Keys of the programme table. Item collections: one per registration, round, school, assignment, person, hub, funder,
 * bank statement. Every collection has its AUDIT#, EVENT#, EMAIL#, STAGE# and WAIT# items beside the records.
 *
 * Indexes, each named for the question it answers:
 *  byRound  (roundKey, roundSort)   what of this kind does the round have?
 *  byHub    (hubKey, hubSort)       which registrations does the hub have in the round?
 *  byPerson (personKey, personSort) what is this person's?
 *  byQueue  (queueKey, queueSort)   what waits for somebody, the most urgent first?
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const roundPk = (roundId: string): string => `ROUND#${roundId}`;
export const registrationPk = (registrationId: string): string => `REG#${registrationId}`;
export const schoolPk = (schoolId: string): string => `SCHOOL#${schoolId}`;
export const personPk = (personId: string): string => `PERSON#${personId}`;
export const hubPk = (hubId: string): string => `HUB#${hubId}`;
export const funderPk = (funderId: string): string => `FUNDER#${funderId}`;
export const assignmentPk = (assignmentId: string): string => `ASG#${assignmentId}`;
export const statementPk = (statementId: string): string => `STATEMENT#${statementId}`;

export const roundKey = (roundId: string): Key => ({ pk: roundPk(roundId), sk: 'ROUND' });
export const registrationKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'REGISTRATION',
});
export const hubKey = (hubId: string): Key => ({ pk: hubPk(hubId), sk: 'HUB' });
export const hubRoundKey = (hubId: string, roundId: string): Key => ({
  pk: hubPk(hubId),
  sk: `ROUND#${roundId}`,
});
export const personKey = (personId: string): Key => ({ pk: personPk(personId), sk: 'PERSON' });
export const assignmentKey = (assignmentId: string): Key => ({
  pk: assignmentPk(assignmentId),
  sk: 'ASSIGNMENT',
});
/** A unique value (invoice number, payment reference, certificate number, email address) and what it points to. */
export const uniqueKey = (kind: string, value: string): Key => ({
  pk: `UNIQUE#${kind}#${value}`,
  sk: 'UNIQUE',
});
/** One machine's claim of a stage of a collection, and its wait. */
export const stageKey = (pk: string, workflow: string): Key => ({ pk, sk: `STAGE#${workflow}` });
export const waitKey = (pk: string, workflow: string): Key => ({ pk, sk: `WAIT#${workflow}` });

/** Attribute values of the sparse indexes. */
export const roundIndex = (roundId: string, kind: string, id: string) => ({
  roundKey: `${roundPk(roundId)}#${kind}`,
  roundSort: id,
});
export const hubIndex = (hubId: string, roundId: string, id: string) => ({
  hubKey: `${hubPk(hubId)}#${roundId}`,
  hubSort: id,
});
export const personIndex = (personId: string, kind: string, id: string) => ({
  personKey: personPk(personId),
  personSort: `${kind}#${id}`,
});
export const queueIndex = (queue: string, due: string) => ({ queueKey: `QUEUE#${queue}`, queueSort: due });
