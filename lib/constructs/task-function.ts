import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleOf } from '../bundle.ts';
import { acknowledge, acknowledgePattern } from '../checks/acknowledge.ts';
import { type BucketName, bucketNames, type FunctionDefinition, type TableAction } from '../stages/types.ts';
import { arnsOfIndexes, type Platform } from './platform.ts';

export interface TaskFunctionProps {
  readonly stage: string;
  readonly name: string;
  readonly definition: FunctionDefinition;
  readonly platform: Platform;
  /** Every machine made so far, for functions that read runs. */
  readonly machines: readonly MachineReference[];
}

/** A machine of another stack: its workflow's name, its ARN, and its own name by named export. */
export interface MachineReference {
  readonly workflow: string;
  readonly arn: string;
  readonly machineName: string;
}

const environmentOfBucket: Readonly<Record<BucketName, string>> = {
  quarantine: 'QUARANTINE_BUCKET',
  submissions: 'SUBMISSIONS_BUCKET',
  documents: 'DOCUMENTS_BUCKET',
  register: 'REGISTER_BUCKET',
  statements: 'STATEMENTS_BUCKET',
};

/** One Lambda function with its own role (only what its stage declares), log group and timeout. */
export class TaskFunction extends Construct {
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: TaskFunctionProps) {
    super(scope, id);
    const { definition, platform, stage, name } = props;
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: platform.config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Grants: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            ...statementsOf(this, props).map(
              ({ patterns: _, ...statement }) => new iam.PolicyStatement(statement),
            ),
          ],
        }),
      },
    });
    const entry =
      definition.http === undefined ? bundleOf(stage, name) : bundleOf('http', definition.http.audience);
    this.function = new lambda.Function(this, 'Function', {
      description: definition.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(entry),
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      timeout: Duration.seconds(definition.timeoutSeconds ?? 30),
      memorySize: definition.memoryMb ?? 512,
      tracing: lambda.Tracing.ACTIVE,
      environment: environmentOf(this, props),
      ...(definition.onEvents !== undefined ||
      definition.onAwsEvents !== undefined ||
      definition.schedule !== undefined
        ? { onFailure: new destinations.SqsDestination(platform.failedEvents), retryAttempts: 2 }
        : {}),
    });
    for (const { patterns } of statementsOf(this, props)) {
      for (const [arn, reason] of Object.entries(patterns)) acknowledgePattern(role, arn, reason);
    }
    const tracing = 'X-Ray has no resource to name: its two write actions apply to the account alone';
    const defaultPolicy = role.node.tryFindChild('DefaultPolicy');
    if (defaultPolicy !== undefined) acknowledge(defaultPolicy, 'AwsSolutions-IAM5[Resource::*]', tracing);
  }
}

/** A statement as declared, with the patterns in it that need a word. */
interface Statement {
  readonly actions: string[];
  readonly resources: string[];
  readonly patterns: Readonly<Record<string, string>>;
}

/** What a function may do, as its stage declares it; logs and what triggers bring come beside it. */
function statementsOf(scope: Construct, { definition, platform, machines }: TaskFunctionProps): Statement[] {
  const { grants } = definition;
  const statements: Statement[] = [];
  const allow = (
    actions: readonly string[],
    resources: readonly string[],
    patterns: Record<string, string> = {},
  ): void => {
    if (actions.length > 0 && resources.length > 0)
      statements.push({ actions: [...actions], resources: [...resources], patterns });
  };
  const tableActions = new Set<TableAction>(grants.table ?? []);
  if (grants.mail === true) for (const action of ['PutItem', 'UpdateItem'] as const) tableActions.add(action);
  allow(
    [...tableActions].map((action) => `dynamodb:${action}`),
    [platform.table.tableArn],
  );
  if (tableActions.has('Query')) allow(['dynamodb:Query'], arnsOfIndexes(platform.table));
  for (const bucketName of bucketNames) {
    const grant = grants.buckets?.[bucketName];
    if (grant === undefined) continue;
    const keys = `${platform.bucketArns[bucketName]}/${grant.prefix ?? ''}*`;
    const onObjects = grant.actions
      .filter((action) => action !== 'ListBucket')
      .map((action) => `s3:${action}`);
    allow(onObjects, [keys], {
      [keys]: `Objects are named by id: the keys of ${bucketName} below ${grant.prefix ?? 'its root'} are the narrowest`,
    });
    if (grant.actions.includes('ListBucket')) allow(['s3:ListBucket'], [platform.bucketArns[bucketName]]);
  }
  if (grants.mail === true)
    allow(['ses:SendEmail'], [platform.mailIdentityArn, platform.mailConfigurationSet.arn]);
  if (grants.publishes === true) allow(['events:PutEvents'], [platform.bus.eventBusArn]);
  if (grants.signsIn === true) allow(['cognito-idp:AdminCreateUser'], [platform.userPoolArn]);
  if (grants.originSecret === true)
    allow(['secretsmanager:GetSecretValue'], [platform.originSecret.secretArn]);
  if (grants.answersTasks === true) {
    allow(['states:SendTaskSuccess'], ['*'], {
      '*': 'A task token names no resource: IAM knows none for answering it',
    });
  }
  const executions = machines.map(({ machineName }) =>
    Stack.of(scope).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  const patterns = Object.fromEntries(
    executions.map((arn) => [arn, "Executions have names of their own: their machine's is the narrowest"]),
  );
  if (grants.readsRuns === true) {
    allow(
      ['states:ListExecutions'],
      machines.map(({ arn }) => arn),
    );
    allow(
      ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:DescribeStateMachineForExecution'],
      executions,
      patterns,
    );
  }
  if (grants.stopsRuns === true)
    allow(['states:StopExecution'], executions, grants.readsRuns === true ? {} : patterns);
  return statements;
}

function environmentOf(
  scope: Construct,
  { definition, platform, machines }: TaskFunctionProps,
): Record<string, string> {
  const { grants } = definition;
  const environment: Record<string, string> = {
    SITE_URL: platform.config.siteUrl,
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
  if (grants.table !== undefined || grants.mail === true)
    environment.PROGRAMME_TABLE = platform.table.tableName;
  for (const name of bucketNames) {
    if (grants.buckets?.[name] !== undefined)
      environment[environmentOfBucket[name]] = platform.buckets[name].bucketName;
  }
  if (grants.mail === true) {
    environment.MAIL_FROM = platform.config.mailFrom;
    environment.MAIL_CONFIGURATION_SET = platform.mailConfigurationSet.name;
  }
  if (grants.publishes === true) environment.EVENT_BUS = platform.bus.eventBusName;
  if (grants.signsIn === true) {
    environment.USER_POOL_ID = platform.userPoolId;
    environment.USER_POOL_CLIENT_ID = platform.userPoolClientId;
    environment.FIRST_ADMIN_EMAIL = platform.config.firstAdminEmail;
  }
  if (grants.originSecret === true) environment.ORIGIN_SECRET_ARN = platform.originSecret.secretArn;
  if (grants.readsRuns === true || grants.knowsMachines === true) {
    environment.STATE_MACHINES = Stack.of(scope).toJsonString(
      Object.fromEntries(machines.map(({ workflow, arn }) => [workflow, arn])),
    );
  }
  return environment;
}
