import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { requireEnv } from '../shared/runtime/env.ts';

const URL_SECONDS = 300;
const s3 = new S3Client({});

/** Keeps a paper under `key` of the documents bucket. */
export async function keepPaper(key: string, bytes: Uint8Array, mediaType: string): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: requireEnv('DOCUMENTS_BUCKET'),
      Key: key,
      Body: bytes,
      ContentType: mediaType,
    }),
  );
}

/** An address of a kept paper, good for five minutes; it is saved under `fileName`. */
export function paperAddress(key: string, fileName: string, mediaType: string): Promise<string> {
  return getSignedUrl(
    s3,
    new GetObjectCommand({
      Bucket: requireEnv('DOCUMENTS_BUCKET'),
      Key: key,
      ResponseContentType: mediaType,
      ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    }),
    { expiresIn: URL_SECONDS },
  );
}
