import { randomUUID } from 'node:crypto';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { CloudContext } from '../core/service.ts';
import {
  adminCreateUserSchema,
  adminDeleteUserAttributesSchema,
  adminUpdateUserAttributesSchema,
  adminUserSchema,
  listUsersSchema,
  type Pool,
  type User,
} from './model.ts';
import type { CognitoStore } from './store.ts';

export interface CognitoContext {
  readonly cloud: CloudContext;
  readonly store: CognitoStore;
}

export type Operation = (
  context: CognitoContext,
  input: Record<string, unknown>,
) => Promise<Record<string, unknown>>;

const INVALID = 'InvalidParameterException';

const STANDARD_ATTRIBUTES = new Set(
  'address birthdate email email_verified family_name gender given_name locale middle_name name nickname phone_number phone_number_verified picture preferred_username profile updated_at website zoneinfo'.split(
    ' ',
  ),
);

/** The operations of administrators on users, in the SDK's shapes. Passwords and invitations are not supported. */
export const userOperations: Readonly<Record<string, Operation>> = {
  async AdminCreateUser({ cloud, store }, input) {
    const request = parseInput('cognito-idp AdminCreateUser', adminCreateUserSchema, input, INVALID);
    if (request.MessageAction !== 'SUPPRESS') {
      throw new UnsupportedError(
        'cognito-idp AdminCreateUser without MessageAction SUPPRESS: invitations by Cognito',
      );
    }
    const pool = requirePool(store, request.UserPoolId);
    const byEmail = pool.settings.usernameAttributes.includes('email');
    const attributes = readAttributes(pool, request.UserAttributes);
    if (byEmail) {
      if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(request.Username)) {
        throw new ServiceError(INVALID, 'Username should be an email.');
      }
      attributes.email ??= request.Username;
    }
    const sub = randomUUID();
    const now = cloud.clock.now();
    const user: User = {
      poolId: pool.id,
      username: byEmail ? sub : request.Username,
      attributes: { ...attributes, sub },
      enabled: true,
      // Without a password a pool that lets people in by code takes them as confirmed.
      status: pool.settings.firstFactors.includes('EMAIL_OTP') ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
      created: now,
      modified: now,
    };
    cloud.journal.transaction(() => {
      const taken = [
        request.Username,
        ...(byEmail && attributes.email !== undefined ? [attributes.email] : []),
      ];
      if (taken.some((login) => store.findUser(pool, login) !== undefined)) {
        throw new ServiceError('UsernameExistsException', 'User account already exists');
      }
      store.saveUser(pool, user);
    });
    return { User: describe(user, 'Attributes') };
  },

  async AdminGetUser({ store }, input) {
    const request = parseInput('cognito-idp AdminGetUser', adminUserSchema, input, INVALID);
    return describe(requireUser(store, request.UserPoolId, request.Username).user, 'UserAttributes');
  },

  async AdminUpdateUserAttributes({ cloud, store }, input) {
    const request = parseInput(
      'cognito-idp AdminUpdateUserAttributes',
      adminUpdateUserAttributesSchema,
      input,
      INVALID,
    );
    cloud.journal.transaction(() => {
      const { pool, user } = requireUser(store, request.UserPoolId, request.Username);
      const changes = readAttributes(pool, request.UserAttributes);
      const email = changes.email;
      if (email !== undefined && pool.settings.usernameAttributes.includes('email')) {
        const other = store.findUser(pool, email);
        if (other !== undefined && other.username !== user.username) {
          throw new ServiceError('AliasExistsException', 'An account with the given email already exists.');
        }
      }
      store.saveUser(pool, {
        ...user,
        attributes: { ...user.attributes, ...changes },
        modified: cloud.clock.now(),
      });
    });
    return {};
  },

  async AdminDeleteUserAttributes({ cloud, store }, input) {
    const request = parseInput(
      'cognito-idp AdminDeleteUserAttributes',
      adminDeleteUserAttributesSchema,
      input,
      INVALID,
    );
    const { pool, user } = requireUser(store, request.UserPoolId, request.Username);
    const attributes = Object.fromEntries(
      Object.entries(user.attributes).filter(
        ([name]) => name === 'sub' || !request.UserAttributeNames.includes(name),
      ),
    );
    store.saveUser(pool, { ...user, attributes, modified: cloud.clock.now() });
    return {};
  },

  async AdminDeleteUser({ cloud, store }, input) {
    const request = parseInput('cognito-idp AdminDeleteUser', adminUserSchema, input, INVALID);
    const { user } = requireUser(store, request.UserPoolId, request.Username);
    cloud.journal.transaction(() => store.deleteUser(user));
    return {};
  },

  AdminDisableUser: (context, input) => enable(context, 'AdminDisableUser', input, false),
  AdminEnableUser: (context, input) => enable(context, 'AdminEnableUser', input, true),

  async AdminUserGlobalSignOut({ store }, input) {
    const request = parseInput('cognito-idp AdminUserGlobalSignOut', adminUserSchema, input, INVALID);
    store.revokeGrants(requireUser(store, request.UserPoolId, request.Username).user);
    return {};
  },

  async ListUsers({ store }, input) {
    const request = parseInput('cognito-idp ListUsers', listUsersSchema, input, INVALID);
    const pool = requirePool(store, request.UserPoolId);
    const matches = readFilter(request.Filter);
    const found: User[] = [];
    let more = false;
    for (const user of store.users(pool.id, request.PaginationToken ?? '')) {
      if (!matches(user)) continue;
      if (found.length === request.Limit) {
        more = true;
        break;
      }
      found.push(user);
    }
    const wanted = request.AttributesToGet;
    return {
      Users: found.map((user) => describe(user, 'Attributes', wanted)),
      ...(more ? { PaginationToken: found.at(-1)?.username ?? '' } : {}),
    };
  },
};

export function requirePool(store: CognitoStore, id: string): Pool {
  const pool = store.pool(id);
  if (pool === undefined) {
    throw new ServiceError('ResourceNotFoundException', `User pool ${id} does not exist.`);
  }
  return pool;
}

/** A user's attributes as answers list them. */
export function listAttributes(user: User, wanted?: readonly string[]): { Name: string; Value: string }[] {
  return Object.entries(user.attributes)
    .filter(([name]) => wanted === undefined || wanted.includes(name))
    .map(([Name, Value]) => ({ Name, Value }));
}

function requireUser(store: CognitoStore, poolId: string, login: string): { pool: Pool; user: User } {
  const pool = requirePool(store, poolId);
  const user = store.findUser(pool, login);
  if (user === undefined) throw new ServiceError('UserNotFoundException', 'User does not exist.');
  return { pool, user };
}

async function enable(
  { cloud, store }: CognitoContext,
  action: string,
  input: Record<string, unknown>,
  enabled: boolean,
): Promise<Record<string, unknown>> {
  const request = parseInput(`cognito-idp ${action}`, adminUserSchema, input, INVALID);
  const { pool, user } = requireUser(store, request.UserPoolId, request.Username);
  cloud.journal.transaction(() => {
    store.saveUser(pool, { ...user, enabled, modified: cloud.clock.now() });
    if (!enabled) store.revokeGrants(user);
  });
  return {};
}

function readAttributes(
  pool: Pool,
  list: readonly { readonly Name: string; readonly Value: string }[],
): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const { Name, Value } of list) {
    if (!STANDARD_ATTRIBUTES.has(Name) && !pool.settings.customAttributes.includes(Name)) {
      throw new ServiceError(
        INVALID,
        `Attributes did not conform to the schema: ${Name}: Attribute does not exist in the schema.`,
      );
    }
    attributes[Name] = Value;
  }
  return attributes;
}

function describe(
  user: User,
  attributes: 'Attributes' | 'UserAttributes',
  wanted?: readonly string[],
): Record<string, unknown> {
  return {
    Username: user.username,
    [attributes]: listAttributes(user, wanted),
    UserCreateDate: new Date(user.created),
    UserLastModifiedDate: new Date(user.modified),
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}

/** `attribute = "value"` or `attribute ^= "prefix"` (Cognito API, ListUsers); undefined matches everybody. */
function readFilter(filter: string | undefined): (user: User) => boolean {
  if (filter === undefined || filter.trim() === '') return () => true;
  const match = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter);
  const [, name, operator, quoted] = match ?? [];
  if (name === undefined || quoted === undefined) {
    throw new ServiceError(INVALID, `Error while parsing filter: ${filter}`);
  }
  const value = quoted.replaceAll(/\\(.)/g, '$1').toLowerCase();
  return (user) => {
    const actual = (
      name === 'username'
        ? user.username
        : name === 'cognito:user_status'
          ? user.status
          : name === 'status'
            ? user.enabled
              ? 'Enabled'
              : 'Disabled'
            : (user.attributes[name] ?? '')
    ).toLowerCase();
    return operator === '=' ? actual === value : actual.startsWith(value);
  };
}
