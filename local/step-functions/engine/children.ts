import type { ExecutionRow } from '../store.ts';
import type { Outcome } from './frames.ts';

/** What a `.sync` task ends with when the execution that it started has ended; `sync:2` gives JSON instead of text. */
export function childOutcome(child: ExecutionRow, asJson: boolean): Outcome {
  const present = (text: string): unknown => (asJson ? JSON.parse(text) : text);
  const description = {
    ...(child.cause === undefined ? {} : { Cause: child.cause }),
    ...(child.error === undefined ? {} : { Error: child.error }),
    ExecutionArn: child.arn,
    Input: present(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output === undefined
      ? {}
      : { Output: present(child.output), OutputDetails: { Included: true } }),
    StartDate: child.started,
    StateMachineArn: child.machineArn,
    Status: child.status,
    StopDate: child.stopped,
  };
  if (child.status === 'SUCCEEDED') return { ok: true, result: description };
  return { ok: false, error: 'States.TaskFailed', cause: JSON.stringify(description) };
}
