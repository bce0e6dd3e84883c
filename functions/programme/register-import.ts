import { HeadObjectCommand, NotFound, S3Client } from '@aws-sdk/client-s3';
import { ulid } from 'ulid';
import * as z from 'zod';
import { requireEnv } from '../shared/runtime/env.ts';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  type ExtraWrite,
  parseStored,
  queryCollection,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import type { Key } from '../shared/table/keys.ts';
import { REGISTER_PK, registerUploadKey } from './register-keys.ts';

const s3 = new S3Client({});

export const registerImport = z.object({
  importId: z.string(),
  filename: z.string(),
  invented: z.boolean(),
  status: z.enum(['WAITING_FOR_FILE', 'RUNNING', 'DONE', 'REFUSED']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  accepted: z.number().int(),
  refusedCount: z.number().int(),
  refused: z.array(
    z.object({
      line: z.number().int(),
      code: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
  /** Why the file was refused whole. */
  problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
});
export type RegisterImport = z.output<typeof registerImport>;

export const importKey = (importId: string): Key => ({ pk: REGISTER_PK, sk: `IMPORT#${importId}` });

/** Prepares the import of a register: its id, and the key to which the file shall be uploaded. */
export async function prepareImport(
  given: { readonly filename: string; readonly invented: boolean },
  actor: Actor,
  now: Date,
) {
  const importId = ulid(now.getTime());
  await create<RegisterImport>(
    importKey(importId),
    {
      next: {
        importId,
        filename: given.filename,
        invented: given.invented,
        status: 'WAITING_FOR_FILE',
        startedAt: now.toISOString(),
        endedAt: null,
        accepted: 0,
        refusedCount: 0,
        refused: [],
        problem: null,
      },
      audit: { action: 'prepare-register-import', actor },
      events: [{ name: 'RegisterImportPrepared', detail: { importId } }],
    },
    now,
  );
  return { importId, key: registerUploadKey(importId) };
}

/** Starts the import once the file is there (the event does); started again while it runs or is done, nothing happens. */
export async function startImport(importId: string, actor: Actor, now: Date): Promise<void> {
  const current = await readExisting(registerImport, importKey(importId));
  if (current.status === 'REFUSED') throw new WrongStateError(`import ${importId}`, current.status);
  if (current.status !== 'WAITING_FOR_FILE') return;
  try {
    await s3.send(
      new HeadObjectCommand({ Bucket: requireEnv('REGISTER_BUCKET'), Key: registerUploadKey(importId) }),
    );
  } catch (error) {
    if (error instanceof NotFound) throw new RefusedError('register-not-uploaded');
    throw error;
  }
  await moveImport(importId, now, actor, 'start-register-import', 'WAITING_FOR_FILE', { status: 'RUNNING' }, [
    { name: 'RegisterUploaded', detail: { importId } },
  ]);
}

/** Imports, newest first. */
export async function listImports(): Promise<Stored<RegisterImport>[]> {
  const items = await queryCollection(REGISTER_PK, 'IMPORT#');
  return items.map((item) => parseStored(registerImport, item)).reverse();
}

/** Moves an import to its next status; one that is there already stays as it is. Throws `WrongStateError`. */
export function moveImport(
  importId: string,
  now: Date,
  actor: Actor,
  action: string,
  from: RegisterImport['status'],
  set: Partial<RegisterImport>,
  events: Parameters<typeof create>[1]['events'],
  also: readonly ExtraWrite[] = [],
): Promise<unknown> {
  return change<RegisterImport>(registerImport, importKey(importId), now, (stored) => {
    if (stored.status === set.status) return undefined;
    if (stored.status !== from) throw new WrongStateError(`import ${importId}`, stored.status);
    const { pk: _pk, sk: _sk, version: _version, ...current } = stored;
    return { next: { ...current, ...set }, audit: { action, actor }, events, also };
  });
}
