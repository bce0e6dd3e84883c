import { requireEnv } from '../shared/runtime/env.ts';

const site = (): string => requireEnv('SITE_URL').replace(/\/$/, '');

/** The assessor's page, or one assignment on it. Whoever follows the link signs in first. */
export const assessorPage = (assignmentId?: string): string =>
  assignmentId === undefined ? `${site()}/assessor/` : `${site()}/assessor/assignments/${assignmentId}`;
/** The moderator's page, or one reading on it. */
export const moderatorPage = (readingId?: string): string =>
  readingId === undefined ? `${site()}/moderator/` : `${site()}/moderator/readings/${readingId}`;
/** The panel's page, or one case on it. */
export const panelPage = (registrationId?: string): string =>
  registrationId === undefined ? `${site()}/panel/` : `${site()}/panel/cases/${registrationId}`;
/** The finance officers' page. */
export const financePage = (): string => `${site()}/finance/`;
/** The public page that verifies a certificate: the address in its QR code. */
export const verificationPage = (certificateNumber: string): string =>
  `${site()}/verify/?number=${encodeURIComponent(certificateNumber)}`;
/** The panel's page of a round. */
export const panelRoundPage = (roundId: string): string => `${site()}/panel/rounds/${roundId}`;
