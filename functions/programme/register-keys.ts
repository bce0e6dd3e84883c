import * as z from 'zod';
import { read, type Stored } from '../shared/table/change.ts';
import type { Key } from '../shared/table/keys.ts';

/** Which index searches use, and what it came from. */
export const registerPointer = z.object({
  importId: z.string(),
  key: z.string(),
  filename: z.string(),
  schools: z.number().int().nonnegative(),
  importedAt: z.iso.datetime(),
  /** True for the sample register, whose schools do not exist. */
  invented: z.boolean(),
});
export type RegisterPointer = z.output<typeof registerPointer>;

export const REGISTER_PK = 'REGISTER';
export const registerKey: Key = { pk: REGISTER_PK, sk: 'REGISTER' };
export const registerUploadKey = (importId: string): string => `uploads/${importId}.csv`;
export const registerIndexKey = (importId: string): string => `indexes/${importId}.idx`;

/** The pointer to the register in use; undefined before the first import. */
export function readRegisterPointer(): Promise<Stored<RegisterPointer> | undefined> {
  return read(registerPointer, registerKey);
}
