/** Details of a history event, in the shape of GetExecutionHistory. */
export type EventDetails = Readonly<Record<string, unknown>>;

/** The member of an event that holds its details; a type that is not here has none. */
const DETAILS: Readonly<Record<string, string>> = {
  ExecutionStarted: 'executionStartedEventDetails',
  ExecutionSucceeded: 'executionSucceededEventDetails',
  ExecutionFailed: 'executionFailedEventDetails',
  ExecutionTimedOut: 'executionTimedOutEventDetails',
  ExecutionAborted: 'executionAbortedEventDetails',
  ExecutionRedriven: 'executionRedrivenEventDetails',
  EvaluationFailed: 'evaluationFailedEventDetails',
  TaskScheduled: 'taskScheduledEventDetails',
  TaskStarted: 'taskStartedEventDetails',
  TaskSubmitted: 'taskSubmittedEventDetails',
  TaskSubmitFailed: 'taskSubmitFailedEventDetails',
  TaskSucceeded: 'taskSucceededEventDetails',
  TaskFailed: 'taskFailedEventDetails',
  TaskTimedOut: 'taskTimedOutEventDetails',
  LambdaFunctionScheduled: 'lambdaFunctionScheduledEventDetails',
  LambdaFunctionSucceeded: 'lambdaFunctionSucceededEventDetails',
  LambdaFunctionFailed: 'lambdaFunctionFailedEventDetails',
  LambdaFunctionTimedOut: 'lambdaFunctionTimedOutEventDetails',
  MapStateStarted: 'mapStateStartedEventDetails',
  MapIterationStarted: 'mapIterationStartedEventDetails',
  MapIterationSucceeded: 'mapIterationSucceededEventDetails',
  MapIterationFailed: 'mapIterationFailedEventDetails',
  MapIterationAborted: 'mapIterationAbortedEventDetails',
};

/** Members of details that hold data of the execution, and the member that says whether they were cut. */
const DATA = {
  input: 'inputDetails',
  output: 'outputDetails',
  assignedVariables: 'assignedVariablesDetails',
} as const;

/** A stored event: type, previous event, time (epoch ms), details (0 where it has none). Its id is its place. */
export type StoredEvent = readonly [type: string, previous: number, time: number, details: EventDetails | 0];

function detailsMember(type: string): string | undefined {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return DETAILS[type];
}

/** An event as GetExecutionHistory answers it. Without `includeData` the data members are left out, as on AWS. */
export function presentEvent(
  id: number,
  [type, previous, time, details]: StoredEvent,
  includeData: boolean,
): Record<string, unknown> {
  const event: Record<string, unknown> = { timestamp: time / 1000, type, id, previousEventId: previous };
  const member = detailsMember(type);
  if (member === undefined) return event;
  const shown: Record<string, unknown> = details === 0 ? {} : { ...details };
  for (const [data, about] of Object.entries(DATA)) {
    if (shown[data] === undefined) continue;
    if (includeData) shown[about] = { truncated: false };
    else delete shown[data];
  }
  event[member] = shown;
  return event;
}
