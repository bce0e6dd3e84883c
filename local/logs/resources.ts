import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';

const groupSchema = z.strictObject({
  LogGroupName: z.string().optional(),
  RetentionInDays: z.coerce.number().optional(),
  KmsKeyId: z.unknown().optional(),
  LogGroupClass: z.unknown().optional(),
  DataProtectionPolicy: z.unknown().optional(),
  DeletionProtectionEnabled: z.unknown().optional(),
  FieldIndexPolicies: z.unknown().optional(),
  ResourcePolicyDocument: z.unknown().optional(),
  Tags: z.unknown().optional(),
});
const streamSchema = z.strictObject({ LogGroupName: z.string(), LogStreamName: z.string().optional() });

/** AWS::Logs::LogGroup and ::LogStream: names only, a group's file begins with its first line; nothing is expired. */
export function logsResources(): ResourceProviders {
  return {
    'AWS::Logs::LogGroup': {
      properties: Object.keys(groupSchema.shape),
      async provision(request) {
        const group = parseInput(request.type, groupSchema, request.properties);
        const name = group.LogGroupName ?? request.physicalName(512);
        const { region, account } = request.cloud;
        return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${account}:log-group:${name}:*` } };
      },
    },
    'AWS::Logs::LogStream': {
      properties: Object.keys(streamSchema.shape),
      async provision(request) {
        const stream = parseInput(request.type, streamSchema, request.properties);
        return { ref: stream.LogStreamName ?? request.physicalName(512) };
      },
    },
  };
}
