import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateSchema, generateSecretString } from '../../../local/secrets-manager/generate.ts';

describe('a generated password', () => {
  it('has its length, one of each type that is not excluded, and nothing that is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 64 }),
        fc.boolean(),
        fc.boolean(),
        fc.string({ maxLength: 5 }).filter((text) => /^[a-f1-4!#]*$/.test(text)),
        (PasswordLength, ExcludePunctuation, ExcludeNumbers, ExcludeCharacters) => {
          const password = generateSecretString(
            generateSchema.parse({ PasswordLength, ExcludePunctuation, ExcludeNumbers, ExcludeCharacters }),
          );
          expect(password).toHaveLength(PasswordLength);
          expect(password).toMatch(/[a-z]/);
          expect(password).toMatch(/[A-Z]/);
          expect(/[0-9]/.test(password)).toBe(!ExcludeNumbers);
          expect(/[^A-Za-z0-9]/.test(password)).toBe(!ExcludePunctuation);
          expect([...password].some((character) => ExcludeCharacters.includes(character))).toBe(false);
        },
      ),
    );
  });
});
