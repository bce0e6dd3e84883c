/** The fields of a state by its type, as the Amazon States Language has them. */
export const STATE_TYPES = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'] as const;
export type StateTypeName = (typeof STATE_TYPES)[number];

export function isStateType(value: unknown): value is StateTypeName {
  return STATE_TYPES.some((type) => type === value);
}

/** The largest number that fields of seconds, counts and attempts take. */
export const MAX_INTEGER = 99_999_999;

export const TOP_LEVEL_FIELDS: readonly string[] = [
  'Comment',
  'QueryLanguage',
  'StartAt',
  'States',
  'TimeoutSeconds',
  'Version',
];

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const FLOW = ['Next', 'End', 'Assign'];
const HANDLERS = ['Retry', 'Catch'];

/** Fields that a state may have whatever its query language. */
export const STATE_FIELDS: Readonly<Record<StateTypeName, readonly string[]>> = {
  Pass: [...COMMON, ...FLOW],
  Task: [...COMMON, ...FLOW, ...HANDLERS, 'Resource', 'TimeoutSeconds', 'HeartbeatSeconds', 'Credentials'],
  Choice: [...COMMON, 'Choices', 'Default', 'Assign'],
  Wait: [...COMMON, ...FLOW, 'Seconds', 'Timestamp'],
  Succeed: [...COMMON],
  Fail: [...COMMON, 'Error', 'Cause'],
  Parallel: [...COMMON, ...FLOW, ...HANDLERS, 'Branches'],
  Map: [
    ...COMMON,
    ...FLOW,
    ...HANDLERS,
    'ItemProcessor',
    'Iterator',
    'ItemSelector',
    'MaxConcurrency',
    'ToleratedFailureCount',
    'ToleratedFailurePercentage',
  ],
};

/** Fields that only a JSONata state has. */
export const JSONATA_FIELDS: Readonly<Record<StateTypeName, readonly string[]>> = {
  Pass: ['Output'],
  Task: ['Output', 'Arguments'],
  Choice: ['Output'],
  Wait: ['Output'],
  Succeed: ['Output'],
  Fail: [],
  Parallel: ['Output', 'Arguments'],
  Map: ['Output', 'Items'],
};

/** Fields of a JSONPath state whose plain values need no query: a state that has no others of JSONPath can run. */
export const LITERAL_FIELDS: Readonly<Record<StateTypeName, readonly string[]>> = {
  Pass: ['Result', 'Parameters'],
  Task: ['Parameters'],
  Choice: [],
  Wait: [],
  Succeed: [],
  Fail: [],
  Parallel: ['Parameters'],
  Map: ['Parameters'],
};

/** Fields that query with JSONPath. */
export const JSONPATH_FIELDS: readonly string[] = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'ErrorPath',
  'CausePath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ToleratedFailureCountPath',
  'ToleratedFailurePercentagePath',
];

/** Fields of a Distributed Map, which the local cloud does not run. */
export const DISTRIBUTED_FIELDS: readonly string[] = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

export const CHOICE_RULE_FIELDS: readonly string[] = ['Condition', 'Next', 'Assign', 'Output', 'Comment'];
export const CATCHER_FIELDS: readonly string[] = [
  'ErrorEquals',
  'Next',
  'Assign',
  'Output',
  'Comment',
  'ResultPath',
];
export const RETRIER_FIELDS: readonly string[] = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
