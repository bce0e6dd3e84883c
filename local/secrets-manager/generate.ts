import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import { booleanProperty } from '../core/input.ts';

/** `GenerateSecretString` of AWS::SecretsManager::Secret. */
export const generateSchema = z.strictObject({
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: booleanProperty.default(false),
  ExcludeNumbers: booleanProperty.default(false),
  ExcludePunctuation: booleanProperty.default(false),
  ExcludeUppercase: booleanProperty.default(false),
  GenerateStringKey: z.string().optional(),
  IncludeSpace: booleanProperty.default(false),
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  RequireEachIncludedType: booleanProperty.default(true),
  SecretStringTemplate: z.string().optional(),
});
export type GenerateOptions = z.infer<typeof generateSchema>;

/** A new secret string: a random password, or the template's JSON object with it under the key asked for. */
export function generateSecretString(options: GenerateOptions): string {
  const password = generatePassword(options);
  if (options.SecretStringTemplate === undefined) return password;
  const template = z.record(z.string(), z.unknown()).safeParse(JSON.parse(options.SecretStringTemplate));
  if (!template.success || options.GenerateStringKey === undefined) {
    throw new ServiceError(
      'InvalidRequestException',
      'SecretStringTemplate is a JSON object and comes with GenerateStringKey.',
    );
  }
  return JSON.stringify({ ...template.data, [options.GenerateStringKey]: password });
}

function generatePassword(options: GenerateOptions): string {
  const allowed = (characters: string) =>
    [...characters].filter((character) => !options.ExcludeCharacters.includes(character));
  const types = [
    options.ExcludeLowercase ? [] : allowed('abcdefghijklmnopqrstuvwxyz'),
    options.ExcludeUppercase ? [] : allowed('ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
    options.ExcludeNumbers ? [] : allowed('0123456789'),
    options.ExcludePunctuation ? [] : allowed('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'),
    options.IncludeSpace ? allowed(' ') : [],
  ].filter((characters) => characters.length > 0);
  const all = types.flat();
  if (all.length === 0) {
    throw new ServiceError('InvalidParameterException', 'No characters are left to make a password of.');
  }
  const pick = (characters: readonly string[]) => characters[randomInt(characters.length)] ?? '';
  const password = Array.from({ length: options.PasswordLength }, () => pick(all));
  if (options.RequireEachIncludedType && types.length <= password.length) {
    // One of each type, at places drawn without repetition.
    const places = password.map((_, index) => index);
    for (const characters of types) {
      const [place = 0] = places.splice(randomInt(places.length), 1);
      password[place] = pick(characters);
    }
  }
  return password.join('');
}
