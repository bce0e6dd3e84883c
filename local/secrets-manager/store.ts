import * as z from 'zod';
import type { Journal } from '../core/journal.ts';

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  /** Epoch ms. */
  readonly created: number;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly string: string | undefined;
  readonly binary: Uint8Array | undefined;
  /** Epoch ms. */
  readonly created: number;
}

/** The tables `secrets_*`. */
export class SecretStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.db.exec(`
      CREATE TABLE IF NOT EXISTS secrets_secrets (
        arn TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, created INTEGER NOT NULL,
        policy TEXT) STRICT;
      CREATE TABLE IF NOT EXISTS secrets_versions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL, version_id TEXT NOT NULL, stages TEXT NOT NULL,
        string TEXT, binary BLOB, created INTEGER NOT NULL, UNIQUE (arn, version_id)) STRICT;
    `);
  }

  /** By name, ARN, or ARN without its six last characters. */
  find(secretId: string): Secret | undefined {
    const row = this.#journal.db
      .prepare(
        'SELECT * FROM secrets_secrets WHERE arn = ?1 OR name = ?1 OR substr(arn, 1, length(arn) - 7) = ?1',
      )
      .get(secretId);
    if (row === undefined) return undefined;
    return {
      arn: String(row.arn),
      name: String(row.name),
      description: typeof row.description === 'string' ? row.description : undefined,
      created: Number(row.created),
    };
  }

  saveSecret(secret: Secret): void {
    this.#journal.db
      .prepare(
        `INSERT INTO secrets_secrets (arn, name, description, created) VALUES (?, ?, ?, ?)
         ON CONFLICT (arn) DO UPDATE SET description = excluded.description`,
      )
      .run(secret.arn, secret.name, secret.description ?? null, secret.created);
  }

  /** The resource policy of a secret, as JSON. */
  policy(arn: string): string | undefined {
    const row = this.#journal.db.prepare('SELECT policy FROM secrets_secrets WHERE arn = ?').get(arn);
    return typeof row?.policy === 'string' ? row.policy : undefined;
  }

  savePolicy(arn: string, policy: string): void {
    this.#journal.db.prepare('UPDATE secrets_secrets SET policy = ? WHERE arn = ?').run(policy, arn);
  }

  /** Newest first. */
  versions(arn: string): SecretVersion[] {
    return this.#journal.db
      .prepare('SELECT * FROM secrets_versions WHERE arn = ? ORDER BY seq DESC')
      .all(arn)
      .map((row) => ({
        versionId: String(row.version_id),
        stages: z.array(z.string()).parse(JSON.parse(String(row.stages))),
        string: typeof row.string === 'string' ? row.string : undefined,
        binary: row.binary instanceof Uint8Array ? row.binary : undefined,
        created: Number(row.created),
      }));
  }

  addVersion(arn: string, version: SecretVersion): void {
    this.#journal.db
      .prepare(
        'INSERT INTO secrets_versions (arn, version_id, stages, string, binary, created) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(
        arn,
        version.versionId,
        JSON.stringify(version.stages),
        version.string ?? null,
        version.binary ?? null,
        version.created,
      );
  }

  saveStages(arn: string, versionId: string, stages: readonly string[]): void {
    this.#journal.db
      .prepare('UPDATE secrets_versions SET stages = ? WHERE arn = ? AND version_id = ?')
      .run(JSON.stringify(stages), arn, versionId);
  }
}
