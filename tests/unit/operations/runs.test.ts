import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { statesOf, stepsOf } from '../../../functions/operations/run-history.ts';

const at = new Date('2027-10-10T09:00:00.000Z');
const event = (
  id: number,
  previousEventId: number,
  type: HistoryEvent['type'],
  detail: Partial<HistoryEvent> = {},
): HistoryEvent => ({ id, previousEventId, type, timestamp: at, ...detail });
const entered = (id: number, previous: number, name: string) =>
  event(id, previous, 'TaskStateEntered', { stateEnteredEventDetails: { name, input: '{}' } });
const exited = (id: number, previous: number, name: string) =>
  event(id, previous, 'TaskStateExited', { stateExitedEventDetails: { name, output: '{"done":true}' } });

describe('the history of an execution', () => {
  const events = [
    event(1, 0, 'ExecutionStarted', { executionStartedEventDetails: { input: '{"collection":"REG#1"}' } }),
    entered(2, 1, 'Claim the stage'),
    event(3, 2, 'TaskScheduled', {
      taskScheduledEventDetails: {
        resourceType: 'aws-sdk:dynamodb',
        resource: 'updateItem',
        region: 'eu-west-2',
        parameters: '{"a":1}',
      },
    }),
    event(4, 3, 'TaskFailed', {
      taskFailedEventDetails: {
        resourceType: 'aws-sdk:dynamodb',
        resource: 'updateItem',
        error: 'DynamoDb.ThrottlingException',
        cause: 'slow down',
      },
    }),
    exited(5, 4, 'Claim the stage'),
    entered(6, 5, 'Wait for the payment'),
    event(7, 6, 'TaskScheduled', {
      taskScheduledEventDetails: {
        resourceType: 'aws-sdk:dynamodb',
        resource: 'updateItem.waitForTaskToken',
        region: 'eu-west-2',
        parameters: JSON.stringify({ ExpressionAttributeValues: { ':token': { S: 'A'.repeat(120) } } }),
      },
    }),
  ];
  const steps = stepsOf(events);

  it('gives each step the state that was entered on its own chain', () => {
    expect(steps.map(({ state }) => state)).toEqual([
      null,
      'Claim the stage',
      'Claim the stage',
      'Claim the stage',
      'Claim the stage',
      'Wait for the payment',
      'Wait for the payment',
    ]);
    expect(steps[3]).toMatchObject({ error: 'DynamoDb.ThrottlingException', cause: 'slow down' });
    expect(steps[4]).toMatchObject({ output: '{"done":true}' });
  });

  it('never shows a task token', () => {
    expect(JSON.stringify(steps)).not.toContain('A'.repeat(40));
    expect(steps[6]?.input).toContain('(hidden)');
  });

  it('draws a caught failure, a running wait, and a failure once the execution ended', () => {
    expect(statesOf(steps, false)).toEqual([
      { name: 'Claim the stage', condition: 'CAUGHT', entered: 1 },
      { name: 'Wait for the payment', condition: 'RUNNING', entered: 1 },
    ]);
    expect(statesOf(steps, true).at(-1)?.condition).toBe('FAILED');
  });

  it('counts the rounds of a loop, and shows the latest', () => {
    const again = stepsOf([
      ...events,
      exited(8, 7, 'Wait for the payment'),
      entered(9, 8, 'Claim the stage'),
      exited(10, 9, 'Claim the stage'),
    ]);
    expect(statesOf(again, true)).toEqual([
      { name: 'Claim the stage', condition: 'SUCCEEDED', entered: 2 },
      { name: 'Wait for the payment', condition: 'SUCCEEDED', entered: 1 },
    ]);
  });
});
