import { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { toImportResult } from '../../operations/import-words.ts';
import { addPerson, importPeople, removeRole } from '../../people/add-person.ts';
import { correctPerson } from '../../people/correct-person.ts';
import { peopleTexts } from '../../people/texts.ts';
import { importAwards } from '../../programme/existing-awards.ts';
import { importFunders, putFunder } from '../../programme/funders.ts';
import { importHubs, putHub } from '../../programme/hubs.ts';
import { prepareImport, startImport } from '../../programme/register-import.ts';
import { toRoundSummary } from '../../programme/round-summary.ts';
import {
  closeRound,
  createRound,
  givenRound,
  importRound,
  moveRegistrationDeadline,
  moveRoundDeadline,
  openRoundForRegistration,
} from '../../programme/rounds.ts';
import { buildRound } from '../../programme/template.ts';
import { programmeTexts } from '../../programme/texts.ts';
import { audienceHandler, type SignedInContext } from '../../shared/http/audience-handler.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import type { Actor } from '../../shared/table/change.ts';
import { adminProgrammeContract } from '../admin/contract.ts';

const s3 = new S3Client({});
const UPLOAD_SECONDS = 15 * 60;
/** A whole register of the government is some 65 MB. */
const MAXIMUM_REGISTER_BYTES = 200 * 1024 * 1024;

const actorOf = ({ identity }: SignedInContext): Actor => ({ kind: 'person', id: identity.personId });

/** Administrators make the programme: rounds, hubs, people, funders, the register, from pages or files. */
export const handler = audienceHandler(
  adminProgrammeContract,
  {
    createRound: async ({ body }, context) => {
      const { calendar, ...given } = body;
      const dates = Object.fromEntries(Object.entries(calendar ?? {}).filter(([, day]) => day !== undefined));
      const round = buildRound({ ...given, calendar: dates });
      return toRoundSummary(await createRound(givenRound.parse(round), actorOf(context), context.now));
    },
    importRound: async ({ body }, context) =>
      toRoundSummary(await importRound(body, actorOf(context), context.now)),
    openRound: async ({ params }, context) =>
      toRoundSummary(await openRoundForRegistration(params.roundId, actorOf(context), context.now)),
    closeRound: async ({ params, body }, context) =>
      toRoundSummary(await closeRound(params.roundId, actorOf(context), body.reason, context.now)),
    moveRoundDeadline: async ({ params, body }, context) =>
      toRoundSummary(
        await moveRoundDeadline(params.roundId, body, actorOf(context), body.reason, context.now),
      ),
    moveRegistrationDeadline: async ({ params, body }, context) => {
      const { registrationId, movedDeadlines } = await moveRegistrationDeadline(
        params.registrationId,
        body,
        actorOf(context),
        body.reason,
        context.now,
      );
      return { registrationId, movedDeadlines };
    },

    createHub: async ({ body }, context) => {
      await putHub(body, actorOf(context), context.now);
      return { hubId: body.hubId };
    },
    importHubs: async ({ body }, context) =>
      toImportResult(await importHubs(body.csv, actorOf(context), context.now), context.language),
    createPerson: ({ body }, context) => addPerson(body, actorOf(context), context.now),
    importPeople: async ({ body }, context) =>
      toImportResult(await importPeople(body.csv, actorOf(context), context.now), context.language),
    correctPerson: ({ params, body }, context) =>
      correctPerson(params.personId, body, actorOf(context), body.reason, context.now),
    endRole: ({ params, body }, context) =>
      removeRole(params.personId, body.role, actorOf(context), body.reason, context.now),
    createFunder: async ({ body }, context) => {
      await putFunder(body, actorOf(context), context.now);
      return { funderId: body.funderId };
    },
    importFunders: async ({ body }, context) =>
      toImportResult(await importFunders(body.csv, actorOf(context), context.now), context.language),
    importAwards: async ({ body }, context) =>
      toImportResult(await importAwards(body.csv, actorOf(context), context.now), context.language),
    uploadRegister: async ({ body }, context) => {
      const { importId, key } = await prepareImport(body, actorOf(context), context.now);
      const upload = await createPresignedPost(s3, {
        Bucket: requireEnv('REGISTER_BUCKET'),
        Key: key,
        Conditions: [['content-length-range', 1, MAXIMUM_REGISTER_BYTES]],
        Expires: UPLOAD_SECONDS,
      });
      return { importId, upload };
    },
    importRegister: async ({ params }, context) => {
      await startImport(params.importId, actorOf(context), context.now);
      return { importId: params.importId };
    },
  },
  [programmeTexts, peopleTexts],
);
