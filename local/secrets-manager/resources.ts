import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import { generateSchema } from './generate.ts';
import type { SecretsManagerService } from './service.ts';

const secretProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generateSchema.optional(),
  KmsKeyId: z.unknown().optional(),
  ReplicaRegions: z.unknown().optional(),
  Tags: z.unknown().optional(),
  Type: z.unknown().optional(),
});

// Accepted without effect: on this machine no secret is rotated.
const rotationProperties = z.strictObject({
  SecretId: z.string(),
  HostedRotationLambda: z.unknown().optional(),
  RotationLambdaARN: z.unknown().optional(),
  RotationRules: z.unknown().optional(),
  RotateImmediatelyOnUpdate: z.unknown().optional(),
});

const policyProperties = z.strictObject({
  SecretId: z.string(),
  ResourcePolicy: z.union([z.string(), z.record(z.string(), z.unknown())]),
  BlockPublicPolicy: z.unknown().optional(),
});

/** AWS::SecretsManager::Secret, ::RotationSchedule (which rotates nothing here) and ::ResourcePolicy (kept). */
export function secretsManagerResources(service: SecretsManagerService): ResourceProviders {
  return {
    'AWS::SecretsManager::Secret': {
      properties: Object.keys(secretProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::SecretsManager::Secret', secretProperties, request.properties);
        const arn = service.configureSecret(given.Name ?? request.physicalName(200), given.Description, {
          string: given.SecretString,
          generate: given.GenerateSecretString,
        });
        return { ref: arn, attributes: { Id: arn } };
      },
    },
    'AWS::SecretsManager::RotationSchedule': {
      properties: Object.keys(rotationProperties.shape),
      async provision(request) {
        const given = parseInput(
          'AWS::SecretsManager::RotationSchedule',
          rotationProperties,
          request.properties,
        );
        return { ref: given.SecretId, attributes: { Id: given.SecretId } };
      },
    },
    'AWS::SecretsManager::ResourcePolicy': {
      properties: Object.keys(policyProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::SecretsManager::ResourcePolicy', policyProperties, request.properties);
        const { ResourcePolicy: policy } = given;
        service.setResourcePolicy(
          given.SecretId,
          typeof policy === 'string' ? policy : JSON.stringify(policy),
        );
        return { ref: given.SecretId, attributes: { Id: given.SecretId } };
      },
    },
  };
}
