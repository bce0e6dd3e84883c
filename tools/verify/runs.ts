import * as z from 'zod';
import type { ExecutionSnapshot, Snapshot } from './snapshot.ts';
import type { Table } from './table.ts';
import { Findings, type Violation } from './violation.ts';

const wait = z.object({
  executionArn: z.string().optional(),
  taskToken: z.string().optional(),
  deadline: z.string().optional(),
  waitingFor: z.string().optional(),
});
const stuck = z.object({ executionArn: z.string() });
const FAILED: readonly string[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];
/** What is under way is not yet late: a wait's time-out is handled, a failure reaches the stuck board. */
const GRACE_MS = 120_000;
const WAIT_MS = 20 * 60_000;

/** Every execution has ended, well or on the stuck board, or waits for something named, until the very deadline that the table has. */
export function executionsEndedOrWait(table: Table, snapshot: Snapshot, now: Date): Violation[] {
  const found = new Findings('every-execution-ended-or-waits');
  const waits = new Map(
    table
      .kind(wait, '*', 'WAIT')
      .flatMap((each) =>
        each.executionArn === undefined || each.taskToken === undefined
          ? []
          : [[each.executionArn, each] as const],
      ),
  );
  const onBoard = new Set(table.kind(stuck, '*', 'STUCK').map(({ executionArn }) => executionArn));
  for (const execution of snapshot.executions) {
    const { arn, status } = execution;
    if (FAILED.includes(status) && !onBoard.has(arn) && isPast(execution.stoppedAt, WAIT_MS, now))
      found.add(arn, `ended as ${status} and is not on the stuck board`);
    if (status !== 'RUNNING') continue;
    const row = waits.get(arn);
    if (row === undefined)
      found.add(arn, `runs in "${execution.currentState ?? 'no state'}" and waits for nothing in the table`);
    else for (const what of wrongWith(row, execution, now)) found.add(arn, what);
  }
  return found.list;
}

function wrongWith(row: z.output<typeof wait>, { wait: machine }: ExecutionSnapshot, now: Date): string[] {
  const { waitingFor, deadline } = row;
  if (waitingFor === undefined || waitingFor === '' || deadline === undefined)
    return ['waits without a name or a deadline'];
  if (machine === undefined) return [`waits for ${waitingFor} in the table, and for nothing by its history`];
  const wrong: string[] = [];
  if (machine.deadline !== deadline || machine.waitingFor !== waitingFor)
    wrong.push(
      `waits for ${waitingFor} until ${deadline} in the table, for ${machine.waitingFor} until ${machine.deadline} by its history`,
    );
  const ends = Date.parse(machine.timesOutAt);
  const due = Math.max(Date.parse(deadline), Date.parse(machine.since));
  if (ends < Date.parse(deadline) || ends > due + GRACE_MS)
    wrong.push(`waits for ${waitingFor} until ${deadline} and times out at ${machine.timesOutAt}`);
  if (isPast(deadline, GRACE_MS, now) && isPast(machine.timesOutAt, GRACE_MS, now))
    wrong.push(`waits for ${waitingFor} past its deadline ${deadline}`);
  return wrong;
}

const isPast = (at: string | undefined, grace: number, now: Date): boolean =>
  at !== undefined && Date.parse(at) + grace < now.getTime();

const claim = z.object({ executionArn: z.string(), attempt: z.number().int() });

/**
 * Of the executions for one attempt of a stage only one did its work: the one that the claim names, in the table now or
 * kept from before a restart. Every other ended in "Already running".
 */
export async function stagesClaimedOnce(table: Table, snapshot: Snapshot): Promise<Violation[]> {
  const found = new Findings('no-stage-claimed-twice');
  const machines = new Map(snapshot.executions.map(({ arn, machine }) => [arn, machine]));
  const holders = new Map<string, string>();
  const attempts = new Map<string, string>();
  for (const each of [...table.kind(claim, '*', 'STAGE'), ...table.kind(claim, '*', 'RAN')]) {
    const where = `${each.pk} ${each.sk}`;
    const other = holders.get(each.executionArn);
    if (other !== undefined) found.add(where, `${each.executionArn} also holds ${other}`);
    const machine = machines.get(each.executionArn);
    if (machine === undefined) found.add(where, `is held by ${each.executionArn}, which never ran`);
    holders.set(each.executionArn, where);
    attempts.set(`${each.pk} ${machine} ${each.attempt}`, each.executionArn);
  }
  for (const execution of snapshot.executions) {
    if (holders.has(execution.arn)) continue;
    if (execution.status === 'RUNNING') {
      found.add(execution.arn, 'runs without holding a stage');
      continue;
    }
    const { collection, attempt, lastState } = await snapshot.detailsOf(execution.arn);
    if (collection === undefined || lastState === 'Already running') continue;
    const stage = `${collection} ${execution.machine} ${attempt}`;
    const holder = attempts.get(stage);
    if (holder !== undefined) found.add(execution.arn, `did the work of ${stage}, which ${holder} holds`);
    attempts.set(stage, execution.arn);
  }
  return found.list;
}
