import { conflictOf } from '../../assessment/rules.ts';
import { gatherReviews } from '../../moderation/gather.ts';
import { makeDefenceFile } from '../../moderation/make-defence-file.ts';
import { minutesOf } from '../../moderation/minutes.ts';
import { minutesPdf } from '../../moderation/minutes-pdf.ts';
import { namesOf } from '../../moderation/panel-views.ts';
import { keepPaper, paperAddress } from '../../moderation/paper-files.ts';
import { repeatDraw } from '../../moderation/repeat-draw.ts';
import { isBlindTo } from '../../moderation/rules.ts';
import { agreementOf, readTwice } from '../../moderation/statistics/round-agreement.ts';
import {
  findCase,
  findOutcome,
  listDefenceFiles,
  listDrawn,
  listDraws,
  listReadings,
} from '../../moderation/store.ts';
import { texts } from '../../moderation/texts.ts';
import { findPerson } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { ForbiddenError, NotFoundError, RefusedError } from '../../shared/runtime/errors.ts';
import { papersContract } from './contract.ts';

const PDF = 'application/pdf';

async function askerOf(personId: string) {
  const person = await findPerson(personId);
  if (person === undefined) throw new NotFoundError(`person ${personId}`);
  return person;
}

/** Whoever asks, once it is sure that they have no conflict with the school and read nothing of it blind. */
async function askerAbout(registrationId: string, personId: string) {
  const [asker, registration, opened, readings, proposed] = await Promise.all([
    askerOf(personId),
    readRegistration(registrationId),
    findCase(registrationId),
    listReadings(registrationId),
    findOutcome(registrationId),
  ]);
  if (conflictOf(asker, registration) !== undefined) throw new ForbiddenError('a case with a conflict');
  if (isBlindTo(asker, opened, readings, proposed)) throw new RefusedError('reading-blind');
  return { asker, registration };
}

/** The panel's papers as files. */
export const handler = audienceHandler(
  papersContract,
  {
    minutesFile: async ({ params }, { identity, language, now }) => {
      const { roundId, meeting } = params;
      const [reader, round] = await Promise.all([askerOf(identity.personId), readRound(roundId)]);
      const minutes = await minutesOf(roundId, meeting, reader);
      const bytes = await minutesPdf(minutes, round, language, now);
      const key = `panel/${roundId}/minutes/${meeting}-${identity.personId}-${language}.pdf`;
      await keepPaper(key, bytes, PDF);
      return { url: await paperAddress(key, `psqm-minutes-${roundId}-${meeting}.pdf`, PDF) };
    },
    makeDefenceFile: async ({ params }, { identity, language, now }) => {
      const { asker, registration } = await askerAbout(params.registrationId, identity.personId);
      const made = await makeDefenceFile(registration, asker, language, now);
      const name = `psqm-defence-${registration.reference}`;
      return {
        madeAt: made.madeAt,
        differences: made.differences,
        pdf: { url: await paperAddress(made.pdfKey, `${name}.pdf`, PDF) },
        json: { url: await paperAddress(made.jsonKey, `${name}.json`, 'application/json') },
      };
    },
    listDefenceFiles: async ({ params }, { identity }) => {
      await askerAbout(params.registrationId, identity.personId);
      const files = await listDefenceFiles(params.registrationId);
      const name = await namesOf(files.map(({ madeBy }) => madeBy));
      return { files: files.map((one) => ({ ...one, madeBy: name(one.madeBy).name })).reverse() };
    },
    repeatDraws: async ({ params }) => {
      const { roundId } = params;
      const round = await readRound(roundId);
      const [draws, drawn, reviews] = await Promise.all([
        listDraws(roundId),
        listDrawn(roundId),
        gatherReviews(round),
      ]);
      return { draws: draws.map((draw) => repeatDraw(draw, drawn, reviews, round)) };
    },
    readAgreement: async ({ params }) => {
      const [round, twice] = await Promise.all([readRound(params.roundId), readTwice(params.roundId)]);
      const { severity, ...rest } = agreementOf(round, twice);
      const name = await namesOf((severity ?? []).map(({ assessorId }) => assessorId));
      return {
        ...rest,
        severity:
          severity?.map(({ assessorId, ...figures }) => ({ assessor: name(assessorId), ...figures })) ?? null,
      };
    },
  },
  [texts],
);
