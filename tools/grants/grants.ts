import * as z from 'zod';
import { evaluate } from '../../local/iam/evaluate/evaluate.ts';
import { compilePolicy } from '../../local/iam/evaluate/policy.ts';

const statement = z.looseObject({
  Effect: z.string(),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
});
const document = z.looseObject({
  Statement: z.union([statement.transform((one) => [one]), z.array(statement)]),
});
type Document = z.output<typeof document>;

/** What the local cloud tells of roles and of what they were allowed (`GET /_local/permissions`). */
export const permissions = z.object({
  account: z.string(),
  roles: z.array(z.object({ roleArn: z.string(), documents: z.array(document) })),
  used: z.array(
    z.object({
      roleArn: z.string(),
      action: z.string(),
      resource: z.string(),
      context: z.record(z.string(), z.string()),
      calls: z.number().int(),
    }),
  ),
});
export type Permissions = z.output<typeof permissions>;

/** Why a grant stays that no round needs to use: `role` is the role's name without stage and hash, `*` for every role. */
export const reasons = z.array(
  z.strictObject({ role: z.string().min(1), actions: z.array(z.string()).min(1), reason: z.string().min(1) }),
);
export type Reasons = z.output<typeof reasons>;

/** One action that the policies of a role allow. */
export interface Grant {
  readonly role: string;
  readonly action: string;
  readonly calls: number;
  /** Without it a call of the round would have been refused. */
  readonly missed: boolean;
  readonly reason: string | undefined;
}

/** `Psqm-local-Payments-FinanceApiRole1A2B3C4D` is `Payments-FinanceApi`, at every stage the same. */
export function plainRole(roleArn: string): string {
  const name = roleArn.split('/').pop() ?? roleArn;
  return name.replace(/^Psqm-[a-z0-9]+-/, '').replace(/(?:Role)?[0-9A-F]{8}$/, '');
}

/** Each action of each role: how often it was used, and whether the calls of the round would have missed it. */
export function listGrants(given: Permissions, why: Reasons): readonly Grant[] {
  return given.roles.flatMap((role) => {
    const name = plainRole(role.roleArn);
    const requests = given.used.filter((each) => each.roleArn === role.roleArn);
    const granted = new Set(
      role.documents.flatMap((policy) =>
        policy.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action),
      ),
    );
    return [...granted].sort().map((action): Grant => {
      const left = role.documents.flatMap((policy, index) =>
        compilePolicy(without(policy, action), `policy ${index} of ${name}`),
      );
      const refused = requests.some(
        (request) =>
          !evaluate(
            {
              principal: { kind: 'role', arn: role.roleArn, sessionArn: role.roleArn },
              action: request.action,
              resource: request.resource,
              context: new Map(Object.entries(request.context)),
            },
            { identity: left },
          ).allowed,
      );
      const calls = requests
        .filter((request) => request.action === action)
        .reduce((sum, request) => sum + request.calls, 0);
      const reason = why.find(
        (each) => (each.role === '*' || each.role === name) && each.actions.includes(action),
      )?.reason;
      return { role: name, action, calls, missed: refused, reason };
    });
  });
}

/** The document without an action; a statement that has no other goes with it. */
function without(policy: Document, action: string): Document {
  return {
    ...policy,
    Statement: policy.Statement.map((each) => ({
      ...each,
      Action: each.Effect === 'Allow' ? each.Action.filter((one) => one !== action) : each.Action,
    })).filter((each) => each.Action.length > 0),
  };
}
