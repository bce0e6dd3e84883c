import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { type Template, templateSchema } from './template.ts';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .object({
          file: z.string().optional(),
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          directoryName: z.string().optional(),
          parameters: z.record(z.string(), z.string()).optional(),
        })
        .default({}),
    }),
  ),
});
const assetsSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

export interface AssemblyStack {
  readonly name: string;
  /** Region that the stack names; undefined where it is region-agnostic. */
  readonly region: string | undefined;
  readonly template: Template;
  /** Values that the assembly gives to parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A CDK cloud assembly, read. */
export interface Assembly {
  /** In dependency order. */
  readonly stacks: readonly AssemblyStack[];
  /** Absolute path of a file asset, by the key that templates use. @throws where no asset has this key */
  assetPath(key: string): string;
}

/** Reads the directory that `cdk synth` wrote, nested assemblies (stages) included. */
export function readAssembly(directory: string): Assembly {
  const stacks: AssemblyStack[] = [];
  const assets = new Map<string, string>();
  readInto(resolve(directory), stacks, assets);
  return {
    stacks,
    assetPath(key) {
      const path = assets.get(key);
      if (path === undefined) throw new Error(`no asset of the assembly ${directory} has the key ${key}`);
      return path;
    },
  };
}

function readInto(directory: string, stacks: AssemblyStack[], assets: Map<string, string>): void {
  const { artifacts } = manifestSchema.parse(readJson(join(directory, 'manifest.json')));
  const done = new Set<string>();
  const visit = (id: string) => {
    const artifact = artifacts[id];
    if (artifact === undefined || done.has(id)) return;
    done.add(id);
    for (const dependency of artifact.dependencies) visit(dependency);
    const { properties } = artifact;
    if (artifact.type === 'cdk:asset-manifest' && properties.file !== undefined) {
      const { files } = assetsSchema.parse(readJson(join(directory, properties.file)));
      for (const { source, destinations } of Object.values(files)) {
        if (source.path === undefined) continue;
        for (const { objectKey } of Object.values(destinations))
          assets.set(objectKey, join(directory, source.path));
      }
    } else if (artifact.type === 'aws:cloudformation:stack' && properties.templateFile !== undefined) {
      const region = artifact.environment?.split('/').pop();
      stacks.push({
        name: properties.stackName ?? id,
        region: region === undefined || region === 'unknown-region' ? undefined : region,
        template: templateSchema.parse(readJson(join(directory, properties.templateFile))),
        parameters: properties.parameters ?? {},
      });
    } else if (artifact.type === 'cdk:cloud-assembly' && properties.directoryName !== undefined) {
      readInto(join(directory, properties.directoryName), stacks, assets);
    }
  };
  for (const id of Object.keys(artifacts)) visit(id);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
