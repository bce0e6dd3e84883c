import type { EventName, WorkflowName } from '../../functions/shared/events/catalogue.ts';
import type { Contract } from '../../functions/shared/http/contract.ts';

/**
 * What a stage declares of itself, as data: its functions with all that each may do, its state machines, its part of
 * the HTTP API. One construct makes a function of each, one a workflow; grants, environment, substitutions and alarms
 * follow from these tables and from nothing else.
 */
export interface StageDefinition {
  /** Folder below functions/. */
  readonly stage: string;
  readonly functions: Readonly<Record<string, FunctionDefinition>>;
  readonly workflows: Readonly<Record<string, WorkflowDefinition>>;
}

export type TableAction =
  | 'BatchGetItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'Query'
  | 'ConditionCheckItem';
export const bucketNames = ['quarantine', 'submissions', 'documents', 'register', 'statements'] as const;
export type BucketName = (typeof bucketNames)[number];
export type BucketAction = 'GetObject' | 'PutObject' | 'DeleteObject' | 'ListBucket';

/**
 * What a function may do, and no more than its code can ask for (tests/infra/grants.test.ts). `change()` and `create()`
 * need BatchGetItem and PutItem on the table, and what their further writes are: a transaction is authorised by its parts.
 */
export interface Grants {
  readonly table?: readonly TableAction[];
  /** Bucket -> actions, each optionally below a key prefix. */
  readonly buckets?: Readonly<
    Partial<Record<BucketName, { readonly actions: readonly BucketAction[]; readonly prefix?: string }>>
  >;
  /** May send mail. */
  readonly mail?: true;
  /** states: SendTaskSuccess on this account's machines. */
  readonly answersTasks?: true;
  /** Is told the ARNs of the machines, to recognise their runs; reading runs includes it. */
  readonly knowsMachines?: true;
  /** May read runs (ListExecutions, DescribeExecution, DescribeStateMachineForExecution, GetExecutionHistory). */
  readonly readsRuns?: true;
  /** May stop executions. */
  readonly stopsRuns?: true;
  /** May put events on the programme's bus (the publisher alone). */
  readonly publishes?: true;
  readonly signsIn?: true;
  /** May read the secret that CloudFront adds to API requests (the authorizer alone). */
  readonly originSecret?: true;
}

export interface FunctionDefinition {
  /** One line: what it is for; becomes its description. */
  readonly description: string;
  readonly grants: Grants;
  /** Serves an audience of the HTTP API: file functions/http/<audience>/handler.ts instead of functions/<stage>/handlers/<name>.ts. */
  readonly http?: { readonly audience: string; readonly contract: Contract };
  /** Events of the bus that invoke it (asynchronously; the function deduplicates). */
  readonly onEvents?: readonly EventName[];
  /** Events of the default bus that invoke it. */
  readonly onAwsEvents?: {
    readonly source: string;
    readonly detailTypes: readonly string[];
    /** Further conditions of the pattern on the event's detail. */
    readonly detail?: Readonly<Record<string, unknown>>;
  };
  /** Inserts into the programme table whose sort key begins with this invoke it, through the table's stream. */
  readonly onTableInserts?: { readonly sortKeyPrefix: string };
  /** A time of day in London, `cron(0 6 * * ? *)`, or a rate, that invokes it with `{ "scheduledAt": <ISO> }`. */
  readonly schedule?: string;
  /** Default 30. */
  readonly timeoutSeconds?: number;
  /** Default 512. */
  readonly memoryMb?: number;
  /** PDF and solver functions, whose bundle may exceed 300 KB. */
  readonly large?: true;
}

export interface WorkflowDefinition {
  readonly name: WorkflowName;
  /** Events of the bus that start an execution; the input is the event's bus detail (see the README of state-machines/). */
  readonly startedBy: readonly EventName[];
  /** Functions (keys of `functions`) that the machine invokes; each is `${<PascalCase>Function}` in the ASL file. */
  readonly invokes: readonly string[];
  /** Table actions of its SDK integrations; default claim and wait: UpdateItem. `${ProgrammeTable}` in the ASL file. */
  readonly table?: readonly TableAction[];
  /** What an alarm on failed executions means for people. */
  readonly impact: string;
}
