import { comparable } from '../../assessment/rules.ts';
import type { Award } from '../../awards/model.ts';
import { parseCertificateNumber } from '../../awards/numbers.ts';
import { standingOf } from '../../awards/rules.ts';
import { findAward, readRegister } from '../../awards/store.ts';
import { texts } from '../../awards/texts.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { londonDate } from '../../shared/time/london.ts';
import { awardsContract } from './contract.ts';

const PAGE_SIZE = 50;
/** A search may be this much behind the register; a verification never is. */
const FRESH_MS = 60_000;

let cached: { readonly at: number; readonly awards: readonly { award: Award; words: string }[] } | undefined;

/** The register as searched, kept for a minute in this container: it is a few thousand small entries. */
async function searchable(now: Date): Promise<readonly { award: Award; words: string }[]> {
  const age = cached === undefined ? Number.POSITIVE_INFINITY : now.getTime() - cached.at;
  if (cached !== undefined && age >= 0 && age < FRESH_MS) return cached.awards;
  const listed = (await readRegister()).filter(({ stayed }) => stayed !== true);
  const awards = listed.map((award) => ({
    award,
    words: comparable(`${award.schoolName} ${award.town} ${award.urn ?? ''} ${award.certificateNumber}`),
  }));
  cached = { at: now.getTime(), awards };
  return awards;
}

const publicAward = (award: Award, now: Date) => ({
  certificateNumber: award.certificateNumber,
  schoolName: award.schoolName,
  town: award.town,
  urn: award.urn,
  level: award.level,
  roundLabel: award.roundLabel,
  awardedOn: award.awardedOn,
  expiresOn: award.expiresOn,
  standing: standingOf(award, londonDate(now)),
});

/** The public register. What is not released is not in it. */
export const handler = audienceHandler(
  awardsContract,
  {
    searchRegister: async ({ query }, { now }) => {
      const wanted = comparable(query.search)
        .split(' ')
        .filter((word) => word !== '');
      const today = londonDate(now);
      const found = (await searchable(now)).filter(
        ({ award, words }) =>
          wanted.every((word) => words.includes(word)) &&
          (query.level === undefined || award.level === query.level) &&
          (query.show === 'all' || standingOf(award, today) === 'VALID'),
      );
      const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
      const page = Math.min(query.page, pages);
      return {
        total: found.length,
        page,
        pages,
        awards: found
          .slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
          .map(({ award }) => publicAward(award, now)),
      };
    },
    verifyCertificate: async ({ params }, { now }) => {
      const typed = params.number.trim().toUpperCase();
      const number = typed.startsWith('PRIOR-') ? typed : parseCertificateNumber(typed);
      if (number === undefined) return { result: 'MISTYPED' as const, award: null };
      const award = await findAward(number);
      if (award === undefined) return { result: 'UNKNOWN' as const, award: null };
      return { result: standingOf(award, londonDate(now)), award: publicAward(award, now) };
    },
  },
  [texts],
);
