import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { buildApp } from '../../lib/app.ts';
import { bundleFunctions } from '../../lib/bundle.ts';
import { configOf } from '../../lib/config/stages.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}
export interface SynthesisedStack {
  readonly name: string;
  readonly bytes: number;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly template: {
    readonly Outputs?: Readonly<Record<string, unknown>>;
    readonly Parameters?: Readonly<Record<string, unknown>>;
  };
}

let bundled: Promise<unknown> | undefined;

/** The synthesised stacks of a stage; bundles the functions once. */
export async function synthesiseStage(stage: string): Promise<SynthesisedStack[]> {
  bundled ??= bundleFunctions();
  await bundled;
  const assembly: CloudAssembly = buildApp({
    config: configOf(stage),
    outdir: mkdtempSync(join(tmpdir(), 'psqm-synth-')),
  }).synth();
  return assembly.stacks.map((stack) => ({
    name: stack.stackName,
    bytes: JSON.stringify(stack.template).length,
    resources: stack.template.Resources,
    template: stack.template,
  }));
}

/** All resources of a type, with stack and logical id for messages. */
export function resourcesOf(
  stacks: readonly SynthesisedStack[],
  type: string,
): { where: string; properties: Record<string, unknown>; resource: Resource }[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({
        where: `${stack.name} ${id}`,
        properties: resource.Properties ?? {},
        resource,
      })),
  );
}
