import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { requireEnv } from '../shared/runtime/env.ts';

const s3 = new S3Client({});

/** Stores a certificate's PDF under its key in the documents bucket. */
export async function storeCertificate(key: string, bytes: Uint8Array): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: requireEnv('DOCUMENTS_BUCKET'),
      Key: key,
      Body: bytes,
      ContentType: 'application/pdf',
    }),
  );
}

/** The stored PDF of a certificate. */
export async function loadCertificate(key: string): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: requireEnv('DOCUMENTS_BUCKET'), Key: key }));
  if (Body === undefined) throw new Error(`${key} is empty`);
  return Body.transformToByteArray();
}
