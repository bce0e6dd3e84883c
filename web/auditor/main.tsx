import { auditorContract } from '../../functions/http/auditor/contract.ts';
import { StaffPages } from '../admin/pages.tsx';
import { startPages } from '../shared/page.tsx';

startPages(
  <StaffPages audience={{ role: 'auditor', base: '/auditor', reads: auditorContract, mayAct: false }} />,
);
