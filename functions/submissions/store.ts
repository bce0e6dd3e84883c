import { parse } from '../shared/runtime/parse.ts';
import {
  type Change,
  change,
  parseStored,
  queryCollection,
  read,
  type Stored,
} from '../shared/table/change.ts';
import { registrationPk } from '../shared/table/keys.ts';
import {
  type Document,
  document,
  documentKey,
  type FrozenVersionRecord,
  frozenVersion,
  type Reflection,
  reflection,
  type Submission,
  submission,
  submissionKey,
} from './model.ts';

/** The submission of a registration, or undefined before it has opened. Consistent. */
export function findSubmission(registrationId: string): Promise<Stored<Submission> | undefined> {
  return read(submission, submissionKey(registrationId));
}

/** One file's record, or undefined. Consistent. */
export function findDocument(
  registrationId: string,
  documentId: string,
): Promise<Stored<Document> | undefined> {
  return read(document, documentKey(registrationId, documentId));
}

/** All files of a registration, the newest first. Consistent. */
export async function listDocuments(registrationId: string): Promise<Stored<Document>[]> {
  const items = await queryCollection(registrationPk(registrationId), 'DOC#');
  return items
    .map((item) => parseStored(document, item))
    .sort((a, b) => b.documentId.localeCompare(a.documentId));
}

/** All reflections of a registration as last saved. Consistent. */
export async function listReflections(registrationId: string): Promise<Reflection[]> {
  return (await queryCollection(registrationPk(registrationId), 'REFLECTION#')).map((item) =>
    parse('reflection', reflection, item),
  );
}

/** The frozen versions of a registration, the oldest first. Consistent. */
export async function listVersions(registrationId: string): Promise<Stored<FrozenVersionRecord>[]> {
  return (await queryCollection(registrationPk(registrationId), 'VERSION#')).map((item) =>
    parseStored(frozenVersion, item),
  );
}

/** A change of a record: what is set, why, and what is told. */
export type RecordChange<T> = Omit<Change<T>, 'next'> & { readonly set: Partial<T> };

/** Changes the submission by `decide`; undefined from it changes nothing. */
export function changeSubmission(
  registrationId: string,
  now: Date,
  decide: (
    current: Stored<Submission>,
  ) => Promise<RecordChange<Submission> | undefined> | RecordChange<Submission> | undefined,
): Promise<Stored<Submission>> {
  return change(submission, submissionKey(registrationId), now, async (current) => {
    const decided = await decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const { set, ...told } = decided;
    return { ...told, next: { ...rest, ...set } };
  });
}

/** Changes a file's record by `decide`, with further writes in the same transaction. */
export function changeDocument(
  registrationId: string,
  documentId: string,
  now: Date,
  decide: (current: Stored<Document>) => RecordChange<Document> | undefined,
): Promise<Stored<Document>> {
  return change(document, documentKey(registrationId, documentId), now, (current) => {
    const decided = decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const { set, ...told } = decided;
    return { ...told, next: { ...rest, ...set } };
  });
}
