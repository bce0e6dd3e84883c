import type { AccessRequest, Statement } from './policy.ts';

/** The policies that have a say in a request. */
export interface ApplicablePolicies {
  /** Of the role that asks; empty for a service, which has none. */
  readonly identity: readonly Statement[];
  /** Of the role's permissions boundary, where it has one. */
  readonly boundary?: readonly Statement[] | undefined;
  /** Of the resource that is asked for, where it has one. */
  readonly resource?: readonly Statement[] | undefined;
}

export type PolicyKind = 'identity' | 'boundary' | 'resource';

export type Decision =
  | { readonly allowed: true; readonly by: readonly Statement[] }
  | { readonly allowed: false; readonly explicit: boolean; readonly policy: PolicyKind };

/**
 * AWS's order within one account (IAM User Guide, "Policy evaluation logic"): a Deny anywhere ends it; a resource's
 * policy that names the session, a service or everybody allows by itself; one that names the role allows as far as the
 * boundary does; else the role's own policies must allow, and the boundary too.
 */
export function evaluate(request: AccessRequest, policies: ApplicablePolicies): Decision {
  const { identity, boundary, resource = [] } = policies;
  const { principal } = request;
  const said = (statements: readonly Statement[], effect: Statement['effect']): Statement[] =>
    statements.filter((each) => each.effect === effect && each.applies(request));
  if (said(identity, 'Deny').length > 0) return { allowed: false, explicit: true, policy: 'identity' };
  if (said(resource, 'Deny').some((each) => each.names(principal) !== 'NO'))
    return { allowed: false, explicit: true, policy: 'resource' };
  if (boundary !== undefined && said(boundary, 'Deny').length > 0)
    return { allowed: false, explicit: true, policy: 'boundary' };

  const fromResource = said(resource, 'Allow');
  const directly = fromResource.filter((each) => each.names(principal) === 'DIRECTLY');
  switch (principal.kind) {
    case 'root':
      return { allowed: true, by: directly };
    case 'service':
    case 'anonymous':
      return directly.length > 0
        ? { allowed: true, by: directly }
        : { allowed: false, explicit: false, policy: 'resource' };
    case 'role': {
      const bounded = [
        ...said(identity, 'Allow'),
        ...fromResource.filter((each) => each.names(principal) === 'AS_ROLE'),
      ];
      const withinBoundary = boundary === undefined || said(boundary, 'Allow').length > 0;
      const by = withinBoundary ? [...bounded, ...directly] : directly;
      if (by.length > 0) return { allowed: true, by };
      return { allowed: false, explicit: false, policy: bounded.length > 0 ? 'boundary' : 'identity' };
    }
  }
}
