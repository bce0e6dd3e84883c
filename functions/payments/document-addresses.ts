import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { requireEnv } from '../shared/runtime/env.ts';
import { documentsOfRegistration, type PaymentDocument } from './store.ts';

const URL_SECONDS = 300;
const s3 = new S3Client({});

/** An address of a PDF in the documents bucket, good for five minutes; it opens in the browser under `filename`. */
export function documentUrl(key: string, filename: string): Promise<string> {
  return getSignedUrl(
    s3,
    new GetObjectCommand({
      Bucket: requireEnv('DOCUMENTS_BUCKET'),
      Key: key,
      ResponseContentType: 'application/pdf',
      ResponseContentDisposition: `inline; filename*=UTF-8''${encodeURIComponent(filename)}`,
    }),
    { expiresIn: URL_SECONDS },
  );
}

/** Every PDF of a registration's payments that has been made, each with an address of five minutes. */
export async function paymentDocumentsOf(
  registrationId: string,
): Promise<{ kind: PaymentDocument['kind']; number: string; issuedOn: string; url: string }[]> {
  const made = await documentsOfRegistration(registrationId);
  return Promise.all(
    made.map(async ({ key, ...rest }) => ({ ...rest, url: await documentUrl(key, `${rest.number}.pdf`) })),
  );
}
