import { globSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Puts the built pages into the site's bucket: what is named by content first and cached for good, the pages that name
 * it last and never cached, so that nobody gets a page whose script is not there yet. Returns the number of files.
 */
export async function publishSite(s3: S3Client, bucket: string, directory: string): Promise<number> {
  const files = globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => Number(a.endsWith('.html')) - Number(b.endsWith('.html')));
  for (const file of files) {
    const key = file
      .slice(directory.length + 1)
      .split(sep)
      .join('/');
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: readFileSync(file),
        ContentType: types[extname(file)] ?? 'application/octet-stream',
        CacheControl: key.endsWith('.html') ? 'no-cache' : 'public, max-age=31536000, immutable',
      }),
    );
  }
  return files.length;
}
