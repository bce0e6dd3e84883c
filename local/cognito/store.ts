import { createHash } from 'node:crypto';
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import * as z from 'zod';
import type { Journal } from '../core/journal.ts';
import {
  type Client,
  type ClientSettings,
  clientSettingsSchema,
  type Grant,
  type Pool,
  type PoolSettings,
  poolSettingsSchema,
  type Session,
  type User,
} from './model.ts';

type Row = Record<string, SQLOutputValue>;
const attributesSchema = z.record(z.string(), z.string());

/** The tables of the user pools, `cognito_*`. Sessions and refresh tokens are kept as hashes. */
export class CognitoStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.db.exec(`
      CREATE TABLE IF NOT EXISTS cognito_pools (
        id TEXT PRIMARY KEY, settings TEXT NOT NULL, private_key TEXT NOT NULL, key_id TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS cognito_clients (
        id TEXT PRIMARY KEY, pool_id TEXT NOT NULL, secret TEXT, settings TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS cognito_users (
        pool_id TEXT NOT NULL, username TEXT NOT NULL, email TEXT, sub TEXT NOT NULL, attributes TEXT NOT NULL,
        enabled INTEGER NOT NULL, status TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
        PRIMARY KEY (pool_id, username)) STRICT;
      CREATE INDEX IF NOT EXISTS cognito_users_email ON cognito_users (pool_id, email);
      CREATE INDEX IF NOT EXISTS cognito_users_sub ON cognito_users (pool_id, sub);
      CREATE TABLE IF NOT EXISTS cognito_sessions (
        hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, login TEXT NOT NULL, username TEXT, challenge TEXT NOT NULL,
        code TEXT NOT NULL, code_expires INTEGER NOT NULL, expires INTEGER NOT NULL, wrong INTEGER NOT NULL,
        used INTEGER NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS cognito_sessions_expires ON cognito_sessions (expires);
      CREATE TABLE IF NOT EXISTS cognito_grants (
        origin_jti TEXT PRIMARY KEY, client_id TEXT NOT NULL, pool_id TEXT NOT NULL, username TEXT NOT NULL,
        refresh_hash TEXT NOT NULL UNIQUE, authenticated INTEGER NOT NULL, refresh_expires INTEGER NOT NULL,
        revoked INTEGER NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS cognito_grants_user ON cognito_grants (pool_id, username);
    `);
  }

  pool(id: string): Pool | undefined {
    const row = this.#get('SELECT * FROM cognito_pools WHERE id = ?', id);
    if (row === undefined) return undefined;
    return {
      id,
      settings: poolSettingsSchema.parse(JSON.parse(String(row.settings))),
      privateKey: String(row.private_key),
      keyId: String(row.key_id),
    };
  }

  savePool(id: string, settings: PoolSettings, key: { privateKey: string; keyId: string }): void {
    this.#run(
      `INSERT INTO cognito_pools (id, settings, private_key, key_id) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET settings = excluded.settings`,
      id,
      JSON.stringify(settings),
      key.privateKey,
      key.keyId,
    );
  }

  client(id: string): Client | undefined {
    const row = this.#get('SELECT * FROM cognito_clients WHERE id = ?', id);
    if (row === undefined) return undefined;
    return {
      id,
      poolId: String(row.pool_id),
      secret: typeof row.secret === 'string' ? row.secret : undefined,
      settings: clientSettingsSchema.parse(JSON.parse(String(row.settings))),
    };
  }

  saveClient(id: string, poolId: string, secret: string | undefined, settings: ClientSettings): void {
    this.#run(
      `INSERT INTO cognito_clients (id, pool_id, secret, settings) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, settings = excluded.settings`,
      id,
      poolId,
      secret ?? null,
      JSON.stringify(settings),
    );
  }

  /** By username, `sub` or (where people sign in with it) email. */
  findUser(pool: Pool, login: string): User | undefined {
    const email = pool.settings.usernameAttributes.includes('email') ? this.#fold(pool, login) : '';
    const row = this.#get(
      `SELECT * FROM cognito_users WHERE pool_id = ?1 AND username = ?2
       UNION SELECT * FROM cognito_users WHERE pool_id = ?1 AND sub = ?2
       UNION SELECT * FROM cognito_users WHERE pool_id = ?1 AND email = ?3 AND ?3 <> '' LIMIT 1`,
      pool.id,
      login,
      email,
    );
    return row === undefined ? undefined : toUser(row);
  }

  /** Adds a user or overwrites one. */
  saveUser(pool: Pool, user: User): void {
    this.#run(
      `INSERT OR REPLACE INTO cognito_users
         (pool_id, username, email, sub, attributes, enabled, status, created, modified)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      user.poolId,
      user.username,
      user.attributes.email === undefined ? null : this.#fold(pool, user.attributes.email),
      user.attributes.sub ?? '',
      JSON.stringify(user.attributes),
      user.enabled ? 1 : 0,
      user.status,
      user.created,
      user.modified,
    );
  }

  deleteUser(user: User): void {
    this.#run('DELETE FROM cognito_users WHERE pool_id = ? AND username = ?', user.poolId, user.username);
    this.#run('DELETE FROM cognito_grants WHERE pool_id = ? AND username = ?', user.poolId, user.username);
  }

  /** All users of a pool by username, after the one named. */
  *users(poolId: string, after: string): Generator<User> {
    const rows = this.#journal.db
      .prepare('SELECT * FROM cognito_users WHERE pool_id = ? AND username > ? ORDER BY username')
      .iterate(poolId, after);
    for (const row of rows) yield toUser(row);
  }

  session(id: string): Session | undefined {
    const row = this.#get('SELECT * FROM cognito_sessions WHERE hash = ?', hash(id));
    if (row === undefined) return undefined;
    return {
      id,
      clientId: String(row.client_id),
      login: String(row.login),
      username: typeof row.username === 'string' ? row.username : undefined,
      challenge: row.challenge === 'SELECT_CHALLENGE' ? 'SELECT_CHALLENGE' : 'EMAIL_OTP',
      code: String(row.code),
      codeExpires: Number(row.code_expires),
      expires: Number(row.expires),
      wrong: Number(row.wrong),
      used: row.used === 1,
    };
  }

  saveSession(session: Session): void {
    this.#run(
      `INSERT OR REPLACE INTO cognito_sessions
         (hash, client_id, login, username, challenge, code, code_expires, expires, wrong, used)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      hash(session.id),
      session.clientId,
      session.login,
      session.username ?? null,
      session.challenge,
      session.code,
      session.codeExpires,
      session.expires,
      session.wrong,
      session.used ? 1 : 0,
    );
  }

  /** Forgets sessions that ended before `time` (epoch ms). */
  forgetSessions(time: number): void {
    this.#run('DELETE FROM cognito_sessions WHERE expires < ?', time);
  }

  grant(originJti: string): Grant | undefined {
    const row = this.#get('SELECT * FROM cognito_grants WHERE origin_jti = ?', originJti);
    return row === undefined ? undefined : toGrant(row);
  }

  grantOfRefreshToken(token: string): Grant | undefined {
    const row = this.#get('SELECT * FROM cognito_grants WHERE refresh_hash = ?', hash(token));
    return row === undefined ? undefined : toGrant(row);
  }

  addGrant(grant: Grant, poolId: string, refreshToken: string): void {
    this.#run(
      `INSERT INTO cognito_grants
         (origin_jti, client_id, pool_id, username, refresh_hash, authenticated, refresh_expires, revoked)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      grant.originJti,
      grant.clientId,
      poolId,
      grant.username,
      hash(refreshToken),
      grant.authenticated,
      grant.refreshExpires,
      grant.revoked ? 1 : 0,
    );
  }

  revokeGrant(originJti: string): void {
    this.#run('UPDATE cognito_grants SET revoked = 1 WHERE origin_jti = ?', originJti);
  }

  revokeGrants(user: User): void {
    this.#run(
      'UPDATE cognito_grants SET revoked = 1 WHERE pool_id = ? AND username = ?',
      user.poolId,
      user.username,
    );
  }

  #fold(pool: Pool, login: string): string {
    return pool.settings.caseSensitive ? login : login.toLowerCase();
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#journal.db.prepare(sql).get(...values);
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#journal.db.prepare(sql).run(...values);
  }
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function toUser(row: Row): User {
  return {
    poolId: String(row.pool_id),
    username: String(row.username),
    attributes: attributesSchema.parse(JSON.parse(String(row.attributes))),
    enabled: row.enabled === 1,
    status: row.status === 'CONFIRMED' ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
    created: Number(row.created),
    modified: Number(row.modified),
  };
}

function toGrant(row: Row): Grant {
  return {
    originJti: String(row.origin_jti),
    clientId: String(row.client_id),
    username: String(row.username),
    authenticated: Number(row.authenticated),
    refreshExpires: Number(row.refresh_expires),
    revoked: row.revoked === 1,
  };
}
