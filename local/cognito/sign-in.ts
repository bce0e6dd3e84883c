import { createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import { sendCode } from './messages.ts';
import {
  accessTokenSchema,
  type Client,
  type Grant,
  initiateAuthSchema,
  type Pool,
  respondSchema,
  revokeTokenSchema,
  type Session,
  type User,
} from './model.ts';
import type { CognitoStore } from './store.ts';
import { isSignedBy, issueTokens, readAccessToken } from './tokens.ts';
import { type CognitoContext, listAttributes, type Operation, requirePool } from './users.ts';

/** How long a code is good for (Cognito Developer Guide, "Passwordless sign-in"). */
const CODE_SECONDS = 180;
const MAX_WRONG = 5;
const INVALID = 'InvalidParameterException';

/** Sign-in by a code sent by email, refresh, sign-out: the operations that people's browsers stand behind. */
export const signInOperations: Readonly<Record<string, Operation>> = {
  async InitiateAuth(context, input) {
    const request = parseInput('cognito-idp InitiateAuth', initiateAuthSchema, input, INVALID);
    const { client, pool } = requireClient(context.store, request.ClientId);
    switch (request.AuthFlow) {
      case 'USER_AUTH':
        return beginSignIn(context, pool, client, request.AuthParameters);
      case 'REFRESH_TOKEN_AUTH':
      case 'REFRESH_TOKEN':
        return refresh(context, pool, client, request.AuthParameters);
      default:
        throw new UnsupportedError(`cognito-idp InitiateAuth AuthFlow ${request.AuthFlow}`);
    }
  },

  async RespondToAuthChallenge(context, input) {
    const request = parseInput('cognito-idp RespondToAuthChallenge', respondSchema, input, INVALID);
    const { client, pool } = requireClient(context.store, request.ClientId);
    const responses = request.ChallengeResponses;
    const username = responses.USERNAME;
    if (username === undefined) throw new ServiceError(INVALID, 'Missing required parameter USERNAME');
    checkSecretHash(client, username, responses.SECRET_HASH);
    const session = requireSession(context, request.Session, client, username);
    if (session.challenge !== request.ChallengeName) {
      throw new ServiceError('NotAuthorizedException', 'Invalid session for the user.');
    }
    switch (session.challenge) {
      case 'SELECT_CHALLENGE': {
        if (responses.ANSWER !== 'EMAIL_OTP') {
          throw new UnsupportedError(`cognito-idp RespondToAuthChallenge ANSWER ${responses.ANSWER ?? ''}`);
        }
        context.store.saveSession({ ...session, used: true });
        return sendChallenge(context, pool, client, username, session.username);
      }
      case 'EMAIL_OTP':
        return answerCode(context, pool, client, session, responses.EMAIL_OTP_CODE);
    }
  },

  async GetUser(context, input) {
    const request = parseInput('cognito-idp GetUser', accessTokenSchema, input, INVALID);
    const { user } = requireAccess(context, request.AccessToken);
    return { Username: user.username, UserAttributes: listAttributes(user) };
  },

  async GlobalSignOut(context, input) {
    const request = parseInput('cognito-idp GlobalSignOut', accessTokenSchema, input, INVALID);
    context.store.revokeGrants(requireAccess(context, request.AccessToken).user);
    return {};
  },

  async RevokeToken({ store }, input) {
    const request = parseInput('cognito-idp RevokeToken', revokeTokenSchema, input, INVALID);
    const { client } = requireClient(store, request.ClientId);
    if (client.secret !== undefined && client.secret !== request.ClientSecret) {
      throw new ServiceError('NotAuthorizedException', 'Unable to verify secret hash for client');
    }
    const grant = store.grantOfRefreshToken(request.Token);
    if (grant !== undefined && grant.clientId === client.id) store.revokeGrant(grant.originJti);
    return {};
  },
};

async function beginSignIn(
  context: CognitoContext,
  pool: Pool,
  client: Client,
  parameters: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  if (!client.settings.flows.includes('ALLOW_USER_AUTH')) {
    throw new ServiceError(INVALID, 'USER_AUTH flow not enabled for this client');
  }
  if (!pool.settings.firstFactors.includes('EMAIL_OTP')) {
    throw new ServiceError(INVALID, 'EMAIL_OTP is not enabled for this user pool');
  }
  const login = parameters.USERNAME;
  if (login === undefined || login === '') {
    throw new ServiceError(INVALID, 'Missing required parameter USERNAME');
  }
  checkSecretHash(client, login, parameters.SECRET_HASH);
  const user = context.store.findUser(pool, login);
  if (user === undefined && !client.settings.hidesUnknownUsers) {
    throw new ServiceError('UserNotFoundException', 'User does not exist.');
  }
  if (user?.enabled === false) throw new ServiceError('NotAuthorizedException', 'User is disabled.');
  const preferred = parameters.PREFERRED_CHALLENGE;
  if (preferred === undefined) {
    const session = newSession(context, client, login, user?.username, 'SELECT_CHALLENGE');
    return {
      ChallengeName: 'SELECT_CHALLENGE',
      ChallengeParameters: {},
      AvailableChallenges: ['EMAIL_OTP'],
      Session: session.id,
    };
  }
  if (preferred !== 'EMAIL_OTP') {
    throw new UnsupportedError(`cognito-idp InitiateAuth PREFERRED_CHALLENGE ${preferred}`);
  }
  return sendChallenge(context, pool, client, login, user?.username);
}

/** Somebody unknown gets the same answer (`PreventUserExistenceErrors`), but no email and no way to a token. */
async function sendChallenge(
  context: CognitoContext,
  pool: Pool,
  client: Client,
  login: string,
  username: string | undefined,
): Promise<Record<string, unknown>> {
  const session = newSession(context, client, login, username, 'EMAIL_OTP');
  const user = username === undefined ? undefined : context.store.findUser(pool, username);
  if (user !== undefined) {
    if (user.attributes.email === undefined || user.attributes.email_verified !== 'true') {
      throw new ServiceError(INVALID, 'The user has no verified email address to send a code to.');
    }
    await sendCode(context.cloud, pool, client, user, session.code);
  }
  return {
    ChallengeName: 'EMAIL_OTP',
    ChallengeParameters: {
      CODE_DELIVERY_DELIVERY_MEDIUM: 'EMAIL',
      CODE_DELIVERY_DESTINATION: hideEmail(user?.attributes.email ?? login),
    },
    AvailableChallenges: ['EMAIL_OTP'],
    Session: session.id,
  };
}

function newSession(
  { cloud, store }: CognitoContext,
  client: Client,
  login: string,
  username: string | undefined,
  challenge: Session['challenge'],
): Session {
  const now = cloud.clock.now();
  const session: Session = {
    id: randomBytes(120).toString('base64url'),
    clientId: client.id,
    login,
    username,
    challenge,
    code: String(randomInt(0, 100_000_000)).padStart(8, '0'),
    codeExpires: now + CODE_SECONDS * 1000,
    expires: now + Math.max(CODE_SECONDS, client.settings.sessionSeconds) * 1000,
    wrong: 0,
    used: false,
  };
  cloud.journal.transaction(() => {
    // Kept for a while beyond their end, so that a late answer is told why.
    store.forgetSessions(now - 24 * 3600 * 1000);
    store.saveSession(session);
  });
  return session;
}

function requireSession(
  { cloud, store }: CognitoContext,
  id: string | undefined,
  client: Client,
  login: string,
): Session {
  const session = id === undefined ? undefined : store.session(id);
  if (session === undefined || session.clientId !== client.id) {
    throw new ServiceError('NotAuthorizedException', 'Invalid session for the user.');
  }
  if (session.used) {
    throw new ServiceError(
      'NotAuthorizedException',
      'Invalid session for the user, session can only be used once.',
    );
  }
  if (login.toLowerCase() !== session.login.toLowerCase() && login !== session.username) {
    throw new ServiceError('NotAuthorizedException', 'Invalid session for the user.');
  }
  const now = cloud.clock.now();
  if (session.challenge === 'EMAIL_OTP' && now > session.codeExpires) {
    throw new ServiceError('ExpiredCodeException', 'Your code has expired, please request a new one.');
  }
  if (now > session.expires) {
    throw new ServiceError('NotAuthorizedException', 'Invalid session for the user, session is expired.');
  }
  return session;
}

function answerCode(
  { cloud, store }: CognitoContext,
  pool: Pool,
  client: Client,
  session: Session,
  code: string | undefined,
): Record<string, unknown> {
  if (code === undefined) throw new ServiceError(INVALID, 'Missing required parameter EMAIL_OTP_CODE');
  const user = session.username === undefined ? undefined : store.findUser(pool, session.username);
  if (user === undefined || code.trim() !== session.code) {
    const wrong = session.wrong + 1;
    store.saveSession({ ...session, wrong, used: wrong >= MAX_WRONG });
    if (wrong >= MAX_WRONG) {
      throw new ServiceError('NotAuthorizedException', 'Invalid session for the user: too many wrong codes.');
    }
    throw new ServiceError('CodeMismatchException', 'Invalid code or auth state for the user.');
  }
  if (!user.enabled) throw new ServiceError('NotAuthorizedException', 'User is disabled.');
  const now = cloud.clock.now();
  const refreshToken = randomBytes(96).toString('base64url');
  const grant: Grant = {
    originJti: randomUUID(),
    clientId: client.id,
    username: user.username,
    authenticated: now,
    refreshExpires: now + client.settings.refreshTokenSeconds * 1000,
    revoked: false,
  };
  cloud.journal.transaction(() => {
    store.saveSession({ ...session, used: true });
    store.addGrant(grant, pool.id, refreshToken);
  });
  return {
    ChallengeParameters: {},
    AuthenticationResult: {
      ...issueTokens(pool, client, user, grant, cloud.region, now),
      RefreshToken: refreshToken,
    },
  };
}

async function refresh(
  { cloud, store }: CognitoContext,
  pool: Pool,
  client: Client,
  parameters: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const token = parameters.REFRESH_TOKEN;
  if (token === undefined) throw new ServiceError(INVALID, 'Missing required parameter REFRESH_TOKEN');
  const grant = store.grantOfRefreshToken(token);
  if (grant === undefined || grant.clientId !== client.id) {
    throw new ServiceError('NotAuthorizedException', 'Invalid Refresh Token');
  }
  checkSecretHash(client, grant.username, parameters.SECRET_HASH);
  const now = cloud.clock.now();
  const user = store.findUser(pool, grant.username);
  if (grant.revoked) throw new ServiceError('NotAuthorizedException', 'Refresh Token has been revoked');
  if (now > grant.refreshExpires) {
    throw new ServiceError('NotAuthorizedException', 'Refresh Token has expired');
  }
  if (user?.enabled !== true) throw new ServiceError('NotAuthorizedException', 'User is disabled.');
  return {
    ChallengeParameters: {},
    AuthenticationResult: issueTokens(pool, client, user, grant, cloud.region, now),
  };
}

function requireAccess({ cloud, store }: CognitoContext, token: string): { pool: Pool; user: User } {
  const refused = (why: string) => new ServiceError('NotAuthorizedException', why);
  const claims = readAccessToken(token);
  const client = claims === undefined ? undefined : store.client(claims.client_id);
  const pool = client === undefined ? undefined : store.pool(client.poolId);
  if (claims === undefined || pool === undefined || !isSignedBy(pool, token))
    throw refused('Invalid Access Token');
  if (cloud.clock.now() >= claims.exp * 1000) throw refused('Access Token has expired');
  const user = store.findUser(pool, claims.username);
  if (user === undefined) throw new ServiceError('UserNotFoundException', 'User does not exist.');
  if (store.grant(claims.origin_jti)?.revoked !== false) throw refused('Access Token has been revoked');
  if (!user.enabled) throw refused('User is disabled.');
  return { pool, user };
}

function requireClient(store: CognitoStore, id: string): { client: Client; pool: Pool } {
  const client = store.client(id);
  if (client === undefined) {
    throw new ServiceError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
  }
  return { client, pool: requirePool(store, client.poolId) };
}

function checkSecretHash(client: Client, username: string, given: string | undefined): void {
  if (client.secret === undefined) return;
  if (given === undefined) {
    throw new ServiceError(
      'NotAuthorizedException',
      `Client ${client.id} is configured with secret but SECRET_HASH was not received`,
    );
  }
  const expected = createHmac('sha256', client.secret)
    .update(username + client.id)
    .digest('base64');
  if (given !== expected) {
    throw new ServiceError(
      'NotAuthorizedException',
      `SecretHash does not match for the client: ${client.id}`,
    );
  }
}

/** `jane@school.example` becomes `j***@s***`. */
function hideEmail(email: string): string {
  const [local = '', domain = ''] = email.split('@');
  return `${local.slice(0, 1)}***@${domain.slice(0, 1)}***`;
}
