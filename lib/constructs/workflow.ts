import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.ts';
import { pascalCase } from '../stages/names.ts';
import type { WorkflowDefinition } from '../stages/types.ts';
import type { Platform } from './platform.ts';

export interface WorkflowProps {
  readonly definition: WorkflowDefinition;
  readonly functions: Readonly<Record<string, lambda.IFunction>>;
  readonly platform: Platform;
}

const directory = join(import.meta.dirname, '..', '..', 'state-machines');

/**
 * A state machine from its ASL file. Substitutions, grants, the rule that starts it and its alarm come from one table
 * (the stage's WorkflowDefinition); a placeholder without a value, or a value without a placeholder, fails the synth.
 */
export class Workflow extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { definition, platform, functions } = props;
    const file = join(directory, `${definition.name}.asl.json`);
    const invoked = definition.invokes.map((name) => {
      const invokedFunction = functions[name];
      if (invokedFunction === undefined)
        throw new Error(`${definition.name} invokes ${name}, which its stage does not define`);
      return { placeholder: `${pascalCase(name)}Function`, invokedFunction };
    });
    const substitutions: Record<string, string> = { ProgrammeTable: platform.table.tableName };
    for (const { placeholder, invokedFunction } of invoked)
      substitutions[placeholder] = invokedFunction.functionArn;
    checkPlaceholders(file, Object.keys(substitutions));

    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        Grants: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: (definition.table ?? ['UpdateItem']).map((action) => `dynamodb:${action}`),
              resources: [platform.table.tableArn],
            }),
            ...(invoked.length === 0
              ? []
              : [
                  new iam.PolicyStatement({
                    actions: ['lambda:InvokeFunction'],
                    resources: invoked.map(({ invokedFunction }) => invokedFunction.functionArn),
                  }),
                ]),
          ],
        }),
      },
    });
    this.machine = new sfn.StateMachine(this, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromFile(file),
      definitionSubstitutions: substitutions,
      role,
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Logs', {
          retention: platform.config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    const defaultPolicy = role.node.tryFindChild('DefaultPolicy');
    if (defaultPolicy !== undefined) {
      acknowledge(
        defaultPolicy,
        'AwsSolutions-IAM5[Resource::*]',
        'Log delivery and X-Ray name no resource: AWS documents both with * for Step Functions',
      );
    }
    this.startOnEvents(definition, platform);
    this.alarm(definition, platform);
  }

  private startOnEvents(definition: WorkflowDefinition, platform: Platform): void {
    if (definition.startedBy.length === 0) return;
    const starter = new iam.Role(this, 'StarterRole', {
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
      inlinePolicies: {
        Start: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['states:StartExecution'],
              resources: [this.machine.stateMachineArn],
            }),
          ],
        }),
      },
    });
    new events.CfnRule(this, 'Starter', {
      description: `Starts ${definition.name} on ${definition.startedBy.join(', ')}`,
      eventBusName: platform.bus.eventBusName,
      eventPattern: { source: ['psqm'], 'detail-type': [...definition.startedBy] },
      targets: [
        {
          id: 'Machine',
          arn: this.machine.stateMachineArn,
          roleArn: starter.roleArn,
          inputPath: '$.detail',
          deadLetterConfig: { arn: platform.failedEvents.queueArn },
          retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 },
        },
      ],
    });
  }

  private alarm(definition: WorkflowDefinition, platform: Platform): void {
    const period = Duration.minutes(5);
    const failures = new cloudwatch.MathExpression({
      expression: 'failed + timedOut + aborted',
      period,
      usingMetrics: {
        failed: this.machine.metricFailed({ period }),
        timedOut: this.machine.metricTimedOut({ period }),
        aborted: this.machine.metricAborted({ period }),
      },
    });
    const alarm = failures.createAlarm(this, 'Failures', {
      alarmDescription: `${definition.impact} Runbook: docs/runbooks/stuck-cases.md`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new actions.SnsAction(platform.alarmTopic));
  }
}

function checkPlaceholders(file: string, given: readonly string[]): void {
  const used = new Set(
    Array.from(readFileSync(file, 'utf8').matchAll(/\$\{(\w+)\}/g), (match) => match[1] ?? ''),
  );
  const missing = [...used].filter((name) => !given.includes(name));
  const idle = given.filter((name) => !used.has(name));
  if (missing.length > 0) throw new Error(`${file}: no value for ${missing.join(', ')}`);
  if (idle.length > 0) throw new Error(`${file} does not use ${idle.join(', ')}`);
}
