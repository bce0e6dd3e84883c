import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { ulid } from 'ulid';
import { requireEnv } from '../shared/runtime/env.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  parseStored,
  queryCollection,
  queryIndex,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { statementPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { lineIdOf, lineKey, STATEMENTS, statementKey } from './keys.ts';
import { type PostedLine, postedLine, type Statement, statement } from './model.ts';
import { hasArrived, uploadKey } from './statement-files.ts';
import { MAXIMUM_STATEMENT_BYTES } from './statements/size.ts';

/** Lines that one step of the machine takes: some seconds of work, well within a function's time. */
export const PAGE_LINES = 100;
const UPLOAD_SECONDS = 900;

const s3 = new S3Client({});

/** The statement; throws `NotFoundError`. Consistent. */
export function readStatement(statementId: string): Promise<Stored<Statement>> {
  return readExisting(statement, statementKey(statementId));
}

/** All statements, the latest first. Eventually consistent. */
export async function listStatements(): Promise<Stored<Statement>[]> {
  const items = await queryIndex('byRound', STATEMENTS);
  return items.map((item) => parseStored(statement, item)).reverse();
}

/** All lines of a statement in the order of the file. Consistent. */
export async function linesOfStatement(statementId: string): Promise<Stored<PostedLine>[]> {
  const items = await queryCollection(statementPk(statementId), 'LINE#');
  return items.map((item) => parseStored(postedLine, item));
}

/** Prepares a statement: its record, and the form with which the browser sends the file (15 minutes, one file of limited size). */
export async function prepareStatement(
  { fileName, newAccounts = false }: { readonly fileName: string; readonly newAccounts?: boolean },
  actor: Actor,
  now: Date,
) {
  const statementId = ulid(now.getTime());
  const key = uploadKey(statementId);
  const { url, fields } = await createPresignedPost(s3, {
    Bucket: requireEnv('STATEMENTS_BUCKET'),
    Key: key,
    Conditions: [['content-length-range', 0, MAXIMUM_STATEMENT_BYTES]],
    Expires: UPLOAD_SECONDS,
  });
  await create<Statement>(
    statementKey(statementId),
    {
      next: {
        statementId,
        fileName,
        key,
        uploadedBy: actor.id,
        createdAt: now.toISOString(),
        status: 'AWAITING_UPLOAD',
        sha256: null,
        format: null,
        accounts: [],
        lines: 0,
        pages: 0,
        nextPage: 0,
        counts: { matched: 0, suspense: 0, seen: 0, outgoing: 0 },
        refusal: null,
        newAccounts,
        reconciledAt: null,
        attempt: 1,
        roundKey: STATEMENTS,
        roundSort: statementId,
      },
      audit: { action: 'statement.prepare', actor },
      events: [{ name: 'StatementPrepared', detail: { statementId } }],
    },
    now,
  );
  return { statementId, upload: { url, fields, maximumBytes: MAXIMUM_STATEMENT_BYTES } };
}

/** The file is there: the machine begins. Again, nothing changes. Refused where nothing has arrived. */
export async function startReconciliation(
  statementId: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  const known = await readStatement(statementId);
  if (known.status !== 'AWAITING_UPLOAD') return known;
  if (!(await hasArrived(known.key))) throw new RefusedError('statement-not-arrived', { field: 'file' });
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.status !== 'AWAITING_UPLOAD'
      ? undefined
      : {
          next: { ...withoutStored(current), status: 'UPLOADED' },
          audit: { action: 'statement.uploaded', actor },
          events: [{ name: 'StatementUploaded', detail: { statementId, attempt: current.attempt } }],
        },
  );
}

/** Takes note that a page of lines is done, with how its lines were recorded. A page done already changes nothing. */
export async function pageDone(
  statementId: string,
  page: number,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  const known = await readStatement(statementId);
  const first = page * PAGE_LINES;
  const indexes = Array.from({ length: Math.min(PAGE_LINES, known.lines - first) }, (_, at) => first + at);
  const lines = await Promise.all(
    indexes.map((index) => readExisting(postedLine, lineKey(lineIdOf(statementId, index)))),
  );
  const counted = countsOf(lines);
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.nextPage > page
      ? undefined
      : {
          next: {
            ...withoutStored(current),
            nextPage: page + 1,
            counts: {
              matched: current.counts.matched + counted.matched,
              suspense: current.counts.suspense + counted.suspense,
              seen: current.counts.seen + counted.seen,
              outgoing: current.counts.outgoing + counted.outgoing,
            },
          },
          audit: { action: 'statement.page-matched', actor },
          events: [],
        },
  );
}

/** How lines were recorded; what people have decided since was left to them. */
function countsOf(lines: readonly PostedLine[]): Statement['counts'] {
  const counts = { matched: 0, suspense: 0, seen: 0, outgoing: 0 };
  for (const { status } of lines) {
    if (status === 'MATCHED') counts.matched++;
    else if (status === 'SEEN') counts.seen++;
    else if (status === 'OUTGOING' || status === 'PAID_OUT') counts.outgoing++;
    else counts.suspense++;
  }
  return counts;
}

/** All lines are recorded: says so. A refused statement stays refused. Safe to repeat. */
export function endReconciliation(statementId: string, actor: Actor, now: Date): Promise<Stored<Statement>> {
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.status !== 'MATCHING'
      ? undefined
      : {
          next: { ...withoutStored(current), status: 'RECONCILED', reconciledAt: now.toISOString() },
          audit: { action: 'statement.reconciled', actor },
          events: [{ name: 'StatementReconciled', detail: { statementId } }],
        },
  );
}
