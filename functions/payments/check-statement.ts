import * as z from 'zod';
import { type Actor, change, read, type Stored } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { londonDate } from '../shared/time/london.ts';
import { type ParsedFile, readCamt053 } from './camt053.ts';
import { fileDigest, fingerprinted } from './fingerprints.ts';
import { statementFileKey, statementKey } from './keys.ts';
import { type Statement, statement } from './model.ts';
import { StatementRefusedError } from './refused-statement.ts';
import { type LinesPage, readUpload, writePage } from './statement-files.ts';
import { PAGE_LINES, readStatement } from './statements.ts';

const seenFile = z.object({ statementId: z.string(), fileName: z.string(), seenOn: z.string() });

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
