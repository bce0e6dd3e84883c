import type { Role } from '../shared/access/identity.ts';

/** The page of each role's main task. */
export function mainTask(role: Role): string {
  switch (role) {
    case 'registrant':
    case 'head':
    case 'subject_leader':
      return '/school/';
    case 'hub_leader':
      return '/hub/';
    case 'assessor':
      return '/assessor/';
    case 'moderator':
      return '/moderator/';
    case 'panel':
      return '/panel/';
    case 'finance':
    case 'finance_approver':
      return '/finance/';
    case 'admin':
      return '/admin/';
    case 'auditor':
      return '/auditor/';
    case 'funder':
      return '/funder/';
  }
}
