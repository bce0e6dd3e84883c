import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import type { GuardDutyService } from './service.ts';

const planSchema = z.strictObject({
  Actions: z
    .strictObject({ Tagging: z.strictObject({ Status: z.enum(['ENABLED', 'DISABLED']) }).optional() })
    .optional(),
  ProtectedResource: z.strictObject({
    S3Bucket: z.strictObject({ BucketName: z.string(), ObjectPrefixes: z.array(z.string()).optional() }),
  }),
  Role: z.string(),
  Tags: z.unknown().optional(),
});

/** AWS::GuardDuty::MalwareProtectionPlan. */
export function guardDutyResources(service: GuardDutyService): ResourceProviders {
  return {
    'AWS::GuardDuty::MalwareProtectionPlan': {
      properties: Object.keys(planSchema.shape),
      async provision(request) {
        const plan = parseInput(request.type, planSchema, request.properties);
        const { region, account } = request.cloud;
        const id = request.physicalName(64);
        const arn = `arn:aws:guardduty:${region}:${account}:malware-protection-plan/${id}`;
        service.putPlan({
          arn,
          bucket: plan.ProtectedResource.S3Bucket.BucketName,
          prefixes: plan.ProtectedResource.S3Bucket.ObjectPrefixes ?? [],
          roleArn: plan.Role,
          tagging: plan.Actions?.Tagging?.Status === 'ENABLED',
        });
        return { ref: id, attributes: { Arn: arn, MalwareProtectionPlanId: id, Status: 'ACTIVE' } };
      },
    },
  };
}
