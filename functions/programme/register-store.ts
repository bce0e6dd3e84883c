import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { requireEnv } from '../shared/runtime/env.ts';
import type { RegisterSchool } from './model.ts';
import { buildIndex, openIndex, type RegisterIndex } from './register-index.ts';
import { readRegisterPointer, registerIndexKey } from './register-keys.ts';

const s3 = new S3Client({});

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

/** The school of the register with this URN, closed ones too, or undefined (also before a register was imported). */
export async function findRegisterSchool(urn: string): Promise<RegisterSchool | undefined> {
  return (await currentRegister())?.find(urn);
}

/** At most `limit` schools of the register for the words, postcode or URN of `query`: open ones first, the likeliest first. */
export async function searchRegister(query: string, limit: number): Promise<RegisterSchool[]> {
  return (await currentRegister())?.search(query, limit) ?? [];
}
