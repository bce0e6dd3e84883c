import { Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { Platform } from '../constructs/platform.ts';
import { type MachineReference, TaskFunction } from '../constructs/task-function.ts';
import { Workflow } from '../constructs/workflow.ts';
import { pascalCase } from '../stages/names.ts';
import type { FunctionDefinition, StageDefinition } from '../stages/types.ts';

export interface StageStackProps extends StackProps {
  readonly definition: StageDefinition;
  readonly platform: Platform;
  /** Machines of the stacks before this one, for functions that read runs. */
  readonly machines: readonly MachineReference[];
}

/** One stage of the programme: its functions, its state machines, and what starts each. */
export class StageStack extends Stack {
  readonly functions: Readonly<Record<string, lambda.Function>>;
  readonly machines: readonly MachineReference[];

  constructor(scope: Construct, id: string, props: StageStackProps) {
    super(scope, id, props);
    const { definition, platform } = props;
    const functions: Record<string, lambda.Function> = {};
    for (const [name, declared] of Object.entries(definition.functions)) {
      const task = new TaskFunction(this, pascalCase(name), {
        stage: definition.stage,
        name,
        definition: declared,
        platform,
        machines: props.machines,
      });
      functions[name] = task.function;
      this.invokeOnEvents(name, declared, task.function, platform);
      if (declared.schedule !== undefined)
        this.invokeOnSchedule(name, declared.schedule, task.function, platform);
      if (declared.onTableInserts !== undefined)
        this.invokeOnInserts(name, declared.onTableInserts.sortKeyPrefix, task.function, platform);
    }
    const machines: MachineReference[] = [];
    for (const workflow of Object.values(definition.workflows)) {
      const made = new Workflow(this, `${pascalCase(workflow.name)}Workflow`, {
        definition: workflow,
        functions,
        platform,
      });
      machines.push({
        workflow: workflow.name,
        arn: made.machine.stateMachineArn,
        machineName: this.exportValue(made.machine.stateMachineName, {
          name: `${this.stackName}-${workflow.name}-machine`,
        }),
      });
    }
    this.functions = functions;
    this.machines = machines;
  }

  private invokeOnEvents(
    name: string,
    declared: FunctionDefinition,
    target: lambda.Function,
    platform: Platform,
  ): void {
    const rules: { id: string; bus: string | undefined; pattern: Record<string, unknown> }[] = [];
    if (declared.onEvents !== undefined) {
      const pattern = { source: ['psqm'], 'detail-type': [...declared.onEvents] };
      rules.push({ id: `${pascalCase(name)}OnEvents`, bus: platform.bus.eventBusName, pattern });
    }
    if (declared.onAwsEvents !== undefined) {
      const { source, detailTypes, detail } = declared.onAwsEvents;
      rules.push({
        id: `${pascalCase(name)}OnAwsEvents`,
        bus: undefined,
        pattern: {
          source: [source],
          'detail-type': [...detailTypes],
          ...(detail === undefined ? {} : { detail }),
        },
      });
    }
    for (const { id, bus, pattern } of rules) {
      const rule = new events.CfnRule(this, id, {
        eventPattern: pattern,
        targets: [
          {
            id: 'Function',
            arn: target.functionArn,
            deadLetterConfig: { arn: platform.failedEvents.queueArn },
          },
        ],
        ...(bus === undefined ? {} : { eventBusName: bus }),
      });
      new lambda.CfnPermission(this, `${id}Permission`, {
        action: 'lambda:InvokeFunction',
        functionName: target.functionArn,
        principal: 'events.amazonaws.com',
        sourceArn: rule.attrArn,
      });
    }
  }

  private invokeOnSchedule(
    name: string,
    expression: string,
    target: lambda.Function,
    platform: Platform,
  ): void {
    const role = new iam.Role(this, `${pascalCase(name)}ScheduleRole`, {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
      inlinePolicies: {
        Invoke: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }),
            new iam.PolicyStatement({
              actions: ['sqs:SendMessage'],
              resources: [platform.failedEvents.queueArn],
            }),
          ],
        }),
      },
    });
    new scheduler.CfnSchedule(this, `${pascalCase(name)}Schedule`, {
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: expression,
      scheduleExpressionTimezone: 'Europe/London',
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ scheduledAt: '<aws.scheduler.scheduled-time>' }),
        deadLetterConfig: { arn: platform.failedEvents.queueArn },
      },
    });
  }

  private invokeOnInserts(
    name: string,
    sortKeyPrefix: string,
    target: lambda.Function,
    platform: Platform,
  ): void {
    const streamArn = platform.table.tableStreamArn;
    if (streamArn === undefined) throw new Error('the table has no stream');
    target.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: [streamArn],
      }),
    );
    target.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [platform.failedEvents.queueArn] }),
    );
    const mapping = new lambda.CfnEventSourceMapping(this, `${pascalCase(name)}Stream`, {
      eventSourceArn: streamArn,
      functionName: target.functionArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: 100,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 10,
      functionResponseTypes: ['ReportBatchItemFailures'],
      destinationConfig: { onFailure: { destination: platform.failedEvents.queueArn } },
      filterCriteria: {
        filters: [
          {
            pattern: JSON.stringify({
              eventName: ['INSERT'],
              dynamodb: { Keys: { sk: { S: [{ prefix: sortKeyPrefix }] } } },
            }),
          },
        ],
      },
    });
    mapping.node.addDependency(target.role ?? target);
    const age = new cloudwatch.Metric({
      namespace: 'AWS/Lambda',
      metricName: 'IteratorAge',
      dimensionsMap: { FunctionName: target.functionName },
      statistic: 'Maximum',
    });
    age.createAlarm(this, `${pascalCase(name)}Late`, {
      alarmDescription:
        'Events reach the machines late: stages do not start. Runbook: docs/runbooks/stuck-cases.md',
      threshold: 300_000,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
