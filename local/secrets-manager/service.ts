import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { CloudContext, Service } from '../core/service.ts';
import { type GenerateOptions, generateSecretString } from './generate.ts';
import { type Secret, SecretStore, type SecretVersion } from './store.ts';

export interface SecretsManagerService extends Service {
  /**
   * Creates a secret or brings its description up to date. A given value becomes a new version where it differs; a
   * generated one is made once and stays. Returns the ARN.
   */
  configureSecret(
    name: string,
    description: string | undefined,
    value: { readonly string?: string | undefined; readonly generate?: GenerateOptions | undefined },
  ): string;
  setResourcePolicy(secretId: string, policy: string): void;
  /** The value that a dynamic reference stands for: the whole string, or one key of its JSON. Throws where there is none. */
  /** ARN and resource policy of a secret by name or ARN; undefined where there is none. */
  describe(secretId: string): { readonly arn: string; readonly policy: unknown } | undefined;
  resolve(secretId: string, jsonKey?: string, versionStage?: string): string;
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

const bytesSchema = z
  .union([z.instanceof(Uint8Array), z.string()])
  .transform((bytes) => (typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : bytes));

const getSchema = z.strictObject({
  SecretId: z.string().min(1),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});
const putSchema = z.strictObject({
  SecretId: z.string().min(1),
  SecretString: z.string().optional(),
  SecretBinary: bytesSchema.optional(),
  ClientRequestToken: z.string().optional(),
  VersionStages: z.array(z.string()).optional(),
});
const describeSchema = z.strictObject({ SecretId: z.string().min(1) });

/** Secrets Manager over the journal; values are kept in plain, as everything else on this machine. */
export function createSecretsManagerService(cloud: CloudContext): SecretsManagerService {
  const store = new SecretStore(cloud.journal);

  function requireSecret(secretId: string): Secret {
    const secret = store.find(secretId);
    if (secret === undefined) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  function requireVersion(
    secret: Secret,
    versionId: string | undefined,
    stage: string | undefined,
  ): SecretVersion {
    const wanted = stage ?? (versionId === undefined ? CURRENT : undefined);
    const version = store
      .versions(secret.arn)
      .find(
        (candidate) =>
          (versionId === undefined || candidate.versionId === versionId) &&
          (wanted === undefined || candidate.stages.includes(wanted)),
      );
    if (version === undefined) {
      throw new ServiceError(
        'ResourceNotFoundException',
        wanted === undefined
          ? `Secrets Manager can't find the specified secret value for VersionId: ${versionId ?? ''}`
          : `Secrets Manager can't find the specified secret value for staging label: ${wanted}`,
      );
    }
    return version;
  }

  /** Adds a version and moves the labels to it; what was current becomes previous. */
  function addVersion(
    secret: Secret,
    versionId: string,
    value: { readonly string: string | undefined; readonly binary: Uint8Array | undefined },
    stages: readonly string[],
  ): void {
    cloud.journal.transaction(() => {
      for (const version of store.versions(secret.arn)) {
        let left = version.stages.filter((stage) => !stages.includes(stage));
        if (stages.includes(CURRENT)) {
          left = left.filter((stage) => stage !== PREVIOUS);
          if (version.stages.includes(CURRENT)) left.push(PREVIOUS);
        }
        store.saveStages(secret.arn, version.versionId, left);
      }
      store.addVersion(secret.arn, { versionId, stages, ...value, created: cloud.clock.now() });
    });
  }

  const operations: Record<string, (input: Record<string, unknown>) => Record<string, unknown>> = {
    GetSecretValue(input) {
      const request = parseInput('secretsmanager GetSecretValue', getSchema, input);
      const secret = requireSecret(request.SecretId);
      const version = requireVersion(secret, request.VersionId, request.VersionStage);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.versionId,
        VersionStages: version.stages,
        CreatedDate: new Date(version.created),
        ...(version.string === undefined ? {} : { SecretString: version.string }),
        ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
      };
    },
    PutSecretValue(input) {
      const request = parseInput('secretsmanager PutSecretValue', putSchema, input);
      if ((request.SecretString === undefined) === (request.SecretBinary === undefined)) {
        throw new ServiceError(
          'InvalidRequestException',
          'You must provide either SecretString or SecretBinary.',
        );
      }
      const secret = requireSecret(request.SecretId);
      const versionId = request.ClientRequestToken ?? randomUUID();
      const stages = request.VersionStages ?? [CURRENT];
      const existing = store.versions(secret.arn).find((version) => version.versionId === versionId);
      if (existing === undefined) {
        addVersion(secret, versionId, { string: request.SecretString, binary: request.SecretBinary }, stages);
      } else if (existing.string !== request.SecretString) {
        throw new ServiceError(
          'ResourceExistsException',
          "You can't modify an existing version, you can only create a new version.",
        );
      }
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: stages };
    },
    DescribeSecret(input) {
      const request = parseInput('secretsmanager DescribeSecret', describeSchema, input);
      const secret = requireSecret(request.SecretId);
      const versions = store.versions(secret.arn);
      return {
        ARN: secret.arn,
        Name: secret.name,
        ...(secret.description === undefined ? {} : { Description: secret.description }),
        RotationEnabled: false,
        CreatedDate: new Date(secret.created),
        LastChangedDate: new Date(Math.max(secret.created, ...versions.map((version) => version.created))),
        VersionIdsToStages: Object.fromEntries(
          versions
            .filter((version) => version.stages.length > 0)
            .map((version) => [version.versionId, version.stages]),
        ),
      };
    },
  };

  return {
    name: 'secretsmanager',
    async call(action, input) {
      const operation = operations[action];
      if (operation === undefined) throw new UnsupportedError(`secretsmanager ${action}`);
      return operation(input);
    },
    configureSecret(name, description, value) {
      // The six characters that AWS adds are derived from the name here, so that the ARN stays over starts.
      const suffix = createHash('sha256')
        .update(name)
        .digest('base64')
        .replaceAll(/[^A-Za-z0-9]/g, '')
        .slice(0, 6);
      const arn = `arn:aws:secretsmanager:${cloud.region}:${cloud.account}:secret:${name}-${suffix}`;
      store.saveSecret({ arn, name, description, created: cloud.clock.now() });
      const secret = requireSecret(arn);
      const current = store.versions(arn).find((version) => version.stages.includes(CURRENT));
      if (value.string !== undefined) {
        if (current?.string !== value.string) {
          addVersion(secret, randomUUID(), { string: value.string, binary: undefined }, [CURRENT]);
        }
      } else if (value.generate !== undefined && current === undefined) {
        addVersion(
          secret,
          randomUUID(),
          { string: generateSecretString(value.generate), binary: undefined },
          [CURRENT],
        );
      }
      return arn;
    },
    setResourcePolicy(secretId, policy) {
      store.savePolicy(requireSecret(secretId).arn, policy);
    },
    describe(secretId) {
      const secret = store.find(secretId);
      return secret === undefined ? undefined : { arn: secret.arn, policy: store.policy(secret.arn) };
    },
    resolve(secretId, jsonKey, versionStage) {
      const secret = requireSecret(secretId);
      const text = requireVersion(secret, undefined, versionStage).string ?? '';
      if (jsonKey === undefined || jsonKey === '') return text;
      const object = z.record(z.string(), z.unknown()).safeParse(readJson(text));
      const value = object.success ? object.data[jsonKey] : undefined;
      if (value === undefined) {
        throw new ServiceError(
          'ValidationException',
          `Could not find a value associated with JSONKey in SecretString`,
        );
      }
      return typeof value === 'string' ? value : JSON.stringify(value);
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
