import { conflictOf } from '../../assessment/rules.ts';
import { decideAppeal, findAppeal, involvedInCase, lodgeAppeal } from '../../awards/appeals/appeals.ts';
import { appealPolicyOf } from '../../awards/appeals/policy.ts';
import { appealUntil, refusalOfAppeal } from '../../awards/appeals/rules.ts';
import { texts } from '../../awards/texts.ts';
import { namesOf } from '../../moderation/panel-views.ts';
import { texts as moderationTexts } from '../../moderation/texts.ts';
import { findPerson, listPeople } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { ForbiddenError, NotFoundError } from '../../shared/runtime/errors.ts';
import { mine, onlyAs } from '../school/access.ts';
import { appealsContract } from './contract.ts';

/** The case, and whoever asks about it once it is sure that they have no conflict with the school. */
async function caseOf(registrationId: string, personId: string) {
  const [asker, registration] = await Promise.all([findPerson(personId), readRegistration(registrationId)]);
  if (asker === undefined) throw new NotFoundError(`person ${personId}`);
  if (conflictOf(asker, registration) !== undefined) throw new ForbiddenError('a case with a conflict');
  return { asker, registration, round: await readRound(registration.roundId) };
}

/** Appeals, from the school's page and the panel's. */
export const handler = audienceHandler(
  appealsContract,
  {
    appeal: async ({ params }, { identity, language, now }) => {
      const { registration } = await mine(identity, params.registrationId);
      const [round, current] = await Promise.all([
        readRound(registration.roundId),
        findAppeal(registration.registrationId),
      ]);
      const refusal = refusalOfAppeal(round, registration, current, undefined, now);
      const { grounds } = appealPolicyOf(round);
      return {
        schoolName: registration.school.name,
        refusal: refusal === undefined ? null : texts.text(language, `refusals.${refusal}`),
        until: appealUntil(round, registration),
        grounds: grounds.map(({ id, title }) => ({ id, title: title[language] })),
        appeal:
          current === undefined
            ? null
            : {
                status: current.status,
                ground: grounds.find(({ id }) => id === current.ground)?.title[language] ?? current.ground,
                statement: current.statement,
                lodgedAt: current.lodgedAt,
                decideBy: current.decideBy,
                decidedAt: current.decision?.at ?? null,
                reason: current.decision?.reason ?? null,
              },
      };
    },
    lodgeAppeal: async ({ params, body }, { identity, now }) => {
      const found = await mine(identity, params.registrationId);
      const { registration } = onlyAs(found, 'head', 'subject_leader');
      const round = await readRound(registration.roundId);
      await lodgeAppeal(round, registration, body, { kind: 'person', id: identity.personId }, now);
      return { done: true as const };
    },
    readAppeal: async ({ params }, { identity }) => {
      const { registration, round } = await caseOf(params.registrationId, identity.personId);
      const [current, involved, panel] = await Promise.all([
        findAppeal(registration.registrationId),
        involvedInCase(registration),
        listPeople('panel'),
      ]);
      const { quorum, grounds } = appealPolicyOf(round);
      const name = await namesOf(current?.decision?.decidedBy ?? []);
      return {
        quorum,
        free: panel
          .filter((one) => !involved.has(one.personId) && conflictOf(one, registration) === undefined)
          .map(({ personId, name }) => ({ personId, name })),
        appeal:
          current === undefined
            ? null
            : {
                ...current,
                ground: grounds.find(({ id }) => id === current.ground)?.title ?? {
                  en: current.ground,
                  cy: current.ground,
                },
                decision:
                  current.decision === null
                    ? null
                    : { ...current.decision, decidedBy: current.decision.decidedBy.map(name) },
              },
      };
    },
    decideAppeal: async ({ params, body }, { identity, now }) => {
      const { asker, registration, round } = await caseOf(params.registrationId, identity.personId);
      await decideAppeal(round, registration, asker, body, now);
      return { decided: true };
    },
  },
  [texts, moderationTexts],
);
