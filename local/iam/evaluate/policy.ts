import * as z from 'zod';
import { UnsupportedError } from '../../core/errors.ts';
import { type Condition, compileCondition, type RequestContext } from './conditions.ts';
import { globMatcher, type Matcher, resourceMatcher } from './glob.ts';

const oneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const conditionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditionValues = z.union([conditionValue.transform((one) => [one]), z.array(conditionValue)]);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), oneOrMany)]).optional(),
  Action: oneOrMany.optional(),
  NotAction: oneOrMany.optional(),
  Resource: oneOrMany.optional(),
  NotResource: oneOrMany.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});
type RawStatement = z.output<typeof statementSchema>;
const documentSchema = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});

/** Who asks, as a resource's policy names them. */
export type Principal =
  | { readonly kind: 'role'; readonly arn: string; readonly sessionArn: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'root'; readonly arn: string }
  /** A request without a signature. */
  | { readonly kind: 'anonymous' };

/**
 * How a resource's policy names who asks: `DIRECTLY` as a session, service or everybody; `AS_ROLE` by the role that they
 * act with, which its boundary limits; `BY_ACCOUNT`, which hands the decision to the account's own policies; or not.
 */
export type Naming = 'DIRECTLY' | 'AS_ROLE' | 'BY_ACCOUNT' | 'NO';

/** One request as policies see it. */
export interface AccessRequest {
  readonly principal: Principal;
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` for an action on no resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** A compiled statement. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Actions as the policy writes them; empty where it says NotAction. */
  readonly actions: readonly string[];
  /** Whether it speaks of the action, resource and conditions of a request. */
  applies(request: AccessRequest): boolean;
  /** Whether it speaks of who asks, and how. */
  names(principal: Principal): Naming;
}

/**
 * Reads and compiles a policy document.
 *
 * @param what names the policy in errors
 * @throws Error for a document that is no policy; UnsupportedError naming an element, operator or key not known here
 */
export function compilePolicy(document: unknown, what: string): readonly Statement[] {
  const parsed = documentSchema.safeParse(typeof document === 'string' ? JSON.parse(document) : document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${what} is no policy: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return parsed.data.Statement.map((statement) => compileStatement(statement, what));
}

function compileStatement(statement: RawStatement, what: string): Statement {
  const action = oneOf(statement.Action, statement.NotAction, (text) =>
    globMatcher(text, { ignoreCase: true }),
  );
  if (action === undefined) throw new Error(`${what}: a statement has neither Action nor NotAction`);
  // A trust policy has no resource: it is its role's.
  const resource = oneOf(statement.Resource, statement.NotResource, (text) => {
    if (text.includes('${')) throw new UnsupportedError(`the policy variable in ${text}`);
    return resourceMatcher(text);
  });
  const conditions: Condition[] = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileCondition(operator, key, values)),
  );
  return {
    effect: statement.Effect,
    actions: statement.Action ?? [],
    applies: (request) =>
      action(request.action) &&
      (resource === undefined || resource(request.resource)) &&
      conditions.every((holds) => holds(request.context)),
    names: principalMatcher(statement.Principal),
  };
}

/** Matches one of `wanted`, or none of `unwanted`. */
function oneOf(
  wanted: readonly string[] | undefined,
  unwanted: readonly string[] | undefined,
  compile: (text: string) => Matcher,
): Matcher | undefined {
  if (wanted !== undefined) {
    const matchers = wanted.map(compile);
    return (text) => matchers.some((matches) => matches(text));
  }
  if (unwanted === undefined) return undefined;
  const matchers = unwanted.map(compile);
  return (text) => !matchers.some((matches) => matches(text));
}

function principalMatcher(given: RawStatement['Principal']): Statement['names'] {
  if (given === undefined || given === '*') return () => 'DIRECTLY';
  const aws = given.AWS ?? [];
  const services = given.Service ?? [];
  const other = Object.keys(given).find((kind) => kind !== 'AWS' && kind !== 'Service');
  if (other !== undefined) throw new UnsupportedError(`a principal of kind ${other} in a policy`);
  return (principal) => {
    if (aws.includes('*')) return 'DIRECTLY';
    switch (principal.kind) {
      case 'anonymous':
        return 'NO';
      case 'service':
        return services.includes(principal.name) ? 'DIRECTLY' : 'NO';
      case 'role':
        if (aws.includes(principal.sessionArn)) return 'DIRECTLY';
        return aws.includes(principal.arn) ? 'AS_ROLE' : byAccount(aws, principal.arn);
      case 'root':
        return byAccount(aws, principal.arn);
    }
  };
}

function byAccount(aws: readonly string[], arn: string): Naming {
  const account = arn.split(':')[4] ?? '';
  return aws.includes(account) || aws.includes(`arn:aws:iam::${account}:root`) ? 'BY_ACCOUNT' : 'NO';
}
