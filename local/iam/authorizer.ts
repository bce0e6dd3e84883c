import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { Caller, ServiceCall } from '../core/service.ts';
import { type Decision, evaluate } from './evaluate/evaluate.ts';
import { type AccessRequest, compilePolicy, type Principal, type Statement } from './evaluate/policy.ts';
import { requirementsByService } from './requirements/all.ts';
import type { Place, Requirement } from './requirements/requirement.ts';
import type { IamService, Role } from './service.ts';
import { assertTrusts } from './trust.ts';

/** A request that a role made and was allowed, once for each set of statements that allowed it. */
export interface UsedPermission {
  readonly roleArn: string;
  readonly action: string;
  /** The first resource that it was asked for. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  readonly calls: number;
}

export interface AuthorizerOptions {
  readonly iam: IamService;
  readonly place: Place;
  /** The policy of a resource, as its service keeps it (JSON text or document). */
  resourcePolicy(resourceArn: string): unknown;
  now(): Date;
}

export interface Authorizer {
  /**
   * Lets a call pass or throws what AWS throws.
   *
   * @throws ServiceError where a policy denies or none allows; UnsupportedError for an action of unknown permissions
   */
  authorize(call: Pick<ServiceCall, 'service' | 'action' | 'input' | 'caller'>): void;
  /** Whether this caller may do this; nothing is recorded. */
  mayDo(caller: Caller, requirement: Requirement): boolean;
  /** The documents of a role's policies, managed ones included. */
  documentsOf(role: Role): readonly unknown[];
  /** What roles were allowed so far. */
  used(): readonly UsedPermission[];
}

/** AWS's own deployer, which has no policies. */
const DEPLOYER = 'cloudformation.amazonaws.com';
/** What a service may do to a resource only where the resource's policy lets it; the rest is AWS's own plumbing. */
const NEEDS_RESOURCE_POLICY = new Set([
  'lambda:InvokeFunction',
  'sqs:SendMessage',
  's3:GetObject',
  's3:PutObject',
]);

interface Compiled {
  readonly documents: readonly unknown[];
  readonly statements: readonly Statement[];
}

/** Evaluates every call against the policies of who calls and of what is called. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { iam, place } = options;
  const identities = new Map<string, Compiled>();
  const boundaries = new Map<string, Compiled>();
  const resources = new Map<string, Compiled>();
  const used = new Map<string, { permission: Omit<UsedPermission, 'calls'>; calls: number }>();

  /** Statements of `documents`, compiled anew only where one of them is another than last time. */
  function compiled(
    cache: Map<string, Compiled>,
    key: string,
    documents: readonly unknown[],
  ): readonly Statement[] {
    const known = cache.get(key);
    if (
      known !== undefined &&
      known.documents.length === documents.length &&
      known.documents.every((document, index) => document === documents[index])
    )
      return known.statements;
    const statements = documents.flatMap((document) => compilePolicy(document, `a policy of ${key}`));
    cache.set(key, { documents, statements });
    return statements;
  }

  function documentsOf(role: Role): readonly unknown[] {
    const managed = [...role.managedPolicyArns].map((arn) => {
      const document = iam.managedPolicy(arn);
      if (document === undefined)
        throw new UnsupportedError(`the managed policy ${arn}, which no template defines`);
      return document;
    });
    return [...role.inlinePolicies.values(), ...managed];
  }

  const identityOf = (role: Role): readonly Statement[] => compiled(identities, role.arn, documentsOf(role));

  function boundaryOf(role: Role): readonly Statement[] | undefined {
    if (role.permissionsBoundary === undefined) return undefined;
    const document = iam.managedPolicy(role.permissionsBoundary);
    if (document === undefined)
      throw new UnsupportedError(
        `the permissions boundary ${role.permissionsBoundary}, which no template defines`,
      );
    return compiled(boundaries, role.permissionsBoundary, [document]);
  }

  function resourceOf(arn: string): readonly Statement[] | undefined {
    const document = options.resourcePolicy(arn);
    return document === undefined ? undefined : compiled(resources, policyHolder(arn), [document]);
  }

  function requestOf(caller: Caller, requirement: Requirement): AccessRequest {
    const now = options.now();
    const context = new Map<string, string>([
      ['aws:currenttime', now.toISOString()],
      ['aws:epochtime', String(Math.floor(now.getTime() / 1000))],
      ['aws:requestedregion', place.region],
      // The loopback stands for TLS, which this machine has no certificate for.
      ['aws:securetransport', 'true'],
      ...Object.entries(requirement.context ?? {}),
    ]);
    const principal = principalOf(caller, place.account);
    switch (caller.kind) {
      case 'service':
        context.set('aws:sourcearn', caller.sourceArn);
        // ARNs of buckets name no account.
        context.set('aws:sourceaccount', caller.sourceArn.split(':')[4] || place.account);
        break;
      case 'role':
      case 'root':
        context.set('aws:principalarn', caller.kind === 'role' ? caller.roleArn : rootArn(place.account));
        context.set('aws:principalaccount', place.account);
        context.set('aws:principaltype', caller.kind === 'root' ? 'Account' : 'AssumedRole');
        break;
      case 'anonymous':
        context.set('aws:principaltype', 'Anonymous');
    }
    return { principal, action: requirement.action, resource: requirement.resource, context };
  }

  function decide(caller: Caller, requirement: Requirement): { decision: Decision; role: Role | undefined } {
    const role = caller.kind === 'role' ? iam.role(caller.roleArn) : undefined;
    const request = requestOf(caller, requirement);
    const open =
      (caller.kind === 'role' && role === undefined) ||
      (caller.kind === 'service' &&
        (caller.service === DEPLOYER || !NEEDS_RESOURCE_POLICY.has(requirement.action)));
    if (open) return { decision: { allowed: true, by: [] }, role };
    const decision = evaluate(request, {
      identity: role === undefined ? [] : identityOf(role),
      boundary: role === undefined ? undefined : boundaryOf(role),
      resource: resourceOf(requirement.resource),
    });
    return { decision, role };
  }

  function note(role: Role, requirement: Requirement, by: readonly Statement[]): void {
    const statements = identityOf(role);
    const key = `${role.arn}\n${requirement.action}\n${by.map((each) => statements.indexOf(each)).join()}`;
    const known = used.get(key);
    if (known !== undefined) {
      known.calls++;
      return;
    }
    const { action, resource, context = {} } = requirement;
    used.set(key, { permission: { roleArn: role.arn, action, resource, context }, calls: 1 });
  }

  return {
    authorize({ service, action, input, caller }) {
      const requirements = requirementsByService[service]?.(action, input, place);
      if (requirements === undefined) {
        // Cognito's sign-in is for who has no credentials yet; nothing else is.
        if (caller.kind === 'anonymous' && service !== 'cognito-idp')
          throw new ServiceError('AccessDenied', 'Access Denied', 403);
        if (caller.kind !== 'role' || iam.role(caller.roleArn) === undefined) return;
        throw new UnsupportedError(`the permissions of ${service} ${action}`);
      }
      for (const requirement of requirements) {
        if (requirement.action === 'iam:PassRole') {
          assertTrusts(iam, requirement.resource, requirement.context?.['iam:passedtoservice'] ?? '', {
            arn: requirements[0]?.resource ?? '',
            account: place.account,
          });
        }
        const { decision, role } = decide(caller, requirement);
        if (!decision.allowed) throw refusal(service, caller, requirement, decision, place.account);
        if (role !== undefined) note(role, requirement, decision.by);
      }
    },
    mayDo: (caller, requirement) => decide(caller, requirement).decision.allowed,
    documentsOf,
    used: () => [...used.values()].map(({ permission, calls }) => ({ ...permission, calls })),
  };
}

/** The resource whose policy it is: a bucket's also speaks of its objects. */
function policyHolder(arn: string): string {
  return arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? arn) : arn;
}

function principalOf(caller: Caller, account: string): Principal {
  switch (caller.kind) {
    case 'service':
      return { kind: 'service', name: caller.service };
    case 'root':
      return { kind: 'root', arn: rootArn(account) };
    case 'anonymous':
      return caller;
    case 'role':
      return { kind: 'role', arn: caller.roleArn, sessionArn: sessionArn(caller.roleArn, account) };
  }
}

function rootArn(account: string): string {
  return `arn:aws:iam::${account}:root`;
}

/** The ARN that AWS shows for who acts with a role; the name of a session is not told apart here. */
function sessionArn(roleArn: string, account: string): string {
  return `arn:aws:sts::${account}:assumed-role/${roleArn.split('/').pop() ?? ''}/local`;
}

function nameOf(caller: Exclude<Caller, { kind: 'anonymous' }>, account: string): string {
  switch (caller.kind) {
    case 'service':
      return `Service: ${caller.service}`;
    case 'root':
      return `User: ${rootArn(account)}`;
    case 'role':
      return `User: ${sessionArn(caller.roleArn, account)}`;
  }
}

/** AWS's refusal (IAM User Guide, "Troubleshoot access denied error messages"); S3 has a code of its own. */
function refusal(
  service: string,
  caller: Caller,
  requirement: Requirement,
  decision: Extract<Decision, { allowed: false }>,
  account: string,
): ServiceError {
  const { action, resource } = requirement;
  // S3 tells nothing to who gives no name.
  if (caller.kind === 'anonymous') return new ServiceError('AccessDenied', 'Access Denied', 403);
  const who = nameOf(caller, account);
  const kind = {
    identity: 'identity-based policy',
    boundary: 'permissions boundary',
    resource: 'resource-based policy',
  }[decision.policy];
  const why = decision.explicit
    ? `with an explicit deny in a${decision.policy === 'identity' ? 'n' : ''} ${kind}`
    : `because no ${kind} allows the ${action} action`;
  const named = service === 's3' ? `"${resource}"` : resource;
  const message = `${who} is not authorized to perform: ${action} on resource: ${named} ${why}`;
  return service === 's3'
    ? new ServiceError('AccessDenied', message, 403)
    : new ServiceError(
        'AccessDeniedException',
        message,
        ['lambda', 'ses', 'scheduler'].includes(service) ? 403 : 400,
      );
}
