import { createHash } from 'node:crypto';
import * as z from 'zod';
import { read } from '../shared/table/change.ts';
import { type Key, uniqueKey } from '../shared/table/keys.ts';
import type { RegistrationForm } from './form.ts';

const pointer = z.object({ schoolId: z.string() });

/**
 * Where a school that the register does not hold is found again: by name, town and country, in whatever case and
 * punctuation, so that the same school abroad is one school in every round.
 */
export function schoolByHandKey(form: Pick<RegistrationForm, 'school' | 'address'>): Key | undefined {
  if (form.school.kind !== 'BY_HAND') return undefined;
  const plain = [form.school.name, form.address.town, form.school.country].map((text) =>
    text
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  );
  return uniqueKey('SCHOOL', createHash('sha256').update(plain.join('|')).digest('hex').slice(0, 32));
}

/** The id of a school entered by hand before, or undefined. */
export async function knownSchoolByHand(
  form: Pick<RegistrationForm, 'school' | 'address'>,
): Promise<string | undefined> {
  const key = schoolByHandKey(form);
  return key === undefined ? undefined : (await read(pointer, key))?.schoolId;
}
