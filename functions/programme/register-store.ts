import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { requireEnv } from '../shared/runtime/env.ts';
import { read, type Stored } from '../shared/table/change.ts';
import type { Key } from '../shared/table/keys.ts';
import type { RegisterSchool } from './model.ts';
import { buildIndex, openIndex, type RegisterIndex } from './register-index.ts';

const s3 = new S3Client({});

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

let loaded: { readonly key: string; readonly index: Promise<RegisterIndex> } | undefined;

/**
 * The register in use, read from S3 once a container and again only when an import replaced it; undefined before the
 * first import. The pointer is read at each call (one item), so that an import counts at once everywhere.
 */
export async function currentRegister(): Promise<RegisterIndex | undefined> {
  const pointer = await readRegisterPointer();
  if (pointer === undefined) return undefined;
  if (loaded?.key !== pointer.key) loaded = { key: pointer.key, index: loadIndex(pointer.key) };
  const held = loaded;
  try {
    return await held.index;
  } catch (error) {
    if (loaded === held) loaded = undefined;
    throw error;
  }
}

async function loadIndex(key: string): Promise<RegisterIndex> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: requireEnv('REGISTER_BUCKET'), Key: key }));
  if (Body === undefined) throw new Error(`the register index ${key} is empty`);
  return openIndex(await Body.transformToByteArray());
}

/** Writes the index of these schools and returns its key. */
export async function writeIndex(importId: string, schools: Iterable<RegisterSchool>): Promise<string> {
  const key = registerIndexKey(importId);
  await s3.send(
    new PutObjectCommand({
      Bucket: requireEnv('REGISTER_BUCKET'),
      Key: key,
      Body: buildIndex(schools),
      ContentType: 'application/gzip',
    }),
  );
  return key;
}
