import * as z from 'zod';
import { UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders, ResourceRequest } from '../core/resources.ts';
import type { IamService, Role } from './service.ts';

const documentSchema = z.union([
  z.string().transform((text): unknown => JSON.parse(text)),
  z.looseObject({}),
]);
const inlineSchema = z.strictObject({ PolicyName: z.string(), PolicyDocument: documentSchema });
const roleSchema = z.strictObject({
  RoleName: z.string().optional(),
  Path: z.string().optional(),
  Description: z.string().optional(),
  AssumeRolePolicyDocument: documentSchema,
  ManagedPolicyArns: z.array(z.string()).optional(),
  Policies: z.array(inlineSchema).optional(),
  PermissionsBoundary: z.string().optional(),
  MaxSessionDuration: z.coerce.number().optional(),
  Tags: z.unknown().optional(),
});
const policySchema = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: documentSchema,
  Roles: z.array(z.string()).optional(),
});
const managedPolicySchema = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  Path: z.string().optional(),
  Description: z.string().optional(),
  PolicyDocument: documentSchema,
  Roles: z.array(z.string()).optional(),
});

/** AWS::IAM::Role, ::Policy and ::ManagedPolicy. */
export function iamResources(iam: IamService): ResourceProviders {
  return {
    'AWS::IAM::Role': {
      properties: Object.keys(roleSchema.shape),
      async provision(request) {
        const role = parseInput('AWS::IAM::Role', roleSchema, request.properties);
        const name = role.RoleName ?? request.physicalName(64);
        const arn = `arn:aws:iam::${request.cloud.account}:role${role.Path ?? '/'}${name}`;
        iam.putRole({
          arn,
          name,
          trustPolicy: role.AssumeRolePolicyDocument,
          inlinePolicies: new Map(
            (role.Policies ?? []).map((each) => [each.PolicyName, each.PolicyDocument]),
          ),
          managedPolicyArns: new Set(role.ManagedPolicyArns),
          permissionsBoundary: role.PermissionsBoundary,
        });
        return { ref: name, attributes: { Arn: arn, RoleId: name } };
      },
    },
    'AWS::IAM::Policy': {
      properties: Object.keys(policySchema.shape),
      async provision(request) {
        const policy = parseInput('AWS::IAM::Policy', policySchema, request.properties);
        for (const role of rolesOf(iam, request, policy.Roles)) {
          role.inlinePolicies.set(policy.PolicyName, policy.PolicyDocument);
        }
        return { ref: policy.PolicyName, attributes: { Id: policy.PolicyName } };
      },
    },
    'AWS::IAM::ManagedPolicy': {
      properties: Object.keys(managedPolicySchema.shape),
      async provision(request) {
        const policy = parseInput('AWS::IAM::ManagedPolicy', managedPolicySchema, request.properties);
        const name = policy.ManagedPolicyName ?? request.physicalName(128);
        const arn = `arn:aws:iam::${request.cloud.account}:policy${policy.Path ?? '/'}${name}`;
        iam.putManagedPolicy(arn, policy.PolicyDocument);
        for (const role of rolesOf(iam, request, policy.Roles)) role.managedPolicyArns.add(arn);
        return { ref: arn, attributes: { PolicyArn: arn, PolicyId: name } };
      },
    },
  };
}

function rolesOf(iam: IamService, request: ResourceRequest, names: readonly string[] = []): Role[] {
  return names.map((name) => {
    const role = iam.role(name);
    if (role !== undefined) return role;
    throw new UnsupportedError(
      `${request.type} ${request.logicalId} on role ${name}, which no template defines`,
    );
  });
}
