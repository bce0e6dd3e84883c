import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import * as z from 'zod';
import type { Client, Grant, Pool, User } from './model.ts';

/** A new RSA key for a pool, in the forms that the journal keeps. */
export function createPoolKey(): { privateKey: string; keyId: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), keyId: randomUUID() };
}

/** The pool's public key as its `.well-known/jwks.json` has it. */
export function publicKeys(pool: Pool): { keys: Record<string, unknown>[] } {
  const jwk = createPublicKey(createPrivateKey(pool.privateKey)).export({ format: 'jwk' });
  return { keys: [{ ...jwk, alg: 'RS256', use: 'sig', kid: pool.keyId }] };
}

export interface TokenSet {
  readonly AccessToken: string;
  readonly IdToken: string;
  readonly ExpiresIn: number;
  readonly TokenType: 'Bearer';
}

/** Access and ID token of a grant, with the claims that Cognito gives; `now` in epoch ms. */
export function issueTokens(
  pool: Pool,
  client: Client,
  user: User,
  grant: Grant,
  region: string,
  now: number,
): TokenSet {
  const issued = Math.floor(now / 1000);
  const common = {
    sub: user.attributes.sub,
    iss: `https://cognito-idp.${region}.amazonaws.com/${pool.id}`,
    origin_jti: grant.originJti,
    event_id: randomUUID(),
    auth_time: Math.floor(grant.authenticated / 1000),
    iat: issued,
  };
  const { accessTokenSeconds, idTokenSeconds } = client.settings;
  return {
    AccessToken: signToken(pool, {
      ...common,
      client_id: client.id,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: user.username,
      exp: issued + accessTokenSeconds,
      jti: randomUUID(),
    }),
    IdToken: signToken(pool, {
      ...common,
      ...user.attributes,
      email_verified: user.attributes.email_verified === 'true',
      'cognito:username': user.username,
      aud: client.id,
      token_use: 'id',
      exp: issued + idTokenSeconds,
      jti: randomUUID(),
    }),
    ExpiresIn: accessTokenSeconds,
    TokenType: 'Bearer',
  };
}

const headerSchema = z.object({ alg: z.literal('RS256'), kid: z.string() });
const accessClaimsSchema = z.object({
  iss: z.string(),
  exp: z.number(),
  client_id: z.string(),
  token_use: z.literal('access'),
  username: z.string(),
  origin_jti: z.string(),
});
export type AccessClaims = z.infer<typeof accessClaimsSchema>;

/** The claims of a well-formed access token, unverified: they say which pool's key to verify it with. */
export function readAccessToken(token: string): AccessClaims | undefined {
  const parts = token.split('.');
  const [header, payload] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined) return undefined;
  try {
    headerSchema.parse(JSON.parse(Buffer.from(header, 'base64url').toString()));
    return accessClaimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  } catch {
    return undefined;
  }
}

/** Whether the pool signed the token. */
export function isSignedBy(pool: Pool, token: string): boolean {
  const at = token.lastIndexOf('.');
  return verify(
    'sha256',
    Buffer.from(token.slice(0, at)),
    createPublicKey(createPrivateKey(pool.privateKey)),
    Buffer.from(token.slice(at + 1), 'base64url'),
  );
}

function signToken(pool: Pool, claims: Record<string, unknown>): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ kid: pool.keyId, alg: 'RS256' })}.${encode(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), createPrivateKey(pool.privateKey)).toString('base64url')}`;
}
