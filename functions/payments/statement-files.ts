import {
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import { requireEnv } from '../shared/runtime/env.ts';
import { bankLine } from './statements/model.ts';
import { checkSize } from './statements/size.ts';

const s3 = new S3Client({});
const bucket = (): string => requireEnv('STATEMENTS_BUCKET');

export const uploadKey = (statementId: string): string => `statements/${statementId}/upload`;
const pageKey = (statementId: string, page: number): string =>
  `statements/${statementId}/pages/${String(page).padStart(5, '0')}.json`;

/** A page of a statement's lines, as kept between the machine's steps. */
const linesPage = z.array(z.object({ line: bankLine, fingerprint: z.string() }));
export type LinesPage = z.output<typeof linesPage>;

/** Whether the file of a statement has arrived. */
export async function hasArrived(key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket(), Key: key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** The bytes of an uploaded file as they come; a `StatementRefusedError` where it is too large. */
export async function* readUpload(key: string): AsyncGenerator<Uint8Array> {
  const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: bucket(), Key: key }));
  checkSize(ContentLength ?? 0);
  if (Body !== undefined) yield* Body.transformToWebStream();
}

/** Keeps a page of lines; the same page again replaces it with the same content. */
export async function writePage(statementId: string, page: number, lines: LinesPage): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket(),
      Key: pageKey(statementId, page),
      Body: JSON.stringify(lines),
      ContentType: 'application/json',
    }),
  );
}

/** A page of lines. */
export async function readPage(statementId: string, page: number): Promise<LinesPage> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket(), Key: pageKey(statementId, page) }));
  return linesPage.parse(JSON.parse((await Body?.transformToString()) ?? ''));
}

/** An address of an uploaded file, good for five minutes; the browser keeps it under its own name. */
export function fileUrl(key: string, fileName: string): Promise<string> {
  return getSignedUrl(
    s3,
    new GetObjectCommand({
      Bucket: bucket(),
      Key: key,
      ResponseContentType: 'application/octet-stream',
      ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    }),
    { expiresIn: 300 },
  );
}
