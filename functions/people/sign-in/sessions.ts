import { createHash, randomBytes } from 'node:crypto';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Identity } from '../../shared/access/identity.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import { read } from '../../shared/table/change.ts';
import { dynamodb } from '../../shared/table/client.ts';
import type { Key } from '../../shared/table/keys.ts';
import type { Person } from '../model.ts';
import { findPerson } from '../store.ts';

/** Name of the session's cookie; `__Host-` binds it to this host, https and every path. */
export const SESSION_COOKIE = '__Host-psqm';
const SESSION_SECONDS = 12 * 3600;

const session = z.object({
  personId: z.string(),
  /** The address by which the person signed in; sessions of before have none. */
  email: z.string().optional(),
  expiresAt: z.iso.datetime(),
});

/** Only the digest of a session's secret is stored: who reads the table cannot take a session over. */
const sessionKey = (secret: string): Key => ({
  pk: `SESSION#${createHash('sha256').update(secret).digest('hex')}`,
  sk: 'SESSION',
});

/** Begins a session of 12 hours and returns the Set-Cookie header of it. */
export async function beginSession(
  { personId, email }: Pick<Person, 'personId' | 'email'>,
  now: Date,
): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + SESSION_SECONDS * 1000);
  await dynamodb.send(
    new PutItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Item: marshall({
        ...sessionKey(secret),
        version: 1,
        personId,
        email,
        startedAt: now.toISOString(),
        expiresAt: expiresAt.toISOString(),
        ttl: Math.ceil(expiresAt.getTime() / 1000),
      }),
    }),
  );
  return cookie(`${personId}.${secret}`, SESSION_SECONDS);
}

/** Ends the session at once and returns the Set-Cookie header that clears the browser's. */
export async function endSession(cookies: readonly string[]): Promise<string> {
  const held = ofCookies(cookies);
  if (held !== undefined) {
    await dynamodb.send(
      new DeleteItemCommand({
        TableName: requireEnv('PROGRAMME_TABLE'),
        Key: marshall(sessionKey(held.secret)),
      }),
    );
  }
  return cookie('', 0);
}

/**
 * Who these cookies are at `now`, read from the table at each request so that a role that ended opens nothing;
 * undefined without a session, with an expired one, for a person who is no longer active or whose address was corrected.
 */
export async function identityOf(cookies: readonly string[], now: Date): Promise<Identity | undefined> {
  const held = ofCookies(cookies);
  if (held === undefined) return undefined;
  // The cookie names the person only so that both are read at once: it is the session that says whose it is.
  const [known, person] = await Promise.all([
    read(session, sessionKey(held.secret)),
    findPerson(held.personId),
  ]);
  if (known?.personId !== held.personId || new Date(known.expiresAt) <= now) return undefined;
  if (person?.status !== 'ACTIVE') return undefined;
  // Whoever held the earlier address may be somebody else.
  return known.email === undefined || known.email === person.email ? toIdentity(person) : undefined;
}

export function toIdentity(person: Person): Identity {
  const { personId, email, name, roles, language, hubIds, funderIds } = person;
  return { personId, email, name, roles, language, hubIds, funderIds };
}

function ofCookies(cookies: readonly string[]): { personId: string; secret: string } | undefined {
  for (const one of cookies.flatMap((line) => line.split(';'))) {
    const [name, value = ''] = one.trim().split('=');
    const [, personId, secret] = /^([0-9A-Z]{1,64})\.([A-Za-z0-9_-]{43})$/.exec(value) ?? [];
    if (name === SESSION_COOKIE && personId !== undefined && secret !== undefined)
      return { personId, secret };
  }
  return undefined;
}

function cookie(value: string, seconds: number): string {
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Lax`;
}
