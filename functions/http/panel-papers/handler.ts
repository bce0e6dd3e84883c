import { minutesOf } from '../../moderation/minutes.ts';
import { minutesPdf } from '../../moderation/minutes-pdf.ts';
import { keepPaper, paperAddress } from '../../moderation/paper-files.ts';
import { texts } from '../../moderation/texts.ts';
import { findPerson } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { NotFoundError } from '../../shared/runtime/errors.ts';
import { papersContract } from './contract.ts';

/** The panel's papers as files. */
export const handler = audienceHandler(
  papersContract,
  {
    minutesFile: async ({ params }, { identity, language, now }) => {
      const { roundId, meeting } = params;
      const [reader, round] = await Promise.all([findPerson(identity.personId), readRound(roundId)]);
      if (reader === undefined) throw new NotFoundError(`person ${identity.personId}`);
      const minutes = await minutesOf(roundId, meeting, reader);
      const bytes = await minutesPdf(minutes, round, language, now);
      const fileName = `psqm-minutes-${roundId}-${meeting}.pdf`;
      const key = `panel/${roundId}/minutes/${meeting}-${identity.personId}-${language}.pdf`;
      await keepPaper(key, bytes, 'application/pdf');
      return { url: await paperAddress(key, fileName, 'application/pdf') };
    },
  },
  [texts],
);
