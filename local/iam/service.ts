import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Caller, CloudContext } from '../core/service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A role as its template describes it, with the policies attached to it; documents have their ARNs resolved. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly trustPolicy: unknown;
  /** Inline policies by name, those of AWS::IAM::Policy resources included. */
  readonly inlinePolicies: Map<string, unknown>;
  readonly managedPolicyArns: Set<string>;
  readonly permissionsBoundary: string | undefined;
}

/** Roles, their policies and their access keys; the authorizer evaluates the policies. */
export interface IamService {
  readonly rootCredentials: Credentials;
  putRole(role: Role): void;
  role(nameOrArn: string): Role | undefined;
  roles(): readonly Role[];
  putManagedPolicy(arn: string, document: unknown): void;
  managedPolicy(arn: string): unknown;
  /** The access key of a role, the same at every start on one data directory. */
  credentialsOf(roleArn: string): Credentials;
  /** Whose access key this is, with its secret; undefined for a key that was never minted. */
  callerOf(accessKeyId: string): { readonly caller: Caller; readonly secretAccessKey: string } | undefined;
}

/** Creates the register of roles and keys. Keys derive from a seed that the journal keeps. */
export function createIam(cloud: CloudContext): IamService {
  let seed = cloud.journal.getMeta('iam-seed');
  if (seed === undefined) {
    seed = randomBytes(32).toString('hex');
    cloud.journal.setMeta('iam-seed', seed);
  }
  const secretSeed = seed;
  const roles = new Map<string, Role>();
  const managed = new Map<string, unknown>();
  const minted = new Map<string, { caller: Caller; secretAccessKey: string }>();

  function mint(principal: string, prefix: string, caller: Caller): Credentials {
    const accessKeyId =
      prefix + base32(createHash('sha256').update(`${secretSeed} ${principal}`).digest()).slice(0, 16);
    const secretAccessKey = createHmac('sha256', secretSeed).update(principal).digest('base64').slice(0, 40);
    minted.set(accessKeyId, { caller, secretAccessKey });
    return { accessKeyId, secretAccessKey };
  }

  return {
    rootCredentials: mint('root', 'AKIA', { kind: 'root' }),
    putRole(role) {
      roles.set(role.arn, role);
      mint(role.arn, 'ASIA', { kind: 'role', roleArn: role.arn });
    },
    role: (nameOrArn) => roles.get(nameOrArn) ?? [...roles.values()].find((each) => each.name === nameOrArn),
    roles: () => [...roles.values()],
    putManagedPolicy(arn, document) {
      managed.set(arn, document);
    },
    managedPolicy: (arn) => managed.get(arn),
    credentialsOf: (roleArn) => mint(roleArn, 'ASIA', { kind: 'role', roleArn }),
    callerOf: (accessKeyId) => minted.get(accessKeyId),
  };
}

/** RFC 4648 base 32, the alphabet of AWS's access key ids. */
function base32(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return text;
}
