import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startCloud } from '../../../local/cloud.ts';
import { Journal } from '../../../local/core/journal.ts';
import { StorageError, storageErrorOf } from '../../../local/core/storage-error.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'storage-test-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Every file of a directory with the hash of its bytes. */
function contentsOf(dataDir: string): string[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`);
}

const call = (cloud: LocalCloud, action: string, input: Record<string, unknown>) =>
  cloud.context.gateway.call({ service: 'sqs', action, input, caller: { kind: 'root' } });

describe('a data directory of another version', () => {
  it.each([
    { format: 0, age: 'an older' },
    { format: 99, age: 'a newer' },
  ])('is refused and left as it is: $age', async ({ format, age }) => {
    const dataDir = join(directory, 'data');
    new Journal(dataDir).close();
    const db = new DatabaseSync(join(dataDir, 'journal.sqlite'));
    db.exec(`PRAGMA user_version=${format}; CREATE TABLE of_that_time (a TEXT) STRICT;`);
    db.close();
    const before = contentsOf(dataDir);
    await expect(startCloud({ dataDir })).rejects.toThrow(
      `the data directory ${dataDir} was written by ${age} version of the local cloud`,
    );
    expect(contentsOf(dataDir)).toEqual(before);
  });

  it('is refused where its journal is none', async () => {
    writeFileSync(join(directory, 'journal.sqlite'), 'something else '.repeat(100));
    const before = contentsOf(directory);
    await expect(startCloud({ dataDir: directory })).rejects.toThrow('holds a damaged journal');
    expect(contentsOf(directory)).toEqual(before);
  });
});

describe('a data directory that cannot be written', () => {
  it('is told by its name', async () => {
    writeFileSync(join(directory, 'file'), '');
    await expect(startCloud({ dataDir: join(directory, 'file') })).rejects.toThrow('is not a directory');
    await expect(startCloud({ dataDir: join(directory, 'file', 'below') })).rejects.toThrow(StorageError);
  });

  it.each([
    [{ code: 'EROFS' }, 'cannot be written'],
    [{ code: 'EACCES' }, 'cannot be written'],
    [{ code: 'ENOSPC' }, 'full disk'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'full disk'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 8 | (6 << 8) }, 'cannot be written'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 10 | (3 << 8) }, 'failed in reading or writing'],
  ])('is told for %j', (fields, words) => {
    expect(storageErrorOf(Object.assign(new Error('x'), fields), '/data')?.message).toContain(
      `/data ${words === 'full disk' ? 'is on a full disk' : words}`,
    );
  });

  it('is no matter of other errors', () => {
    expect(storageErrorOf(new Error('x'), '/data')).toBeUndefined();
    expect(
      storageErrorOf(Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR', errcode: 19 }), '/data'),
    ).toBeUndefined();
  });
});

describe('a disk that runs full', () => {
  it('ends the cloud with one clear error, and what was acknowledged is there at the next start', async () => {
    const logged: string[] = [];
    const cloud = await startCloud({ dataDir: directory, log: (_, message) => logged.push(message) });
    const { QueueUrl } = await call(cloud, 'CreateQueue', { QueueName: 'queue' });
    const { page_count } = cloud.context.journal.db.prepare('PRAGMA page_count').get() ?? {};
    // As on a disk of this size: SQLite answers the same.
    cloud.context.journal.db.exec(`PRAGMA max_page_count=${Number(page_count) + 200}`);
    let acknowledged = 0;
    const MessageBody = 'x'.repeat(50_000);
    await expect(
      (async () => {
        for (; acknowledged < 1000; acknowledged++)
          await call(cloud, 'SendMessage', { QueueUrl, MessageBody });
      })(),
    ).rejects.toThrow(StorageError);
    await expect(cloud.stopped).rejects.toThrow('is on a full disk: make room and start again');
    expect(acknowledged).toBeGreaterThan(0);
    expect(logged.filter((message) => message.includes('full disk'))).toHaveLength(1);

    const again = await startCloud({ dataDir: directory });
    const { Attributes } = await call(again, 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: String(acknowledged) });
    await again.stop();
  });
});
