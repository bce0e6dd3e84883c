import type { SampleHub } from './hubs.ts';

/** Addresses of the sample people, all invented and on reserved names. */
export const staff = {
  admin: 'admin@psqm.example.org',
  panel: ['panel1@psqm.example.org', 'panel2@psqm.example.org', 'panel3@psqm.example.org'],
  finance: 'finance@psqm.example.org',
  financeApprover: 'finance.approver@psqm.example.org',
  auditor: 'auditor@psqm.example.org',
  funder: 'funder@trust.example.org',
  moderators: Array.from({ length: 16 }, (_, index) => `moderator${index + 1}@psqm.example.org`),
} as const;

export const leaderOf = (hub: SampleHub): string => `leader.${hub.hubId.toLowerCase()}@hubs.example.org`;
export const independentAssessor = (index: number): string => `assessor${index + 1}@assessors.example.org`;

const columns = [
  'email',
  'name',
  'role',
  'language',
  'hub_ids',
  'funder_ids',
  'employer',
  'levels',
  'languages',
  'capacity',
  'new',
] as const;
type Row = Partial<Record<(typeof columns)[number], string>>;

/**
 * The people of a sample programme as the CSV that an admin imports: a leader for each hub, who also assesses other
 * hubs' submissions (domain.md 1.6), independent assessors, moderators, panel, finance, auditor.
 */
export function peopleCsv(hubs: readonly SampleHub[], independentAssessors: number): string {
  const rows: Row[] = [];
  for (const [index, hub] of hubs.entries()) {
    const person: Row = {
      email: leaderOf(hub),
      name: `Leader of ${hub.hubId} (sample)`,
      language: hub.welsh ? 'cy' : 'en',
    };
    rows.push({ ...person, role: 'hub_leader', hub_ids: hub.hubId });
    rows.push({
      ...person,
      role: 'assessor',
      hub_ids: hub.hubId,
      employer: `Employer of ${hub.hubId}`,
      levels: index % 3 === 0 ? 'PSQM GILT' : 'PSQM GILT OUTREACH',
      languages: hub.welsh ? 'en cy' : 'en',
      new: index % 10 === 0 ? 'yes' : 'no',
    });
  }
  for (let index = 0; index < independentAssessors; index++) {
    rows.push({
      email: independentAssessor(index),
      name: `Assessor ${index + 1} (sample)`,
      role: 'assessor',
      language: 'en',
      employer: `University ${index + 1} (sample)`,
      levels: 'PSQM GILT OUTREACH',
      languages: index % 4 === 0 ? 'en cy' : 'en',
      new: 'no',
    });
  }
  for (const [index, email] of staff.moderators.entries()) {
    rows.push({
      email,
      name: `Moderator ${index + 1} (sample)`,
      role: 'moderator',
      language: 'en',
      employer: `Moderators' office ${index + 1}`,
      levels: 'PSQM GILT OUTREACH',
      languages: index % 2 === 0 ? 'en cy' : 'en',
      new: 'no',
    });
  }
  for (const [index, email] of staff.panel.entries())
    rows.push({ email, name: `Panel member ${index + 1} (sample)`, role: 'panel', language: 'en' });
  rows.push({ email: staff.finance, name: 'Finance officer (sample)', role: 'finance', language: 'en' });
  rows.push({
    email: staff.financeApprover,
    name: 'Finance approver (sample)',
    role: 'finance_approver',
    language: 'en',
  });
  rows.push({ email: staff.auditor, name: 'Auditor (sample)', role: 'auditor', language: 'en' });
  return [columns.join(','), ...rows.map((row) => columns.map((column) => row[column] ?? '').join(','))].join(
    '\n',
  );
}

export function hubsCsv(hubs: readonly SampleHub[]): string {
  const lines = hubs.map((hub) =>
    [hub.hubId, hub.name, hub.region, hub.areas.join(' '), hub.welsh ? 'en cy' : 'en', ''].join(','),
  );
  return ['hub_id,name,region,postcode_areas,languages,capacity', ...lines].join('\n');
}
