import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { requireEnv } from '../shared/runtime/env.ts';
import { type Actor, readExisting } from '../shared/table/change.ts';
import type { RegisterSchool } from './model.ts';
import { importKey, moveImport, registerImport } from './register-import.ts';
import { type RegisterPointer, registerKey, registerUploadKey } from './register-keys.ts';
import { decoded, NotUtf8Error, readRegister, UnreadableRegisterError } from './register-rows.ts';
import { writeIndex } from './register-store.ts';
import type { RowRefusal } from './rows.ts';

const s3 = new S3Client({});

/** Refused rows that are kept with their reasons; the others are counted. */
const KEPT_REFUSALS = 200;

/**
 * Reads the uploaded file, writes its index and makes it the register in use. A file that is no register is refused
 * whole; a register in use is replaced only by one with at least a school. Safe to repeat.
 */
export async function runImport(
  importId: string,
  actor: Actor,
  now: Date,
): Promise<{ schools: number; refused: number }> {
  const current = await readExisting(registerImport, importKey(importId));
  if (current.status !== 'RUNNING') return { schools: current.accepted, refused: current.refusedCount };
  let rows: ReadRows;
  try {
    rows = await readRows(importId);
    if (rows.schools.length === 0) throw new UnreadableRegisterError('csv-empty', '');
  } catch (error) {
    if (!(error instanceof UnreadableRegisterError)) throw error;
    const problem = { code: error.code, detail: error.detail };
    await moveImport(
      importId,
      now,
      actor,
      'refuse-register',
      'RUNNING',
      { status: 'REFUSED', endedAt: now.toISOString(), problem },
      [{ name: 'RegisterRefused', detail: { importId } }],
    );
    return { schools: 0, refused: 0 };
  }
  const key = await writeIndex(importId, rows.schools);
  const pointer: RegisterPointer = {
    importId,
    key,
    filename: current.filename,
    schools: rows.schools.length,
    importedAt: now.toISOString(),
    invented: current.invented,
  };
  const done = {
    status: 'DONE',
    endedAt: now.toISOString(),
    accepted: rows.schools.length,
    refusedCount: rows.refusedCount,
    refused: rows.refused,
  } as const;
  await moveImport(
    importId,
    now,
    actor,
    'import-register',
    'RUNNING',
    done,
    [{ name: 'RegisterImported', detail: { importId } }],
    [{ put: { ...registerKey, ...pointer } }],
  );
  return { schools: rows.schools.length, refused: rows.refusedCount };
}

interface ReadRows {
  readonly schools: RegisterSchool[];
  readonly refused: RowRefusal[];
  readonly refusedCount: number;
}

async function readRows(importId: string): Promise<ReadRows> {
  try {
    return await readAs('utf-8', importId);
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) throw error;
    return readAs('windows-1252', importId);
  }
}

async function readAs(encoding: 'utf-8' | 'windows-1252', importId: string): Promise<ReadRows> {
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: requireEnv('REGISTER_BUCKET'), Key: registerUploadKey(importId) }),
  );
  if (!(Body instanceof Readable)) throw new UnreadableRegisterError('csv-empty', '');
  const schools: RegisterSchool[] = [];
  const refused: RowRefusal[] = [];
  let refusedCount = 0;
  await readRegister(
    decoded(Body, encoding),
    (school) => schools.push(school),
    (refusal) => {
      refusedCount++;
      if (refused.length < KEPT_REFUSALS) refused.push(refusal);
    },
  );
  return { schools, refused, refusedCount };
}
