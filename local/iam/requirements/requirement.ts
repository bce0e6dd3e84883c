/** One permission that a call needs: the action on the resource, with the condition keys that are this action's own. */
export interface Requirement {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` where the action is on no resource. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** What the local cloud knows of its resources beyond a call's own input. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** ARN of a secret by name or ARN. */
  secretArn(id: string): string;
  /** The SES identity that an address sends by: itself where it is one, else its domain. */
  sendingIdentity(address: string): string;
}

/** The permissions that a call of one service needs, all of them; undefined for an action that it does not know. */
export type Requirements = (
  action: string,
  input: Readonly<Record<string, unknown>>,
  place: Place,
) => readonly Requirement[] | undefined;

/** A member of an input that is a text; empty where it is not, so that nothing is allowed by accident. */
export function text(input: Readonly<Record<string, unknown>>, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}

/** A member that is an object. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A member that is a list of objects. */
export function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

/** What a service acts with when it is given this role. */
export function passRole(roleArn: string, service: string): Requirement {
  return { action: 'iam:PassRole', resource: roleArn, context: { 'iam:passedtoservice': service } };
}
