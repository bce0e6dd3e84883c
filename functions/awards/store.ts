import * as z from 'zod';
import { schoolIdOfUrn } from '../programme/store.ts';
import { parseStored, queryCollection, queryIndex, read, type Stored } from '../shared/table/change.ts';
import { type Key, registrationPk, schoolPk, uniqueKey } from '../shared/table/keys.ts';
import { type Award, award, type Certificate, certificate, type ResultHold, resultHold } from './model.ts';

export const awardKey = (schoolId: string, certificateNumber: string): Key => ({
  pk: schoolPk(schoolId),
  sk: `AWARD#${certificateNumber}`,
});
export const certificateKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'CERTIFICATE',
});
export const holdKey = (registrationId: string): Key => ({ pk: registrationPk(registrationId), sk: 'HOLD' });
export const escalationPrefix = 'AWARD-ESCALATION#';
export const escalationKey = (registrationId: string, about: string, number: number): Key => ({
  pk: registrationPk(registrationId),
  sk: `${escalationPrefix}${about}#${number}`,
});

/** The public register as an index partition, awards of before this system included. */
const REGISTER = 'AWARDS';
export const registerIndex = (certificateNumber: string) => ({
  roundKey: REGISTER,
  roundSort: certificateNumber,
});

/** The certificate made ready for a registration, or undefined. Not public before its release. */
export function findCertificate(registrationId: string): Promise<Stored<Certificate> | undefined> {
  return read(certificate, certificateKey(registrationId));
}

/** The hold on a result, lifted ones too, or undefined. */
export function findHold(registrationId: string): Promise<Stored<ResultHold> | undefined> {
  return read(resultHold, holdKey(registrationId));
}

const pointer = z.object({ pointsTo: z.object({ pk: z.string(), sk: z.string() }) });

/** Number of an award that was imported, made of URN, day and level (functions/programme/existing-awards.ts). */
const imported = /^PRIOR-(\d+)-/;

/** The award with this certificate number, once released; undefined before, and where there is none. */
export async function findAward(certificateNumber: string): Promise<Stored<Award> | undefined> {
  const urn = imported.exec(certificateNumber)?.[1];
  if (urn !== undefined) return read(award, awardKey(schoolIdOfUrn(urn), certificateNumber));
  const known = await read(pointer, uniqueKey('CERTIFICATE', certificateNumber));
  return known === undefined ? undefined : read(award, known.pointsTo);
}

/** Every award of a school, those of before this system included. */
export async function awardsOfSchool(schoolId: string): Promise<Stored<Award>[]> {
  return (await queryCollection(schoolPk(schoolId), 'AWARD#')).map((item) => parseStored(award, item));
}

/** The whole public register by school name, awards of before this system included. Eventually consistent. */
export async function readRegister(): Promise<Award[]> {
  const awards = (await queryIndex('byRound', REGISTER)).map((item) => parseStored(award, item));
  return awards.sort(
    (a, b) => a.schoolName.localeCompare(b.schoolName, 'en-GB') || b.awardedOn.localeCompare(a.awardedOn),
  );
}
