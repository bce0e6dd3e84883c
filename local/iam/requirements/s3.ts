import { type Requirement, type Requirements, record, records, text } from './requirement.ts';

/** Action by operation, on the object; `version` where it names one (Service Authorization Reference, S3). */
const ON_OBJECT: Readonly<Record<string, { readonly plain: string; readonly version?: string }>> = {
  GetObject: { plain: 'GetObject', version: 'GetObjectVersion' },
  HeadObject: { plain: 'GetObject', version: 'GetObjectVersion' },
  GetObjectAttributes: { plain: 'GetObjectAttributes', version: 'GetObjectVersionAttributes' },
  GetObjectTagging: { plain: 'GetObjectTagging', version: 'GetObjectVersionTagging' },
  PutObject: { plain: 'PutObject' },
  PostObject: { plain: 'PutObject' },
  PutObjectTagging: { plain: 'PutObjectTagging', version: 'PutObjectVersionTagging' },
  DeleteObject: { plain: 'DeleteObject', version: 'DeleteObjectVersion' },
  DeleteObjectTagging: { plain: 'DeleteObjectTagging', version: 'DeleteObjectVersionTagging' },
  CreateMultipartUpload: { plain: 'PutObject' },
  UploadPart: { plain: 'PutObject' },
  CompleteMultipartUpload: { plain: 'PutObject' },
  AbortMultipartUpload: { plain: 'AbortMultipartUpload' },
  ListParts: { plain: 'ListMultipartUploadParts' },
};
const ON_BUCKET: Readonly<Record<string, string>> = {
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  CreateBucket: 'CreateBucket',
  DeleteBucket: 'DeleteBucket',
  DeleteBucketCors: 'PutBucketCORS',
  DeleteBucketPolicy: 'DeleteBucketPolicy',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketCors: 'GetBucketCORS',
  GetBucketLocation: 'GetBucketLocation',
  GetBucketPolicy: 'GetBucketPolicy',
  GetBucketPolicyStatus: 'GetBucketPolicyStatus',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  GetBucketVersioning: 'GetBucketVersioning',
  PutBucketCors: 'PutBucketCORS',
  PutBucketPolicy: 'PutBucketPolicy',
  PutBucketVersioning: 'PutBucketVersioning',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
};

export const bucketArn = (name: string): string => `arn:aws:s3:::${name}`;

/** Permissions of S3. */
export const s3Requirements: Requirements = (action, input) => {
  const bucket = bucketArn(text(input, 'Bucket'));
  const key = text(input, 'Key');
  const onObject = ON_OBJECT[action];
  if (onObject !== undefined) {
    const versioned = text(input, 'VersionId') !== '' && onObject.version !== undefined;
    const needed: Requirement[] = [
      { action: `s3:${versioned ? onObject.version : onObject.plain}`, resource: `${bucket}/${key}` },
    ];
    const tagged = onObject.plain === 'PutObject' && text(input, 'Tagging') !== '';
    if (tagged) needed.push({ action: 's3:PutObjectTagging', resource: `${bucket}/${key}` });
    // To compare an object's ETag is to read it (S3 User Guide, "Conditional writes").
    const compares = onObject.plain === 'PutObject' && text(input, 'IfMatch') !== '';
    if (compares) needed.push({ action: 's3:GetObject', resource: `${bucket}/${key}` });
    return needed;
  }
  const onBucket = ON_BUCKET[action];
  if (onBucket !== undefined) return [{ action: `s3:${onBucket}`, resource: bucket }];
  switch (action) {
    case 'ListBuckets':
      return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
    case 'DeleteObjects':
      return records(record(input.Delete).Objects).map((each) => ({
        action: text(each, 'VersionId') === '' ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
        resource: `${bucket}/${text(each, 'Key')}`,
      }));
    case 'CopyObject':
    case 'UploadPartCopy': {
      const [source = '', version] = decodeURIComponent(text(input, 'CopySource'))
        .replace(/^\//, '')
        .split('?versionId=');
      const read = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
      return [
        { action: read, resource: bucketArn(source) },
        { action: 's3:PutObject', resource: `${bucket}/${key}` },
      ];
    }
    default:
      return undefined;
  }
};
