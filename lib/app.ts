import { App, type StackProps, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { StageConfig } from './config/stage-config.ts';
import type { MachineReference } from './constructs/task-function.ts';
import { ApiStack, type Audience } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { EdgeStack } from './stacks/edge-stack.ts';
import { StageStack } from './stacks/stage-stack.ts';
import { WebStack } from './stacks/web-stack.ts';
import { stageDefinitions } from './stages/index.ts';
import { pascalCase } from './stages/names.ts';

export interface AppOptions {
  readonly config: StageConfig;
  /** Where the cloud assembly is written; the CDK's default where absent. */
  readonly outdir?: string;
}

/** Composes the app of one stage; the caller synthesises it. The bundles of the functions must be built. */
export function buildApp(options: AppOptions): App {
  const { config } = options;
  const app = new App({
    ...(options.outdir === undefined ? {} : { outdir: options.outdir }),
    analyticsReporting: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  Tags.of(app).add('programme', 'psqm');
  Tags.of(app).add('stage', config.stage);
  const props: StackProps = {
    env: { region: config.region, ...(config.account === undefined ? {} : { account: config.account }) },
    crossRegionReferences: config.domain !== undefined,
  };
  const name = (part: string): string => `Psqm-${config.stage}-${part}`;

  const { platform } = new DataStack(app, name('Data'), {
    ...props,
    config,
    terminationProtection: config.keepData,
  });
  const machines: MachineReference[] = [];
  const audiences: Audience[] = [];
  let authorizer: Audience['function'] | undefined;
  for (const definition of stageDefinitions) {
    const stack = new StageStack(app, name(pascalCase(definition.stage)), {
      ...props,
      definition,
      platform,
      machines: [...machines],
    });
    machines.push(...stack.machines);
    for (const [functionName, declared] of Object.entries(definition.functions)) {
      const made = stack.functions[functionName];
      if (made === undefined) continue;
      if (declared.http !== undefined)
        audiences.push({ name: declared.http.audience, contract: declared.http.contract, function: made });
      if (declared.grants.originSecret === true) authorizer = made;
    }
  }
  if (authorizer === undefined)
    throw new Error('no function reads the origin secret, so none can authorize requests');
  const { apiDomain } = new ApiStack(app, name('Api'), { ...props, platform, audiences, authorizer });
  const edge =
    config.domain === undefined
      ? undefined
      : new EdgeStack(app, name('Edge'), {
          ...props,
          env: { ...props.env, region: 'us-east-1' },
          domain: config.domain,
        });
  new WebStack(app, name('Web'), {
    ...props,
    platform,
    apiDomain,
    ...(edge === undefined ? {} : { edge: { certificate: edge.certificate, webAclArn: edge.webAclArn } }),
  });
  return app;
}
