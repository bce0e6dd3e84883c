import { mainTask } from '../../people/role-tasks.ts';
import { beginSession, endSession, toIdentity } from '../../people/sign-in/sessions.ts';
import { requestCode, verifyCode } from '../../people/sign-in/sign-in.ts';
import { findPerson, setLanguage } from '../../people/store.ts';
import { peopleTexts } from '../../people/texts.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler, WithCookies } from '../../shared/http/audience-handler.ts';
import { signInContract } from './contract.ts';

function answer(identity: Identity | undefined) {
  if (identity === undefined) return { identity: null, tasks: [] };
  const { roles, hubIds, funderIds } = identity;
  return {
    identity: { ...identity, roles: [...roles], hubIds: [...hubIds], funderIds: [...funderIds] },
    tasks: roles.map((role) => ({ role, path: mainTask(role) })),
  };
}

/** Sign-in by a code to the person's address: see docs/decisions/sessions.md. */
export const handler = audienceHandler(
  signInContract,
  {
    requestCode: async ({ body }, { now, sourceIp }) => ({
      attemptId: await requestCode({ ...body, sourceIp }, now),
    }),
    verifyCode: async ({ body }, { now, sourceIp }) => {
      const person = await verifyCode({ ...body, sourceIp }, now);
      return new WithCookies(answer(toIdentity(person)), [await beginSession(person, now)]);
    },
    signOut: async (_input, { cookies }) => new WithCookies({}, [await endSession(cookies)]),
    me: async (_input, { identity }) => answer(identity),
    setLanguage: async ({ body }, { identity, now }) => {
      const { personId } = identity;
      const before = await findPerson(personId);
      if (before?.language !== body.language)
        await setLanguage(personId, body.language, { kind: 'person', id: personId }, now);
      return { language: body.language };
    },
  },
  [peopleTexts],
);
