import * as z from 'zod';
import { requestAllocation } from '../../assessment/allocation/request.ts';
import { callPanel } from '../../moderation/call-panel.ts';
import { listOutcomes } from '../../moderation/store.ts';
import type { Round } from '../../programme/model.ts';
import { closeRound, releaseResults, requestModeration } from '../../programme/rounds.ts';
import { listRounds } from '../../programme/store.ts';
import type { RegistrationStatus } from '../../registration/model.ts';
import { listRegistrations } from '../../registration/store.ts';
import type { WorkflowName } from '../../shared/events/catalogue.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { type Actor, queryIndex, read } from '../../shared/table/change.ts';
import { roundPk, stageKey } from '../../shared/table/keys.ts';
import { dependsOnSchools, dutiesOf, type RoundDuty } from '../round-keeping.ts';

const keeper: Actor = { kind: 'system', id: 'keep-round' };
const assignmentRow = z.object({ registrationId: z.string(), status: z.string() });
const stage = z.object({ endedAt: z.string().optional() });
/** Rounds whose results have been out for longer than this need no keeping. */
const KEPT_DAYS = 120;

/** Every morning: does what the calendar of each round asks for. Running twice asks for nothing twice. */
export const handler = taskHandler(
  z.object({ scheduledAt: z.string() }),
  z.object({ done: z.array(z.string()) }),
  async (_input, { now }) => {
    const done: string[] = [];
    for (const round of await listRounds()) {
      const { resultsReleasedAt } = round;
      if (round.status === 'DRAFT') continue;
      if (
        resultsReleasedAt !== null &&
        now.getTime() - Date.parse(resultsReleasedAt) > KEPT_DAYS * 86_400_000
      )
        continue;
      for (const duty of await dutiesOfRound(round, now)) {
        await fulfil(round.roundId, duty, now);
        done.push(`${round.roundId} ${duty}`);
      }
    }
    return { done };
  },
);

async function dutiesOfRound(round: Round, now: Date): Promise<RoundDuty[]> {
  const { roundId } = round;
  const registrations = dependsOnSchools(round, now) ? await listRegistrations(roundId) : [];
  const statuses: Partial<Record<RegistrationStatus, number>> = {};
  for (const { status } of registrations) statuses[status] = (statuses[status] ?? 0) + 1;
  const inAssessment = new Set(
    registrations
      .filter(({ status }) => status === 'IN_ASSESSMENT')
      .map(({ registrationId }) => registrationId),
  );
  const assignments =
    inAssessment.size === 0
      ? []
      : (await queryIndex('byRound', `${roundPk(roundId)}#ASSIGNMENT`)).map((item) =>
          assignmentRow.parse(item),
        );
  return dutiesOf(
    {
      round,
      statuses,
      returned: assignments.filter(
        (each) => each.status === 'RETURNED' && inAssessment.has(each.registrationId),
      ).length,
      allocating: await isRunning(roundId, 'allocation'),
      moderating: await isRunning(roundId, 'moderation'),
      unconfirmed:
        (statuses.IN_MODERATION ?? 0) === 0
          ? 0
          : (await listOutcomes(roundId)).filter(({ status }) => status === 'PROPOSED').length,
    },
    now,
  );
}

async function isRunning(roundId: string, workflow: WorkflowName): Promise<boolean> {
  const claimed = await read(stage, stageKey(roundPk(roundId), workflow));
  return claimed !== undefined && claimed.endedAt === undefined;
}

async function fulfil(roundId: string, duty: RoundDuty, now: Date): Promise<void> {
  switch (duty) {
    case 'CLOSE_REGISTRATION':
      await closeRound(roundId, keeper, 'The last day for registration is over', now);
      return;
    case 'ALLOCATE':
      await requestAllocation(roundId, keeper, 'Frozen submissions wait for an assessor', now);
      return;
    case 'MODERATE':
      await requestModeration(roundId, keeper, 'Returned assessments wait for moderation', now);
      return;
    case 'CALL_PANEL':
      await callPanel(roundId, now);
      return;
    case 'RELEASE_RESULTS':
      await releaseResults(roundId, keeper, now);
      return;
  }
}
