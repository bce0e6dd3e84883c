import { defineContract } from '../../shared/http/contract.ts';
import { readRoutes } from '../admin/reads.ts';

/** An auditor reads what an administrator reads, and changes nothing. */
export const auditorContract = defineContract(readRoutes('auditor', ['auditor']));
