import { App } from 'aws-cdk-lib';
import { buildApp } from '../lib/app.ts';
import { bundleFunctions } from '../lib/bundle.ts';
import { acknowledgements } from '../lib/checks/acknowledge.ts';
import { configOf } from '../lib/config/stages.ts';

// This app is only read for its context: synthesised at exit too, it would overwrite the manifest with an empty one.
// The CDK CLI and our own commands hand over settings as context (`-c stage=trial`, CDK_CONTEXT_JSON).
const context = new App({ analyticsReporting: false, autoSynth: false }).node;
const stage: unknown = context.tryGetContext('stage') ?? 'local';
const siteUrl: unknown = context.tryGetContext('siteUrl');
const config = configOf(String(stage), typeof siteUrl === 'string' ? { siteUrl } : {});

await bundleFunctions();
const assembly = buildApp({ config }).synth();
console.error(
  `${assembly.stacks.length} stacks of stage ${config.stage}; cdk-nag clean with ${acknowledgements().length} acknowledgements, each with its reason`,
);
