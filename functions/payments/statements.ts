import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { ulid } from 'ulid';
import * as z from 'zod';
import { requireEnv } from '../shared/runtime/env.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  parseStored,
  queryCollection,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { statementPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { type ParsedFile, readCamt053 } from './camt053.ts';
import { fileDigest, fingerprinted } from './fingerprints.ts';
import { lineIdOf, lineKey, STATEMENTS, statementFileKey, statementKey } from './keys.ts';
import { type PostedLine, postedLine, type Statement, statement } from './model.ts';
import { StatementRefusedError } from './refused-statement.ts';
import {
  hasArrived,
  type LinesPage,
  MAXIMUM_STATEMENT_BYTES,
  readUpload,
  uploadKey,
  writePage,
} from './statement-files.ts';

/** Lines that one step of the machine takes: some seconds of work, well within a function's time. */
export const PAGE_LINES = 100;
const UPLOAD_SECONDS = 900;

const s3 = new S3Client({});
const seenFile = z.object({ statementId: z.string(), fileName: z.string(), seenOn: z.string() });

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
export async function prepareStatement(fileName: string, actor: Actor, now: Date) {
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
        reconciledAt: null,
        attempt: 1,
        roundKey: STATEMENTS,
        roundSort: statementId,
      },
      audit: { action: 'statement.prepare', actor },
      events: [],
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

/**
 * Reads the file of a statement, holds it to its own totals and keeps its lines in pages; what cannot be read, or was
 * read before, is refused whole. Safe to repeat.
 */
export async function checkStatement(
  statementId: string,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  const known = await readStatement(statementId);
  if (known.status !== 'UPLOADED') return known;
  try {
    const bytes = await readUpload(known.key);
    const sha256 = fileDigest(bytes);
    const earlier = await read(seenFile, statementFileKey(sha256));
    if (earlier !== undefined && earlier.statementId !== statementId) throw seenBefore(earlier);
    const file = readCamt053(bytes);
    const lines = fingerprinted(statementId, file);
    const pages = Math.ceil(lines.length / PAGE_LINES);
    for (let page = 0; page < pages; page++)
      await writePage(statementId, page, lines.slice(page * PAGE_LINES, (page + 1) * PAGE_LINES));
    return await accept(statementId, { file, lines, pages, sha256 }, actor, now);
  } catch (error) {
    if (!(error instanceof StatementRefusedError)) throw error;
    return refuse(statementId, error, actor, now);
  }
}

const seenBefore = (earlier: z.output<typeof seenFile>): StatementRefusedError =>
  new StatementRefusedError('statement-seen', { fileName: earlier.fileName, day: earlier.seenOn });

function accept(
  statementId: string,
  { file, lines, pages, sha256 }: { file: ParsedFile; lines: LinesPage; pages: number; sha256: string },
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.status !== 'UPLOADED'
      ? undefined
      : {
          next: {
            ...withoutStored(current),
            status: 'MATCHING',
            sha256,
            format: file.format,
            accounts: file.statements.map(({ summary }) => summary),
            lines: lines.length,
            pages,
            nextPage: 0,
          },
          audit: { action: 'statement.accept', actor },
          events: [],
          also: [
            {
              put: {
                ...statementFileKey(sha256),
                statementId,
                fileName: current.fileName,
                seenOn: londonDate(now),
              },
              onlyIfAbsent: true,
            },
          ],
          refusals: {
            0: () => seenBefore({ statementId, fileName: current.fileName, seenOn: londonDate(now) }),
          },
        },
  );
}

function refuse(
  statementId: string,
  error: StatementRefusedError,
  actor: Actor,
  now: Date,
): Promise<Stored<Statement>> {
  return change<Statement>(statement, statementKey(statementId), now, (current) =>
    current.status !== 'UPLOADED'
      ? undefined
      : {
          next: { ...withoutStored(current), status: 'REFUSED', refusal: error.toRecord() },
          audit: { action: 'statement.refuse', actor, reason: error.code },
          events: [{ name: 'StatementRefused', detail: { statementId } }],
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
    else if (status === 'OUTGOING') counts.outgoing++;
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
