import { ServiceError } from '../core/errors.ts';
import { evaluate } from './evaluate/evaluate.ts';
import { compilePolicy } from './evaluate/policy.ts';
import type { IamService } from './service.ts';

/**
 * Whether a role's trust policy lets a service act with it for the resource `sourceArn`. A role that no template defines
 * is trusted, as it is allowed everything.
 */
export function trusts(
  iam: IamService,
  roleArn: string,
  service: string,
  source: { readonly arn: string; readonly account: string },
): boolean {
  const role = iam.role(roleArn);
  if (role === undefined) return true;
  return evaluate(
    {
      principal: { kind: 'service', name: service },
      action: 'sts:AssumeRole',
      resource: roleArn,
      context: new Map([
        ['aws:sourceaccount', source.account],
        ['aws:sourcearn', source.arn],
      ]),
    },
    { identity: [], resource: compilePolicy(role.trustPolicy, `the trust policy of ${role.name}`) },
  ).allowed;
}

/** How each service refuses a role that does not trust it: code and message as AWS answers them. */
const REFUSALS: Readonly<Record<string, readonly [code: string, message: (roleArn: string) => string]>> = {
  'lambda.amazonaws.com': [
    'InvalidParameterValueException',
    () => 'The role defined for the function cannot be assumed by Lambda.',
  ],
  'states.amazonaws.com': [
    'AccessDeniedException',
    (roleArn) =>
      `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role: ${roleArn}`,
  ],
  'scheduler.amazonaws.com': [
    'ValidationException',
    () => 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
  ],
};

/** @throws ServiceError as the service refuses a role that does not let it act */
export function assertTrusts(
  iam: IamService,
  roleArn: string,
  service: string,
  source: { readonly arn: string; readonly account: string },
): void {
  if (trusts(iam, roleArn, service, source)) return;
  const [code, message] = REFUSALS[service] ?? [
    'ValidationException',
    () => `Provided role '${roleArn}' cannot be assumed by principal '${service}'.`,
  ];
  throw new ServiceError(code, message(roleArn));
}
