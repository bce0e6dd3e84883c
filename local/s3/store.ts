import type { SQLOutputValue } from 'node:sqlite';
import type { Journal } from '../core/journal.ts';
import {
  type Bucket,
  type BucketSettings,
  bucketSettingsSchema,
  type ObjectAttributes,
  type ObjectVersion,
  objectAttributesSchema,
  type Tags,
  tagsSchema,
} from './model.ts';

type Row = Record<string, SQLOutputValue>;

/** A multipart upload under way. */
export interface Upload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  /** Epoch ms. */
  readonly created: number;
  readonly attributes: ObjectAttributes;
  readonly tags: Tags;
  /** The algorithm whose checksum of checksums the whole gets; undefined where none was asked for. */
  readonly algorithm: string | undefined;
}

export interface Part {
  readonly number: number;
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  /** Base64 by algorithm. */
  readonly checksums: ObjectAttributes['checksums'];
  readonly modified: number;
}

/** The tables of the S3 service; every method is one statement, grouped by the caller with `journal.transaction`. */
export class S3Store {
  readonly journal: Journal;

  constructor(journal: Journal) {
    this.journal = journal;
    journal.db.exec(`
      CREATE TABLE IF NOT EXISTS s3_buckets (
        name TEXT PRIMARY KEY, created INTEGER NOT NULL, settings TEXT NOT NULL, policy TEXT) STRICT;
      CREATE TABLE IF NOT EXISTS s3_versions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, version_id TEXT NOT NULL,
        latest INTEGER NOT NULL, delete_marker INTEGER NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL,
        etag TEXT NOT NULL, modified INTEGER NOT NULL, attributes TEXT NOT NULL, tags TEXT NOT NULL) STRICT;
      CREATE UNIQUE INDEX IF NOT EXISTS s3_versions_id ON s3_versions (bucket, key, version_id);
      CREATE UNIQUE INDEX IF NOT EXISTS s3_versions_latest ON s3_versions (bucket, key) WHERE latest = 1;
      CREATE INDEX IF NOT EXISTS s3_versions_blob ON s3_versions (blob);
      CREATE TABLE IF NOT EXISTS s3_uploads (
        upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL,
        attributes TEXT NOT NULL, tags TEXT NOT NULL, algorithm TEXT) STRICT;
      CREATE TABLE IF NOT EXISTS s3_parts (
        upload_id TEXT NOT NULL, number INTEGER NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL,
        etag TEXT NOT NULL, checksums TEXT NOT NULL, modified INTEGER NOT NULL,
        PRIMARY KEY (upload_id, number)) STRICT;
      CREATE INDEX IF NOT EXISTS s3_parts_blob ON s3_parts (blob);
      CREATE TABLE IF NOT EXISTS s3_outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, notice TEXT NOT NULL) STRICT;
    `);
  }

  bucket(name: string): Bucket | undefined {
    const row = this.journal.db.prepare('SELECT * FROM s3_buckets WHERE name = ?').get(name);
    return row === undefined ? undefined : toBucket(row);
  }

  buckets(): Bucket[] {
    return this.journal.db.prepare('SELECT * FROM s3_buckets ORDER BY name').all().map(toBucket);
  }

  saveBucket(name: string, created: number, settings: BucketSettings): void {
    this.journal.db
      .prepare(
        `INSERT INTO s3_buckets (name, created, settings) VALUES (?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET settings = excluded.settings`,
      )
      .run(name, created, JSON.stringify(settings));
  }

  /** Forgets a bucket and the uploads into it that nobody completed; it holds no version. */
  deleteBucket(name: string): void {
    this.journal.transaction(() => {
      this.journal.db.prepare('DELETE FROM s3_uploads WHERE bucket = ?').run(name);
      this.journal.db.prepare('DELETE FROM s3_buckets WHERE name = ?').run(name);
    });
  }

  savePolicy(name: string, policy: string | undefined): void {
    this.journal.db.prepare('UPDATE s3_buckets SET policy = ? WHERE name = ?').run(policy ?? null, name);
  }

  /** The current version of a key, which may be a delete marker. */
  latest(bucket: string, key: string): ObjectVersion | undefined {
    const row = this.journal.db
      .prepare('SELECT * FROM s3_versions WHERE bucket = ? AND key = ? AND latest = 1')
      .get(bucket, key);
    return row === undefined ? undefined : toVersion(row);
  }

  version(bucket: string, key: string, versionId: string): ObjectVersion | undefined {
    const row = this.journal.db
      .prepare('SELECT * FROM s3_versions WHERE bucket = ? AND key = ? AND version_id = ?')
      .get(bucket, key, versionId);
    return row === undefined ? undefined : toVersion(row);
  }

  /** Adds a version as the key's current one. Returns its sequence number. */
  addVersion(version: Omit<ObjectVersion, 'seq' | 'latest'>): number {
    this.journal.db
      .prepare('UPDATE s3_versions SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1')
      .run(version.bucket, version.key);
    const result = this.journal.db
      .prepare(
        `INSERT INTO s3_versions
           (bucket, key, version_id, latest, delete_marker, blob, size, etag, modified, attributes, tags)
         VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        version.bucket,
        version.key,
        version.versionId,
        version.deleteMarker ? 1 : 0,
        version.blob,
        version.size,
        version.etag,
        version.modified,
        JSON.stringify(version.attributes),
        JSON.stringify(version.tags),
      );
    return Number(result.lastInsertRowid);
  }

  /** Deletes one version for good; the newest that is left becomes the current one. */
  removeVersion(version: ObjectVersion): void {
    const { db } = this.journal;
    db.prepare('DELETE FROM s3_versions WHERE seq = ?').run(version.seq);
    if (!version.latest) return;
    db.prepare(
      `UPDATE s3_versions SET latest = 1 WHERE seq =
         (SELECT MAX(seq) FROM s3_versions WHERE bucket = ? AND key = ?)`,
    ).run(version.bucket, version.key);
  }

  saveTags(seq: number, tags: Tags): void {
    this.journal.db.prepare('UPDATE s3_versions SET tags = ? WHERE seq = ?').run(JSON.stringify(tags), seq);
  }

  /** Current versions (no delete markers) of keys with `prefix` and greater than `after`, in byte order. */
  *listCurrent(bucket: string, prefix: string, after: string): Generator<ObjectVersion> {
    const statement = this.journal.db.prepare(
      `SELECT * FROM s3_versions WHERE bucket = ? AND latest = 1 AND delete_marker = 0 AND key >= ? AND key > ?
       ORDER BY key`,
    );
    for (const row of statement.iterate(bucket, prefix, after)) {
      const version = toVersion(row);
      if (!version.key.startsWith(prefix)) return;
      yield version;
    }
  }

  /** All versions and delete markers of keys with `prefix`, by key, newest first. */
  listVersions(bucket: string, prefix: string): ObjectVersion[] {
    return this.journal.db
      .prepare(`SELECT * FROM s3_versions WHERE bucket = ? AND substr(key, 1, ?) = ? ORDER BY key, seq DESC`)
      .all(bucket, [...prefix].length, prefix)
      .map(toVersion);
  }

  saveUpload(upload: Upload): void {
    this.journal.db
      .prepare(
        `INSERT INTO s3_uploads (upload_id, bucket, key, created, attributes, tags, algorithm)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        upload.uploadId,
        upload.bucket,
        upload.key,
        upload.created,
        JSON.stringify(upload.attributes),
        JSON.stringify(upload.tags),
        upload.algorithm ?? null,
      );
  }

  upload(uploadId: string): Upload | undefined {
    const row = this.journal.db.prepare('SELECT * FROM s3_uploads WHERE upload_id = ?').get(uploadId);
    if (row === undefined) return undefined;
    return {
      uploadId,
      bucket: String(row.bucket),
      key: String(row.key),
      created: Number(row.created),
      attributes: objectAttributesSchema.parse(JSON.parse(String(row.attributes))),
      tags: tagsSchema.parse(JSON.parse(String(row.tags))),
      algorithm: typeof row.algorithm === 'string' ? row.algorithm : undefined,
    };
  }

  savePart(uploadId: string, part: Part): void {
    this.journal.db
      .prepare(
        `INSERT INTO s3_parts (upload_id, number, blob, size, etag, checksums, modified) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (upload_id, number) DO UPDATE SET blob = excluded.blob, size = excluded.size,
           etag = excluded.etag, checksums = excluded.checksums, modified = excluded.modified`,
      )
      .run(
        uploadId,
        part.number,
        part.blob,
        part.size,
        part.etag,
        JSON.stringify(part.checksums),
        part.modified,
      );
  }

  parts(uploadId: string): Part[] {
    return this.journal.db
      .prepare('SELECT * FROM s3_parts WHERE upload_id = ? ORDER BY number')
      .all(uploadId)
      .map((row) => ({
        number: Number(row.number),
        blob: String(row.blob),
        size: Number(row.size),
        etag: String(row.etag),
        checksums: objectAttributesSchema.shape.checksums.parse(JSON.parse(String(row.checksums))),
        modified: Number(row.modified),
      }));
  }

  removeUpload(uploadId: string): void {
    this.journal.db.prepare('DELETE FROM s3_parts WHERE upload_id = ?').run(uploadId);
    this.journal.db.prepare('DELETE FROM s3_uploads WHERE upload_id = ?').run(uploadId);
  }

  /** Whether any version or part rests on the blob. */
  blobInUse(blob: string): boolean {
    const { db } = this.journal;
    return (
      db.prepare('SELECT 1 FROM s3_versions WHERE blob = ? LIMIT 1').get(blob) !== undefined ||
      db.prepare('SELECT 1 FROM s3_parts WHERE blob = ? LIMIT 1').get(blob) !== undefined
    );
  }
}

function toBucket(row: Row): Bucket {
  return {
    name: String(row.name),
    created: Number(row.created),
    settings: bucketSettingsSchema.parse(JSON.parse(String(row.settings))),
    policy: typeof row.policy === 'string' ? row.policy : undefined,
  };
}

function toVersion(row: Row): ObjectVersion {
  return {
    seq: Number(row.seq),
    bucket: String(row.bucket),
    key: String(row.key),
    versionId: String(row.version_id),
    latest: row.latest === 1,
    deleteMarker: row.delete_marker === 1,
    blob: String(row.blob),
    size: Number(row.size),
    etag: String(row.etag),
    modified: Number(row.modified),
    attributes: objectAttributesSchema.parse(JSON.parse(String(row.attributes))),
    tags: tagsSchema.parse(JSON.parse(String(row.tags))),
  };
}
