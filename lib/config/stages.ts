import { parse } from '../../functions/shared/runtime/parse.ts';
import { type StageConfig, stageConfig } from './stage-config.ts';

/** One literal per stage. Before the first deployment, put the owner's own addresses and domain here (README, "Deploying"). */
const stages: Readonly<Record<string, StageConfig>> = {
  local: {
    stage: 'local',
    account: '000000000000',
    region: 'eu-west-2',
    siteUrl: 'http://127.0.0.1:8700',
    mailFrom: 'awards@psqm.example.org',
    firstAdminEmail: 'admin@psqm.example.org',
    operationsEmail: 'operations@psqm.example.org',
    logRetentionDays: 30,
    keepData: true,
  },
  trial: {
    stage: 'trial',
    region: 'eu-west-2',
    siteUrl: 'https://trial.example.org',
    mailFrom: 'awards@trial.example.org',
    firstAdminEmail: 'admin@trial.example.org',
    operationsEmail: 'operations@trial.example.org',
    logRetentionDays: 30,
    keepData: false,
  },
  production: {
    stage: 'production',
    region: 'eu-west-2',
    domain: { name: 'awards.example.org', hostedZoneId: 'Z0000000000000EXAMPLE', zoneName: 'example.org' },
    siteUrl: 'https://awards.example.org',
    mailFrom: 'psqm@awards.example.org',
    firstAdminEmail: 'admin@awards.example.org',
    operationsEmail: 'operations@awards.example.org',
    logRetentionDays: 365,
    keepData: true,
  },
};

/**
 * The configuration of a stage. `overrides` are the settings that a command may give at synth (the local site's
 * address, which follows the port). Throws where the stage is unknown, naming those there are.
 */
export function configOf(stage: string, overrides: { siteUrl?: string } = {}): StageConfig {
  const config = stages[stage];
  if (config === undefined)
    throw new Error(
      `no stage "${stage}" in lib/config/stages.ts; there are ${Object.keys(stages).join(', ')}`,
    );
  return parse(`stage ${stage}`, stageConfig, { ...config, ...overrides });
}

export const stageNames: readonly string[] = Object.keys(stages);
