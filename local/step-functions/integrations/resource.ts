/** How a Task ends: with the call's answer, with the end of what it started, or when its token is answered. */
export type Pattern = 'requestResponse' | 'sync' | 'sync2' | 'waitForTaskToken';

/** What a Task state's `Resource` stands for. */
export type Resource =
  | { readonly kind: 'function'; readonly arn: string }
  | {
      readonly kind: 'service';
      readonly arn: string;
      /** As history events name it: `lambda`, `dynamodb`, `aws-sdk:dynamodb`. */
      readonly resourceType: string;
      /** As history events name it: `invoke`, `startExecution.sync:2`. */
      readonly resource: string;
      /** The SDK's service name of an `aws-sdk` integration, else undefined. */
      readonly sdkService: string | undefined;
      /** camelCase, without the pattern. */
      readonly action: string;
      readonly pattern: Pattern;
    };

const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?$/;
const SERVICE_ARN = /^arn:aws[a-z-]*:states:([a-z0-9-]*):(\d*):(.+)$/;

/** Optimised integrations that the local cloud runs: actions, and the patterns that each takes. */
const OPTIMISED: Readonly<Record<string, Readonly<Record<string, readonly Pattern[]>>>> = {
  lambda: { invoke: ['requestResponse', 'waitForTaskToken'] },
  dynamodb: {
    getItem: ['requestResponse'],
    putItem: ['requestResponse'],
    updateItem: ['requestResponse'],
    deleteItem: ['requestResponse'],
  },
  events: { putEvents: ['requestResponse', 'waitForTaskToken'] },
  sqs: { sendMessage: ['requestResponse', 'waitForTaskToken'] },
  states: { startExecution: ['requestResponse', 'sync', 'sync2', 'waitForTaskToken'] },
};

/** SDK integrations that the local cloud has a service for: name in the ARN -> name of the service in the gateway. */
export const SDK_SERVICES: Readonly<Record<string, string>> = {
  dynamodb: 'dynamodb',
  sfn: 'states',
  s3: 's3',
  sesv2: 'ses',
  sqs: 'sqs',
  lambda: 'lambda',
  eventbridge: 'events',
  scheduler: 'scheduler',
  secretsmanager: 'secretsmanager',
  cognitoidentityprovider: 'cognito-idp',
};

const SUFFIXES: readonly (readonly [string, Pattern])[] = [
  ['.waitForTaskToken', 'waitForTaskToken'],
  ['.sync:2', 'sync2'],
  ['.sync', 'sync'],
];

function splitPattern(action: string): readonly [string, Pattern] {
  for (const [suffix, pattern] of SUFFIXES) {
    if (action.endsWith(suffix)) return [action.slice(0, -suffix.length), pattern];
  }
  return [action, 'requestResponse'];
}

/** Reads a `Resource`; undefined where the local cloud has no such integration. */
export function parseResource(arn: string): Resource | undefined {
  if (FUNCTION_ARN.test(arn)) return { kind: 'function', arn };
  const rest = SERVICE_ARN.exec(arn)?.[3];
  if (rest === undefined) return undefined;
  const sdk = /^aws-sdk:([a-z0-9]+):(.+)$/.exec(rest);
  if (sdk?.[1] !== undefined && sdk[2] !== undefined) {
    const [action, pattern] = splitPattern(sdk[2]);
    if (SDK_SERVICES[sdk[1]] === undefined || !/^[a-z][A-Za-z0-9]*$/.test(action)) return undefined;
    if (pattern !== 'requestResponse' && pattern !== 'waitForTaskToken') return undefined;
    return {
      kind: 'service',
      arn,
      resourceType: `aws-sdk:${sdk[1]}`,
      resource: sdk[2],
      sdkService: sdk[1],
      action,
      pattern,
    };
  }
  const optimised = /^([a-z]+):(.+)$/.exec(rest);
  if (optimised?.[1] === undefined || optimised[2] === undefined) return undefined;
  const [action, pattern] = splitPattern(optimised[2]);
  if (OPTIMISED[optimised[1]]?.[action]?.includes(pattern) !== true) return undefined;
  return {
    kind: 'service',
    arn,
    resourceType: optimised[1],
    resource: optimised[2],
    sdkService: undefined,
    action,
    pattern,
  };
}
