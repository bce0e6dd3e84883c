import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../local/iam/evaluate/evaluate.ts';
import { compilePolicy, type Principal } from '../../../../local/iam/evaluate/policy.ts';

const RUNS = 2_000;
const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/local`;
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-2:${ACCOUNT}:${rest}`;

/** What may be asked: actions, and resources on which each may be. */
const OBJECTS = ['arn:aws:s3:::uploads/quarantine/a.pdf', 'arn:aws:s3:::frozen/a:b/C.pdf'];
const TABLES = [arn('dynamodb', 'table/Programme'), arn('dynamodb', 'table/Audit')];
const MACHINES = [arn('states', 'stateMachine:Register'), arn('states', 'stateMachine:Award')];
const ASKED: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': OBJECTS,
  's3:GetObjectVersion': OBJECTS,
  's3:PutObject': OBJECTS,
  's3:DeleteObject': OBJECTS,
  's3:ListBucket': ['arn:aws:s3:::uploads', 'arn:aws:s3:::frozen'],
  'sqs:SendMessage': [arn('sqs', 'work'), arn('sqs', 'work-dead')],
  'sqs:ReceiveMessage': [arn('sqs', 'work')],
  'dynamodb:GetItem': TABLES,
  'dynamodb:PutItem': TABLES,
  'dynamodb:Query': [...TABLES, arn('dynamodb', 'table/Programme/index/by-round')],
  'lambda:InvokeFunction': [arn('lambda', 'function:Score')],
  'states:StartExecution': MACHINES,
  'events:PutEvents': [arn('events', 'event-bus/programme')],
  'ses:SendEmail': [arn('ses', 'identity/example.org')],
  'secretsmanager:GetSecretValue': [arn('secretsmanager', 'secret:Origin-AbCdEf')],
  'iam:PassRole': [ROLE, `arn:aws:iam::${ACCOUNT}:role/service/Runner`],
};
const ACTIONS = Object.keys(ASKED);
const RESOURCES = [...new Set(Object.values(ASKED).flat())];

/** Where the last of an ARN's six parts begins, which may hold colons itself. */
const resourceAt = (text: string): number => text.split(':').slice(0, 5).join(':').length + 1;

/** A text with some of its characters given over to wildcards, or to what does not fit. */
function blurred(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(), fc.constantFrom('', '', '*', '*', '?', '??', 'x'))
    .map(([text, start, length, replacement]) => {
      // The service in front of the first colon (of an ARN: before the third) stays, or it would be no pattern.
      const from = text.startsWith('arn:') ? text.indexOf(':', 8) + 1 : text.indexOf(':') + 1;
      const at = from + (start % (text.length - from + 1));
      const end = replacement === '' ? at : at + (length % (text.length - at + 1));
      // AWS takes no ARN that has lost a part, unless everything behind is given over.
      const tail = replacement === '*' && end === text.length;
      if (text.startsWith('arn:') && /:/.test(text.slice(at, end)) && !tail && at < resourceAt(text))
        return text;
      return text.slice(0, at) + replacement + text.slice(end);
    });
}
const oneOrSome = (one: fc.Arbitrary<string>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));

const TIMES = ['2031-03-01T09:00:00.000Z', '2031-03-01T10:00:00Z', '2030-12-31T23:59:59Z'];
const EPOCHS = TIMES.map((time) => String(Date.parse(time) / 1000));
const SOURCES = [arn('events', 'rule/programme/Start'), arn('s3', 'uploads'), ROLE, SESSION];
const REGIONS = ['eu-west-2', 'us-east-1', 'EU-WEST-2'];
const SERVICES = ['events.amazonaws.com', 'states.amazonaws.com', 'lambda.amazonaws.com'];
const negations = (...names: string[]) =>
  names.flatMap((name) => [name, name.replace(/^[A-Z][a-z]+/, '$&Not')]);
const STRINGS = negations('StringEquals', 'StringEqualsIgnoreCase', 'StringLike');
const ARNS = negations('ArnEquals', 'ArnLike');
const NUMBERS = [
  ...negations('NumericEquals'),
  ...['LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((name) => `Numeric${name}`),
];
const DATES = NUMBERS.map((name) => name.replace('Numeric', 'Date'));

/** Condition keys with the operators of their type and values around those that requests carry. */
const KEYS: readonly (readonly [key: string, operators: readonly string[], values: fc.Arbitrary<string>])[] =
  [
    [
      'aws:RequestedRegion',
      STRINGS,
      fc.oneof(fc.constantFrom(...REGIONS), fc.constantFrom('eu-*', '*-?', 'eu-west-?')),
    ],
    ['aws:SourceAccount', STRINGS, fc.constantFrom(ACCOUNT, '111111111111', '0*')],
    ['aws:SourceArn', [...ARNS, ...STRINGS], fc.oneof(fc.constantFrom(...SOURCES), blurred(SOURCES))],
    ['aws:PrincipalArn', [...ARNS, ...STRINGS], fc.oneof(fc.constantFrom(...SOURCES), blurred(SOURCES))],
    ['aws:PrincipalAccount', STRINGS, fc.constantFrom(ACCOUNT, '111111111111')],
    ['aws:SecureTransport', ['Bool'], fc.constantFrom('true', 'false')],
    ['aws:CurrentTime', DATES, fc.constantFrom(...TIMES)],
    ['aws:EpochTime', [...NUMBERS, ...DATES], fc.constantFrom(...EPOCHS)],
    ['iam:PassedToService', STRINGS, fc.constantFrom(...SERVICES, '*.amazonaws.com')],
  ];
const condition = fc
  .constantFrom(...KEYS)
  .chain(([key, operators, values]) =>
    fc.tuple(
      fc.constant(key),
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...operators) },
        { weight: 2, arbitrary: fc.constantFrom(...operators).map((name) => `${name}IfExists`) },
        { weight: 1, arbitrary: fc.constant('Null') },
      ),
      fc.oneof(values, fc.array(values, { minLength: 1, maxLength: 3 })),
      fc.constantFrom('true', 'false'),
    ),
  )
  .map(([key, operator, values, absent]) => ({
    [operator]: { [key]: operator === 'Null' ? absent : values },
  }));
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: condition.map((Condition) => ({ Condition })) },
  { weight: 1, arbitrary: fc.tuple(condition, condition).map(([a, b]) => ({ Condition: { ...a, ...b } })) },
);

const effect = fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny').map((Effect) => ({ Effect }));

/** Statements that speak of `action` and `resource` more often than chance would have them. */
function statementAbout(action: string, resource: string): fc.Arbitrary<Record<string, unknown>> {
  const actionPattern = fc.oneof(
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: fc.constantFrom(action, action.toUpperCase()) },
    { weight: 3, arbitrary: blurred([action]) },
    { weight: 2, arbitrary: blurred(ACTIONS) },
  );
  const resourcePattern = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('*', resource) },
    { weight: 4, arbitrary: blurred([resource]) },
    { weight: 2, arbitrary: blurred(RESOURCES) },
  );
  const aboutAction = fc.oneof(
    { weight: 5, arbitrary: oneOrSome(actionPattern).map((Action) => ({ Action })) },
    { weight: 1, arbitrary: oneOrSome(actionPattern).map((NotAction) => ({ NotAction })) },
  );
  const aboutResource = fc.oneof(
    { weight: 5, arbitrary: oneOrSome(resourcePattern).map((Resource) => ({ Resource })) },
    {
      weight: 1,
      // A shortened ARN that does not match is no match for the other evaluator's NotResource either: it says that it
      // is careful there, not that AWS does so.
      arbitrary: oneOrSome(resourcePattern.filter((text) => text === '*' || text.split(':').length >= 6)).map(
        (NotResource) => ({ NotResource }),
      ),
    },
  );
  return fc.tuple(effect, aboutAction, aboutResource, conditions).map((parts) => Object.assign({}, ...parts));
}
const named = fc.oneof(
  fc.constant('*'),
  fc
    .constantFrom(
      '*',
      ROLE,
      SESSION,
      `arn:aws:iam::${ACCOUNT}:role/Other`,
      `arn:aws:iam::${ACCOUNT}:root`,
      ACCOUNT,
    )
    .map((AWS) => ({ AWS })),
  fc
    .uniqueArray(
      fc.constantFrom(ROLE, `arn:aws:iam::${ACCOUNT}:role/Other`, `arn:aws:iam::${ACCOUNT}:root`),
      {
        minLength: 1,
      },
    )
    .map((AWS) => ({ AWS })),
  fc.constantFrom(...SERVICES).map((Service) => ({ Service })),
  fc.constantFrom(...SERVICES).map((Service) => ({ Service, AWS: ROLE })),
);
const document = (one: fc.Arbitrary<Record<string, unknown>>) =>
  fc.array(one, { minLength: 1, maxLength: 3 }).map((Statement) => ({ Version: '2012-10-17', Statement }));
const asked = fc
  .constantFrom(...ACTIONS)
  .chain((action) => fc.tuple(fc.constant(action), fc.constantFrom(...(ASKED[action] ?? []))))
  .chain(([action, resource]) => {
    const statement = statementAbout(action, resource);
    return fc.record({
      action: fc.constant(action),
      resource: fc.constant(resource),
      identity: fc.array(document(statement), { maxLength: 2 }),
      boundary: fc.option(document(statement), { nil: undefined }),
      held: fc.option(
        document(fc.tuple(statement, named).map(([said, Principal]) => ({ ...said, Principal }))),
        { nil: undefined },
      ),
    });
  });
const who = fc.constantFrom<Principal>(
  { kind: 'role', arn: ROLE, sessionArn: SESSION },
  { kind: 'role', arn: ROLE, sessionArn: SESSION },
  { kind: 'role', arn: ROLE, sessionArn: SESSION },
  { kind: 'service', name: 'events.amazonaws.com' },
  { kind: 'anonymous' },
);
const circumstances = fc.record(
  {
    'aws:RequestedRegion': fc.constantFrom(...REGIONS),
    'aws:SourceAccount': fc.constantFrom(ACCOUNT, '111111111111'),
    'aws:SourceArn': fc.constantFrom(...SOURCES),
    'aws:SecureTransport': fc.constantFrom('true', 'false'),
    'aws:CurrentTime': fc.constantFrom(...TIMES),
    'aws:EpochTime': fc.constantFrom(...EPOCHS),
    'iam:PassedToService': fc.constantFrom(...SERVICES),
  },
  { requiredKeys: ['aws:SecureTransport'] },
);

type Outcome = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

/** How the independent evaluator names who asks. */
function theirPrincipal(principal: Principal) {
  switch (principal.kind) {
    case 'role':
      return principal.sessionArn;
    case 'service':
      return principal.name;
    case 'root':
      return principal.arn;
    case 'anonymous':
      return anonymousPrincipal;
  }
}

describe('the evaluator, against an independent one', () => {
  it('decides the same over random policies', async () => {
    const outcomes: Record<Outcome, number> = { Allowed: 0, ImplicitlyDenied: 0, ExplicitlyDenied: 0 };
    await fc.assert(
      fc.asyncProperty(asked, who, circumstances, async (request, principal, given) => {
        const { action, resource } = request;
        const isRole = principal.kind === 'role';
        const identity = isRole ? request.identity : [];
        const boundary = isRole ? request.boundary : undefined;
        const held = /^(s3|sqs|lambda|secretsmanager):/.test(action) ? request.held : undefined;
        const context: Record<string, string> = {
          // A key of IAM's belongs to its requests alone.
          ...Object.fromEntries(
            Object.entries(given).filter(([key]) => key.startsWith('aws:') || action === 'iam:PassRole'),
          ),
          ...(isRole && { 'aws:PrincipalArn': ROLE, 'aws:PrincipalAccount': ACCOUNT }),
        };
        const theirs = await runSimulation(
          {
            request: {
              principal: theirPrincipal(principal),
              action,
              resource: { resource, accountId: ACCOUNT },
              contextVariables: context,
            },
            identityPolicies: identity.map((policy, index) => ({ name: `p${index}`, policy })),
            ...(boundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: boundary }] }),
            ...(held && { resourcePolicy: held }),
            serviceControlPolicies: [],
            resourceControlPolicies: [],
          },
          {},
        );
        if (theirs.resultType !== 'single') throw new Error(JSON.stringify(theirs));
        outcomes[theirs.overallResult]++;
        const ours = evaluate(
          {
            principal,
            action,
            resource,
            context: new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value])),
          },
          {
            identity: identity.flatMap((policy) => compilePolicy(policy, 'identity')),
            boundary: boundary && compilePolicy(boundary, 'boundary'),
            resource: held && compilePolicy(held, 'resource'),
          },
        );
        const decision: Outcome = ours.allowed
          ? 'Allowed'
          : ours.explicit
            ? 'ExplicitlyDenied'
            : 'ImplicitlyDenied';
        expect(decision).toBe(theirs.overallResult);
      }),
      { numRuns: RUNS },
    );
    // Random policies that hardly ever allow or deny would compare nothing.
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(RUNS / 20);
  });
});
