import { useEffect, useState } from 'preact/hooks';
import { signInContract } from '../../functions/http/sign-in/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call } from './api.ts';

export type Me = RouteResponse<typeof signInContract.me>;

let known: Promise<Me> | undefined;

/** Who is signed in, asked once a page load. */
export function loadMe(): Promise<Me> {
  known ??= call(signInContract.me);
  return known;
}

/** Who is signed in; undefined while it is not known yet. */
export function useMe(): Me | undefined {
  const [me, set] = useState<Me | undefined>(undefined);
  useEffect(() => {
    loadMe().then(set, () => set({ identity: null, tasks: [] }));
  }, []);
  return me;
}

/** Leaves for the sign-in page, which comes back here. */
export function goToSignIn(): void {
  location.assign(`/sign-in/?to=${encodeURIComponent(location.pathname + location.search)}`);
}

export async function signOut(): Promise<void> {
  await call(signInContract.signOut);
  location.assign('/');
}
