import { requireEnv } from '../runtime/env.ts';

/**
 * Addresses of pages for emails. They lead to the right page and carry no power of their own: whoever follows one signs
 * in first.
 */
export const schoolPage = (registrationId: string): string =>
  `${site()}/school/registrations/${registrationId}`;
export const hubPage = (registrationId?: string): string =>
  registrationId === undefined ? `${site()}/hub/` : `${site()}/hub/schools/${registrationId}`;

const site = (): string => requireEnv('SITE_URL').replace(/\/$/, '');
