import { sampleHubs } from '../seed/hubs.ts';
import { independentAssessor, leaderOf, staff } from '../seed/people.ts';

/** What `npm start` prints once everything runs: the pages, the inbox, who can sign in, what to try first. */
export function welcome(at: {
  siteUrl: string;
  endpoint: string;
  dataDir: string;
  seeded: boolean;
  schools: number | undefined;
}): string {
  const [firstHub] = sampleHubs(90);
  const page = (path: string): string => `${at.siteUrl}${path}`;
  return [
    '',
    'psqm is running on this machine.',
    '',
    `  Pages              ${page('/')}`,
    `  Register a school  ${page('/register/')}`,
    `  Inbox of everybody ${page('/inbox/')}   (every email of the programme arrives here, sign-in codes too)`,
    `  AWS endpoint       ${at.endpoint}   (for any AWS SDK or CLI)`,
    `  Data               ${at.dataDir}   (-- --fresh begins anew)`,
    '',
    'Sign in with one of these addresses; the code arrives in the inbox:',
    `  admin      ${staff.admin}            ${page('/admin/')}`,
    `  finance    ${staff.finance}          ${page('/finance/')}`,
    `  hub leader ${firstHub === undefined ? '' : leaderOf(firstHub)}   ${page('/hub/')}`,
    `  assessor   ${independentAssessor(0)}  ${page('/assessor/')}`,
    `  moderator  ${staff.moderators[0]}       ${page('/moderator/')}`,
    `  panel      ${staff.panel[0]}           ${page('/panel/')}`,
    `  auditor    ${staff.auditor}          ${page('/auditor/')}`,
    `  funder     ${staff.funder}         ${page('/funder/')}`,
    '',
    ...(at.schools === undefined
      ? []
      : [`The register holds ${at.schools} schools${at.seeded ? '' : ' now'}.`, '']),
    'Try first: register a school, read the confirmation in the inbox, then look at its run on the admin pages.',
    'Ctrl-C stops everything; the data stays.',
    '',
  ].join('\n');
}
