import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { round } from '../../programme/model.ts';
import { readRound } from '../../programme/store.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import { type Actor, change, read } from '../../shared/table/change.ts';
import { dynamodb } from '../../shared/table/client.ts';
import { roundKey, roundPk, stageKey } from '../../shared/table/keys.ts';

/** The claim of the allocation machine as far as a request looks at it. */
const claim = z.object({
  attempt: z.number().int().default(0),
  claimedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
});

/** An allocation that has not ended after this is stuck (it is on the stuck board): a request starts another. */
const STUCK_AFTER_MS = 6 * 3600 * 1000;

/**
 * Asks for an allocation of the round; answers the attempt that will do it. Many requests at once make few attempts:
 * one that has been asked for and has not begun will see this work too; one that is running is told to look again
 * before it ends (`requested` on its claim, which its end is conditional on). `force` asks for a new attempt anyway.
 */
export async function requestAllocation(
  roundId: string,
  actor: Actor,
  reason: string,
  now: Date,
  options: { readonly force?: boolean } = {},
): Promise<number> {
  const { allocationAttempt } = await readRound(roundId);
  const running = await read(claim, stageKey(roundPk(roundId), 'allocation'));
  const stuck = isStuck(running, now);
  if (options.force !== true && !stuck) {
    if (allocationAttempt > (running?.attempt ?? 0)) return allocationAttempt;
    if (running !== undefined && running.endedAt === undefined && (await tellRunning(roundId))) {
      return allocationAttempt;
    }
  }
  const changed = await change(round, roundKey(roundId), now, (current) => {
    // Somebody else asked meanwhile: their attempt has not begun before this request, so it will see this work.
    if (options.force !== true && current.allocationAttempt > allocationAttempt) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const attempt = current.allocationAttempt + 1;
    return {
      next: { ...rest, allocationAttempt: attempt },
      audit: { action: 'request-allocation', actor, reason },
      events: [{ name: 'AllocationRequested', detail: { roundId, attempt } }],
    };
  });
  return changed.allocationAttempt;
}

function isStuck(running: z.output<typeof claim> | undefined, now: Date): boolean {
  if (running?.claimedAt === undefined || running.endedAt !== undefined) return false;
  return now.getTime() - new Date(running.claimedAt).getTime() > STUCK_AFTER_MS;
}

/** Tells a running allocation to look again before it ends; false where it has ended. */
async function tellRunning(roundId: string): Promise<boolean> {
  return conditionally({
    TableName: requireEnv('PROGRAMME_TABLE'),
    Key: marshall(stageKey(roundPk(roundId), 'allocation')),
    UpdateExpression: 'SET requested = :true',
    ConditionExpression: 'attribute_exists(executionArn) AND attribute_not_exists(endedAt)',
    ExpressionAttributeValues: marshall({ ':true': true }),
  });
}

/** Forgets earlier requests: whatever they are about is seen by the decision that follows. */
export async function takeRequests(roundId: string): Promise<void> {
  await conditionally({
    TableName: requireEnv('PROGRAMME_TABLE'),
    Key: marshall(stageKey(roundPk(roundId), 'allocation')),
    UpdateExpression: 'REMOVE requested',
    ConditionExpression: 'attribute_exists(pk)',
  });
}

/**
 * Ends the allocation's stage unless somebody asked meanwhile; false then, and the machine decides again. An attempt
 * that a newer one has replaced ends without touching its claim.
 */
export async function endAllocation(
  roundId: string,
  attempt: number,
  result: string,
  now: Date,
): Promise<boolean> {
  const running = await read(claim, stageKey(roundPk(roundId), 'allocation'));
  if (running !== undefined && running.attempt > attempt) return true;
  return conditionally({
    TableName: requireEnv('PROGRAMME_TABLE'),
    Key: marshall(stageKey(roundPk(roundId), 'allocation')),
    UpdateExpression: 'SET endedAt = :now, stageResult = :result',
    ConditionExpression: 'attribute_not_exists(requested)',
    ExpressionAttributeValues: marshall({ ':now': now.toISOString(), ':result': result }),
  });
}

async function conditionally(input: ConstructorParameters<typeof UpdateItemCommand>[0]): Promise<boolean> {
  try {
    await dynamodb.send(new UpdateItemCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
