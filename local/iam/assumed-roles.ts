import * as z from 'zod';
import type { ResourceProvider, ResourceRequest } from '../core/resources.ts';
import type { IamService } from './service.ts';
import { assertTrusts } from './trust.ts';

const role = z.string().optional();
const lists = {
  Role: z.object({ Role: role }).transform((given) => [given.Role]),
  RoleArn: z.object({ RoleArn: role }).transform((given) => [given.RoleArn]),
  Target: z
    .object({ Target: z.object({ RoleArn: role }).optional() })
    .transform((given) => [given.Target?.RoleArn]),
  Targets: z
    .object({ Targets: z.array(z.object({ RoleArn: role })).optional() })
    .transform((given) => (given.Targets ?? []).map((target) => target.RoleArn)),
};

/** Which service acts with the roles that a resource names, and where it names them. */
const ACTING: Readonly<
  Record<string, { readonly service: string; readonly roles: (typeof lists)[keyof typeof lists] }>
> = {
  'AWS::Events::Rule': { service: 'events.amazonaws.com', roles: lists.Targets },
  'AWS::GuardDuty::MalwareProtectionPlan': {
    service: 'malware-protection-plan.guardduty.amazonaws.com',
    roles: lists.Role,
  },
  'AWS::Lambda::Function': { service: 'lambda.amazonaws.com', roles: lists.Role },
  'AWS::Scheduler::Schedule': { service: 'scheduler.amazonaws.com', roles: lists.Target },
  'AWS::StepFunctions::StateMachine': { service: 'states.amazonaws.com', roles: lists.RoleArn },
};

/** A provider that refuses a resource whose role does not trust the service that would act with it, as AWS does. */
export function withTrust(iam: IamService, type: string, provider: ResourceProvider): ResourceProvider {
  const acting = ACTING[type];
  if (acting === undefined) return provider;
  return {
    properties: provider.properties,
    provision(request: ResourceRequest) {
      for (const roleArn of acting.roles.parse(request.properties))
        if (roleArn !== undefined)
          assertTrusts(iam, roleArn, acting.service, { arn: '', account: request.cloud.account });
      return provider.provision(request);
    },
  };
}
