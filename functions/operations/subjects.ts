import * as z from 'zod';
import { readAssignment } from '../assessment/store.ts';
import { findRound } from '../programme/store.ts';
import { findRegistration } from '../registration/store.ts';
import { NotFoundError } from '../shared/runtime/errors.ts';
import { read } from '../shared/table/change.ts';

/** What a collection is about, for people. */
export interface Subject {
  /** The school with its reference, the round, the statement. */
  readonly words: string;
  readonly registrationId: string | null;
  readonly roundId: string | null;
}

const statement = z.object({ fileName: z.string() });

/** What a collection of the table is about; an unknown one is named by its key. */
export async function subjectOf(collection: string): Promise<Subject> {
  const [kind, id = ''] = collection.split(/#(.*)/s);
  switch (kind) {
    case 'REG':
      return subjectOfRegistration(id, collection);
    case 'ASG':
      try {
        return await subjectOfRegistration((await readAssignment(id)).registrationId, collection);
      } catch (error) {
        if (error instanceof NotFoundError) return unknown(collection);
        throw error;
      }
    case 'ROUND':
      return { words: (await findRound(id))?.label.en ?? id, registrationId: null, roundId: id };
    case 'STATEMENT':
      return {
        words: (await read(statement, { pk: collection, sk: 'STATEMENT' }))?.fileName ?? id,
        registrationId: null,
        roundId: null,
      };
    default:
      return unknown(collection);
  }
}

/** Subjects of many collections, each read once. */
export async function subjectsOf(collections: readonly string[]): Promise<ReadonlyMap<string, Subject>> {
  const different = [...new Set(collections)];
  return new Map(await Promise.all(different.map(async (one) => [one, await subjectOf(one)] as const)));
}

async function subjectOfRegistration(registrationId: string, collection: string): Promise<Subject> {
  const found = await findRegistration(registrationId);
  if (found === undefined) return unknown(collection);
  return { words: `${found.school.name} (${found.reference})`, registrationId, roundId: found.roundId };
}

const unknown = (collection: string): Subject => ({ words: collection, registrationId: null, roundId: null });
