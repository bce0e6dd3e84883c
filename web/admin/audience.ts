import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { adminCourseContract } from '../../functions/http/admin/contract.ts';
import type { auditorContract } from '../../functions/http/auditor/contract.ts';

/** Who looks at these pages: an admin acts, an auditor reads the same from an address of their own. */
export interface Audience {
  readonly role: 'admin' | 'auditor';
  readonly base: '/admin' | '/auditor';
  readonly reads: typeof adminCourseContract | typeof auditorContract;
  readonly mayAct: boolean;
}

export const adminAudience: Audience = {
  role: 'admin',
  base: '/admin',
  reads: adminCourseContract,
  mayAct: true,
};

export const AudienceContext = createContext<Audience>(adminAudience);

export const useAudience = (): Audience => useContext(AudienceContext);
