import { useMe } from '../shared/session.ts';

/** True for finance officers; auditors and admins read the same pages and change nothing. */
export function useMayAct(): boolean {
  const roles = useMe()?.identity?.roles ?? [];
  return roles.includes('finance') || roles.includes('finance_approver');
}

/** True for those who decide about refunds and write-offs that another person asked for. */
export const useMayApprove = (): boolean => (useMe()?.identity?.roles ?? []).includes('finance_approver');
