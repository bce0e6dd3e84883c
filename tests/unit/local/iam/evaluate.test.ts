import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../local/iam/evaluate/evaluate.ts';
import { type AccessRequest, compilePolicy, type Principal } from '../../../../local/iam/evaluate/policy.ts';

const role: Principal = {
  kind: 'role',
  arn: 'arn:aws:iam::000000000000:role/Reader',
  sessionArn: 'arn:aws:sts::000000000000:assumed-role/Reader/local',
};
const events: Principal = { kind: 'service', name: 'events.amazonaws.com' };
const root: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
const table = 'arn:aws:dynamodb:eu-west-2:000000000000:table/Programme';

function request(changes: Partial<AccessRequest> = {}): AccessRequest {
  return { principal: role, action: 'dynamodb:GetItem', resource: table, context: new Map(), ...changes };
}
const policy = (...statements: Record<string, unknown>[]) =>
  compilePolicy({ Version: '2012-10-17', Statement: statements }, 'test');
const allow = (more: Record<string, unknown>) => ({ Effect: 'Allow', ...more });
const deny = (more: Record<string, unknown>) => ({ Effect: 'Deny', ...more });
const everything = allow({ Action: '*', Resource: '*' });

describe('a role', () => {
  it('may do nothing that no policy allows', () => {
    expect(evaluate(request(), { identity: [] })).toEqual({
      allowed: false,
      explicit: false,
      policy: 'identity',
    });
  });

  it('may do what its policy allows, on that resource, whatever the case of the action', () => {
    const identity = policy(allow({ Action: ['dynamodb:getitem'], Resource: table }));
    expect(evaluate(request(), { identity }).allowed).toBe(true);
    expect(evaluate(request({ action: 'dynamodb:PutItem' }), { identity }).allowed).toBe(false);
    expect(evaluate(request({ resource: `${table}2` }), { identity }).allowed).toBe(false);
    expect(evaluate(request({ resource: table.toLowerCase() }), { identity }).allowed).toBe(false);
  });

  it.each([
    ['dynamodb:*', table, true],
    ['dynamodb:Get*', `${table}/index/*`, false],
    ['dynamodb:Get?tem', 'arn:aws:dynamodb:*:000000000000:table/*', true],
    ['dynamodb:GetItem', 'arn:aws:dynamodb:*:table/Programme', false],
    ['dynamodb:GetItem', 'arn:aws:dynamodb:eu-west-?:*:table/Prog*', true],
  ])('with %s on %s: %s', (Action, Resource, allowed) => {
    expect(evaluate(request(), { identity: policy(allow({ Action, Resource })) }).allowed).toBe(allowed);
  });

  it('is denied by any Deny, of whatever policy', () => {
    const identity = policy(everything);
    const no = deny({ Action: 'dynamodb:*', Resource: '*' });
    expect(evaluate(request(), { identity: [...identity, ...policy(no)] })).toMatchObject({
      explicit: true,
      policy: 'identity',
    });
    const resource = policy({ ...no, Principal: { AWS: '*' } });
    expect(evaluate(request(), { identity, resource })).toMatchObject({ explicit: true, policy: 'resource' });
    expect(evaluate(request(), { identity, boundary: policy(everything, no) })).toMatchObject({
      explicit: true,
      policy: 'boundary',
    });
  });

  it('may do no more than its boundary allows', () => {
    const identity = policy(everything);
    const boundary = policy(allow({ Action: 's3:*', Resource: '*' }));
    expect(evaluate(request(), { identity, boundary })).toEqual({
      allowed: false,
      explicit: false,
      policy: 'boundary',
    });
  });

  it('may do what NotAction leaves, and not where NotResource names the resource', () => {
    expect(
      evaluate(request(), { identity: policy(allow({ NotAction: 's3:*', Resource: '*' })) }).allowed,
    ).toBe(true);
    expect(
      evaluate(request(), { identity: policy(allow({ Action: '*', NotResource: table })) }).allowed,
    ).toBe(false);
  });

  it('may do what a resource allows it or everybody, but not what is allowed to the account as such', () => {
    const to = (Principal: unknown) =>
      evaluate(request(), {
        identity: [],
        resource: policy(allow({ Action: '*', Resource: '*', Principal })),
      }).allowed;
    expect(to({ AWS: role.kind === 'role' ? role.arn : '' })).toBe(true);
    expect(to('*')).toBe(true);
    expect(to({ AWS: 'arn:aws:iam::000000000000:root' })).toBe(false);
    expect(to({ AWS: 'arn:aws:iam::000000000000:role/Writer' })).toBe(false);
    expect(to({ Service: 'events.amazonaws.com' })).toBe(false);
  });
});

describe('a service', () => {
  const queue = policy(
    allow({
      Action: 'sqs:SendMessage',
      Resource: '*',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
    }),
  );
  const asked = (account: string) =>
    evaluate(
      request({
        principal: events,
        action: 'sqs:SendMessage',
        context: new Map([['aws:sourceaccount', account]]),
      }),
      { identity: [], resource: queue },
    ).allowed;

  it('may do what the resource lets it, for the source that it names', () => {
    expect(asked('000000000000')).toBe(true);
    expect(asked('111111111111')).toBe(false);
  });
});

describe('the owner of the account', () => {
  it('may do everything but what a resource denies', () => {
    expect(evaluate(request({ principal: root }), { identity: [] }).allowed).toBe(true);
    const resource = policy(
      deny({
        Action: '*',
        Resource: '*',
        Principal: { AWS: '*' },
        Condition: { StringNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/Eraser*' } },
      }),
    );
    const by = (principal: Principal, arn: string) =>
      evaluate(request({ principal, context: new Map([['aws:principalarn', arn]]) }), {
        identity: policy(everything),
        resource,
      }).allowed;
    expect(by(root, 'arn:aws:iam::000000000000:root')).toBe(false);
    expect(by(role, 'arn:aws:iam::000000000000:role/Eraser-1')).toBe(true);
  });
});

describe('conditions', () => {
  const holds = (operator: string, values: unknown, context: Record<string, string | string[]>) =>
    evaluate(request({ context: new Map(Object.entries(context)) }), {
      identity: policy(
        allow({ Action: '*', Resource: '*', Condition: { [operator]: { 'aws:SourceArn': values } } }),
      ),
    }).allowed;
  const given = (value: string | string[]) => ({ 'aws:sourcearn': value });

  it.each([
    ['StringEquals', 'a', given('a'), true],
    ['StringEquals', ['b', 'a'], given('a'), true],
    ['StringEquals', 'a', given('A'), false],
    ['StringEqualsIgnoreCase', 'a', given('A'), true],
    ['StringNotEquals', ['a', 'b'], given('b'), false],
    ['StringLike', 'a*c', given('abbc'), true],
    ['StringNotLike', 'a*c', given('abbd'), true],
    ['ArnLike', 'arn:aws:events:*:0:rule/*', given('arn:aws:events:eu-west-2:0:rule/a/b'), true],
    ['ArnEquals', 'arn:aws:events:*:0:rule/a', given('arn:aws:events:eu-west-2:1:rule/a'), false],
    ['Bool', 'true', given('true'), true],
    ['Bool', false, given('true'), false],
    ['NumericLessThan', '10', given('9.5'), true],
    ['NumericGreaterThanEquals', 10, given('9.5'), false],
    ['NumericEquals', 10, given('ten'), false],
    ['DateLessThan', '2026-09-01T00:00:00Z', given('2026-08-31T23:59:59Z'), true],
    ['DateGreaterThan', '2026-09-01T00:00:00Z', given('1'), false],
    ['Null', 'true', {}, true],
    ['Null', 'false', {}, false],
    ['StringEquals', 'a', {}, false],
    ['StringNotEquals', 'a', {}, true],
    ['StringEqualsIfExists', 'a', {}, true],
    ['StringEqualsIfExists', 'a', given('b'), false],
    ['ForAllValues:StringEquals', ['a', 'b'], given(['a', 'b']), true],
    ['ForAllValues:StringEquals', ['a', 'b'], given(['a', 'c']), false],
    ['ForAllValues:StringEquals', 'a', {}, true],
    ['ForAnyValue:StringEquals', ['a', 'b'], given(['c', 'b']), true],
    ['ForAnyValue:StringEquals', 'a', {}, false],
  ])('%s %j of %j: %s', (operator, values, context, expected) => {
    expect(holds(operator, values, context)).toBe(expected);
  });

  it.each([
    [{ IpAddress: { 'aws:SourceArn': '10.0.0.0/8' } }, /condition operator IpAddress/],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, /condition key aws:SourceVpc/],
    [{ StringEquals: { 'aws:SourceArn': `$${'{aws:username}'}` } }, /policy variable/],
  ])('refuse by name what is not known: %j', (Condition, message) => {
    expect(() => policy(allow({ Action: '*', Resource: '*', Condition }))).toThrow(message);
  });
});

describe('a document', () => {
  it.each([
    [{ Effect: 'Maybe', Action: '*', Resource: '*' }],
    [{ Effect: 'Allow', Resource: '*' }],
    [{ Effect: 'Allow', Action: '*', Resource: '*', Ressource: '*' }],
    [{ Effect: 'Allow', Action: '*', Resource: '*', Principal: { Federated: 'x' } }],
  ])('that is no policy is refused: %j', (statement) => {
    expect(() => policy(statement)).toThrow();
  });
});
