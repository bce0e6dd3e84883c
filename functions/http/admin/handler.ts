import { readImplementation } from '../../operations/reads/index.ts';
import { placeByAdmin, recordStop, resolveStuck, restartStage } from '../../operations/restart.ts';
import { stopRun } from '../../operations/runs.ts';
import { operationsTexts } from '../../operations/texts.ts';
import { requestModeration } from '../../programme/rounds.ts';
import { registrationTexts } from '../../registration/texts.ts';
import { audienceHandler, type SignedInContext } from '../../shared/http/audience-handler.ts';
import type { Actor } from '../../shared/table/change.ts';
import { adminCourseContract } from './contract.ts';

const actorOf = ({ identity }: SignedInContext): Actor => ({ kind: 'person', id: identity.personId });

/** Administrators: what they read, the course of a round, runs. */
export const handler = audienceHandler(
  adminCourseContract,
  {
    ...readImplementation,

    placeRegistration: async ({ params, body }, context) => {
      await placeByAdmin(params.registrationId, body.hubId, actorOf(context), context.now);
      return { registrationId: params.registrationId, hubId: body.hubId };
    },
    moderateNow: async ({ params, body }, context) => {
      const { moderationAttempt } = await requestModeration(
        params.roundId,
        actorOf(context),
        body.reason,
        context.now,
      );
      return { roundId: params.roundId, attempt: moderationAttempt };
    },

    stopRun: async ({ body }, context) => {
      const { executionArn, reason } = body;
      const stopped = await stopRun(executionArn, reason);
      await recordStop({ ...stopped, executionArn }, actorOf(context), reason, context.now);
      return { executionArn };
    },
    restartStage: async ({ body }, context) => {
      const { collection, workflow, reason } = body;
      return {
        collection,
        workflow,
        attempt: await restartStage(collection, workflow, actorOf(context), reason, context.now),
      };
    },
    resolveStuck: async ({ body }, context) => {
      await resolveStuck(body.collection, body.stuckId, actorOf(context), body.reason, context.now);
      return { stuckId: body.stuckId };
    },
  },
  [operationsTexts, registrationTexts],
);
