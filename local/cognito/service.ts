import { randomBytes } from 'node:crypto';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { CloudContext, Service } from '../core/service.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';
import type { ClientSettings, PoolSettings } from './model.ts';
import { signInOperations } from './sign-in.ts';
import { CognitoStore } from './store.ts';
import { createPoolKey, publicKeys } from './tokens.ts';
import { type CognitoContext, requirePool, userOperations } from './users.ts';

export interface CognitoService extends Service {
  /** `GET /{poolId}/.well-known/jwks.json`. */
  handleHttp(request: Pick<RestRequest, 'method' | 'path'>): Promise<RestResponse>;
  /** Creates a pool or brings it up to date; its users and its key stay. */
  configurePool(id: string, settings: PoolSettings): void;
  /** Creates a client or brings it up to date; its secret stays. Returns the secret where it has one. */
  configureClient(
    id: string,
    poolId: string,
    hasSecret: boolean,
    settings: ClientSettings,
  ): string | undefined;
  /** Public keys that verify a pool's tokens. */
  jwks(poolId: string): { keys: Record<string, unknown>[] };
}

const operations = { ...userOperations, ...signInOperations };

/** Cognito user pools with sign-in by a code sent by email (`USER_AUTH`, `EMAIL_OTP`); everything is kept in the journal. */
export function createCognitoService(cloud: CloudContext): CognitoService {
  const store = new CognitoStore(cloud.journal);
  const context: CognitoContext = { cloud, store };
  const jwks = (poolId: string) => publicKeys(requirePool(store, poolId));
  return {
    name: 'cognito-idp',
    async call(action, input) {
      const operation = operations[action];
      if (operation === undefined) throw new UnsupportedError(`cognito-idp ${action}`);
      return operation(context, input);
    },
    async handleHttp({ method, path }) {
      const poolId = /^\/([^/]+)\/\.well-known\/jwks\.json$/.exec(path)?.[1];
      if (method !== 'GET' || poolId === undefined) {
        throw new ServiceError('ResourceNotFoundException', `Nothing is known as ${path}.`, 404);
      }
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(jwks(poolId)),
      };
    },
    configurePool(id, settings) {
      const existing = store.pool(id);
      store.savePool(id, settings, existing ?? createPoolKey());
    },
    configureClient(id, poolId, hasSecret, settings) {
      requirePool(store, poolId);
      const secret = hasSecret
        ? (store.client(id)?.secret ??
          randomBytes(38).toString('base64url').toLowerCase().replaceAll(/[-_]/g, '0'))
        : undefined;
      store.saveClient(id, poolId, secret, settings);
      return secret;
    },
    jwks,
  };
}
