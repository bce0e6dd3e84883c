import { createHash } from 'node:crypto';
import { ALPHABET, checkCharacter, hasValidCheck } from '../shared/references/references.ts';

const BODY = 7;

/**
 * The certificate number of a registration: `PSQM-<year>-` and eight characters, the last a check character. It follows
 * from the registration alone, so that a repeated task comes to the same number; `salt` gives another one where a
 * number should be taken already.
 */
export function certificateNumberOf(registrationId: string, year: string, salt: number): string {
  const digest = createHash('sha256').update(`certificate\n${registrationId}\n${salt}`).digest();
  let body = '';
  for (let at = 0; at < BODY; at++) body += ALPHABET.charAt((digest[at] ?? 0) % ALPHABET.length);
  return `PSQM-${year}-${body}${checkCharacter(body)}`;
}

/**
 * A certificate number as people type it (any case, with or without its hyphens and spaces): the number itself, or
 * undefined where its shape or check character is wrong.
 */
export function parseCertificateNumber(text: string): string | undefined {
  const match = /^PSQM(\d{4})([A-Z2-9]{8})$/.exec(text.toUpperCase().replace(/[\s-]/g, ''));
  const [, year, word] = match ?? [];
  return year === undefined || word === undefined || !hasValidCheck(word)
    ? undefined
    : `PSQM-${year}-${word}`;
}
