import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type WorkflowName, workflows } from '../../shared/events/catalogue.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import { logger } from '../../shared/runtime/logger.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { dynamodb } from '../../shared/table/client.ts';
import { waitKey } from '../../shared/table/keys.ts';
import { waitFields } from '../close-wait.ts';
import { newStuckCase, stuckKey } from '../stuck.ts';

/** EventBridge's "Step Functions Execution Status Change". Input is absent where it was too long for the event. */
const statusChange = z.object({
  time: z.string(),
  detail: z.object({
    executionArn: z.string(),
    stateMachineArn: z.string(),
    status: z.string(),
    input: z.string().nullish(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
    stopDate: z.number().nullish(),
  }),
});
const executionInput = z.object({ collection: z.string() }).loose();
const ended = z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']);
const machines = z.record(z.string(), z.string());

/**
 * Puts an execution that failed, timed out or was aborted on the stuck board and closes what it waited for. Again for the same
 * execution changes nothing.
 */
export const handler = taskHandler(
  statusChange,
  z.object({ recorded: z.boolean() }),
  async (event, { now }) => {
    const { detail } = event;
    const status = ended.safeParse(detail.status);
    const workflow = workflowOf(detail.stateMachineArn);
    if (!status.success || workflow === undefined) return { recorded: false };
    const input = executionInput.safeParse(JSON.parse(detail.input ?? '{}'));
    if (!input.success)
      logger.warn('an execution without a collection failed', { executionArn: detail.executionArn });
    const { collection } = input.success ? input.data : { collection: `MACHINE#${workflow}` };
    const entry = newStuckCase({
      collection,
      workflow,
      executionArn: detail.executionArn,
      status: status.data,
      error: detail.error ?? status.data,
      cause: (detail.cause ?? '').slice(0, 4000),
      at: now.toISOString(),
    });
    await dynamodb
      .send(
        new PutItemCommand({
          TableName: requireEnv('PROGRAMME_TABLE'),
          Item: marshall(
            { ...stuckKey(collection, entry.stuckId), version: 1, ...entry },
            { removeUndefinedValues: true },
          ),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      )
      .catch(unlessDone);
    await dynamodb
      .send(
        new UpdateItemCommand({
          TableName: requireEnv('PROGRAMME_TABLE'),
          Key: marshall(waitKey(collection, workflow)),
          UpdateExpression: `REMOVE ${waitFields.join(', ')}`,
          ConditionExpression: 'executionArn = :ended',
          ExpressionAttributeValues: marshall({ ':ended': detail.executionArn }),
        }),
      )
      .catch(unlessDone);
    return { recorded: true };
  },
);

/** It was done before, or is another execution's by now. */
function unlessDone(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
}

/** Name of the workflow by its machine's ARN; undefined for machines that are not ours. */
function workflowOf(machineArn: string): WorkflowName | undefined {
  const known = machines.parse(JSON.parse(requireEnv('STATE_MACHINES')));
  return workflows.find((name) => known[name] === machineArn);
}
