import * as z from 'zod';
import { language, role, roles } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';

/** The person as their own pages see them. */
const signedIn = z.object({
  personId: z.string(),
  name: z.string(),
  email: z.string(),
  language,
  roles: z.array(role),
  hubIds: z.array(z.string()),
  funderIds: z.array(z.string()),
});

/** Where the main task of one role is: `path` is a page of the site. */
export const roleTask = z.object({ role, path: z.string() });

const me = z.object({ identity: signedIn.nullable(), tasks: z.array(roleTask) });

/** Sign-in by a code sent to the person's address. No answer tells whether an address is known. */
export const signInContract = defineContract({
  requestCode: {
    method: 'POST',
    path: '/api/sign-in/code',
    roles: 'anyone',
    summary: 'Sends a code to the address, if it is one that we know.',
    body: z.object({
      email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
      lang: language.default('en'),
    }),
    response: z.object({ attemptId: z.string() }),
  },
  verifyCode: {
    method: 'POST',
    path: '/api/sign-in/verify',
    roles: 'anyone',
    summary: 'Exchanges the code for a session (cookie `__Host-psqm`, 12 hours).',
    body: z.object({ attemptId: z.string().min(1).max(100), code: z.string().trim().min(4).max(12) }),
    response: me,
  },
  signOut: {
    method: 'POST',
    path: '/api/sign-in/sign-out',
    roles: 'anyone',
    summary: 'Ends the session at once.',
    response: z.object({}),
  },
  me: {
    method: 'GET',
    path: '/api/sign-in/me',
    roles: 'anyone',
    summary:
      'Who is signed in, and where the main task of each of their roles is; identity is null for nobody.',
    response: me,
  },
  setLanguage: {
    method: 'PUT',
    path: '/api/sign-in/language',
    roles,
    summary: 'The language in which the person reads pages and emails.',
    body: z.object({ language }),
    response: z.object({ language }),
  },
});
