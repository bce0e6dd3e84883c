import { ServiceError, UnsupportedError } from '../../core/errors.ts';
import type { Failure } from '../engine/frames.ts';

/** How an integration names the errors of its service. */
interface ErrorNames {
  /** Before the dot of the error's name. */
  readonly prefix: string;
  /** The service in the cause. */
  readonly service: string;
  /** Name of errors that the SDK has no class for. */
  readonly general: string;
}

/** Optimised integrations speak through AWS's SDK for Java 1 and carry its names. */
const OPTIMISED: Readonly<Record<string, ErrorNames>> = {
  lambda: { prefix: 'Lambda', service: 'AWSLambda', general: 'AWSLambdaException' },
  dynamodb: { prefix: 'DynamoDB', service: 'AmazonDynamoDBv2', general: 'AmazonDynamoDBException' },
  events: { prefix: 'EventBridge', service: 'AmazonEventBridge', general: 'AmazonEventBridgeException' },
  sqs: { prefix: 'SQS', service: 'AmazonSQS', general: 'AmazonSQSException' },
  states: { prefix: 'StepFunctions', service: 'AWSStepFunctions', general: 'AWSStepFunctionsException' },
};

/** SDK integrations speak through the SDK for Java 2, whose service names begin the error. */
const SDK_NAMES: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDb',
  sfn: 'Sfn',
  s3: 'S3',
  sesv2: 'SesV2',
  sqs: 'Sqs',
  lambda: 'Lambda',
  eventbridge: 'EventBridge',
  scheduler: 'Scheduler',
  secretsmanager: 'SecretsManager',
  cognitoidentityprovider: 'CognitoIdentityProvider',
};

/** Codes that no service models: the SDK has only its general exception for them. */
const UNMODELLED: readonly string[] = [
  'AccessDenied',
  'AccessDeniedException',
  'MissingParameter',
  'ThrottlingException',
  'UnrecognizedClientException',
  'ValidationError',
  'ValidationException',
];

/** Services that do model a code of the list above. */
const MODELLED: Readonly<Record<string, readonly string[]>> = {
  scheduler: ['ThrottlingException', 'ValidationException'],
  sfn: ['ValidationException'],
};

function exceptionName(code: string): string {
  return code.endsWith('Exception') ? code : `${code}Exception`;
}

/** How a failed call of an optimised integration ends its task. */
export function optimisedFailure(service: string, error: unknown, requestId: string): Failure {
  const names = OPTIMISED[service];
  if (!(error instanceof ServiceError) || names === undefined) return runtimeFailure(error);
  const name = UNMODELLED.includes(error.code) ? names.general : exceptionName(error.code);
  return {
    ok: false,
    error: `${names.prefix}.${name}`,
    cause: `${error.message} (Service: ${names.service}; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`,
  };
}

/** How a failed call of an SDK integration ends its task. */
export function sdkFailure(service: string, error: unknown, requestId: string): Failure {
  const prefix = SDK_NAMES[service];
  if (!(error instanceof ServiceError) || prefix === undefined) return runtimeFailure(error);
  const modelled = !UNMODELLED.includes(error.code) || MODELLED[service]?.includes(error.code) === true;
  return {
    ok: false,
    error: `${prefix}.${modelled ? exceptionName(error.code) : `${prefix}Exception`}`,
    cause: `${error.message} (Service: ${prefix}, Status Code: ${error.status}, Request ID: ${requestId}) (SDK Attempt Count: 1)`,
  };
}

/** What is no answer of a service, such as a call that the local cloud does not know, ends the execution. */
export function runtimeFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const cause =
    error instanceof UnsupportedError ? message : `The call failed within the local cloud: ${message}`;
  return { ok: false, error: 'States.Runtime', cause };
}
