import { type CommandResult, runCommand } from '../run-command.ts';

/** Synthesises a stage into `outdir` by running the CDK app itself; its lines (cdk-nag's findings among them) are shown. */
export function synthesise(options: {
  stage: string;
  outdir: string;
  siteUrl?: string;
  quiet?: boolean;
}): Promise<CommandResult> {
  const context = {
    stage: options.stage,
    ...(options.siteUrl === undefined ? {} : { siteUrl: options.siteUrl }),
  };
  return runCommand('bin/app.ts', [], {
    show: options.quiet !== true,
    env: { CDK_OUTDIR: options.outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
}
