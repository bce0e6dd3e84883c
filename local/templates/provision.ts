import { createHash } from 'node:crypto';
import { UnsupportedError } from '../core/errors.ts';
import type { ProvisionedResource, ResourceProviders, ResourceRequest } from '../core/resources.ts';
import type { CloudContext } from '../core/service.ts';
import type { Assembly, AssemblyStack } from './assembly.ts';
import { CUSTOM_RESOURCES, inertHandlers } from './custom-resources.ts';
import { resolveDynamicReferences, resolveParameters } from './dynamic-references.ts';
import { conditionHolds, resolveValue, type Scope } from './intrinsics.ts';
import { provisioningOrder, type TemplateResource } from './template.ts';
import { TYPES_WITHOUT_MEANING } from './without-meaning.ts';

/** What provisioning answers: outputs by stack, and how many resources there are by type. */
export interface Provisioned {
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly types: Readonly<Record<string, number>>;
}

/**
 * Provisions every stack of an assembly, in dependency order, each resource after those it refers to. Called at every
 * start: providers bring what exists up to date.
 *
 * @throws UnsupportedError naming stack, logical id, type and property for what the local cloud does not know
 */
export async function provisionAssembly(
  cloud: CloudContext,
  assembly: Assembly,
  providers: ResourceProviders,
): Promise<Provisioned> {
  const exports = new Map<string, string>();
  const outputs: Record<string, Record<string, string>> = {};
  const types: Record<string, number> = {};
  const register = createRegister(cloud);
  const all: ResourceProviders = { ...providers, ...CUSTOM_RESOURCES };

  for (const stack of assembly.stacks) {
    const provisioned = new Map<string, ProvisionedResource>();
    const region = stack.region ?? cloud.region;
    const parameters = await resolveParameters(cloud, stack);
    const stackId = `arn:aws:cloudformation:${region}:${cloud.account}:stack/${stack.name}/local`;
    const scope: Scope = {
      stack: stack.name,
      template: stack.template,
      parameters,
      pseudo: {
        'AWS::AccountId': cloud.account,
        'AWS::Region': region,
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::StackName': stack.name,
        'AWS::StackId': stackId,
      },
      resource: (logicalId) => provisioned.get(logicalId),
      exported: (name) => exports.get(name),
      output: (name, key) => outputs[name]?.[key],
    };
    const inert = inertHandlers(stack.template);
    for (const logicalId of provisioningOrder(stack.template)) {
      const resource = stack.template.Resources[logicalId];
      if (resource === undefined) continue;
      if (resource.Condition !== undefined && !conditionHolds(resource.Condition, scope)) continue;
      types[resource.Type] = (types[resource.Type] ?? 0) + 1;
      const done = inert.has(logicalId)
        ? inertFunction(cloud, stack.name, logicalId)
        : await provisionOne(cloud, assembly, all, scope, logicalId, resource);
      provisioned.set(logicalId, done);
      register.note(stack.name, logicalId, resource.Type, done.ref);
    }
    outputs[stack.name] = collectOutputs(stack, scope, exports);
  }
  register.reportRemoved();
  return { outputs, types };
}

function collectOutputs(
  stack: AssemblyStack,
  scope: Scope,
  exports: Map<string, string>,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, output] of Object.entries(stack.template.Outputs)) {
    if (output.Condition !== undefined && !conditionHolds(output.Condition, scope)) continue;
    const value = String(resolveValue(output.Value, scope));
    result[name] = value;
    if (output.Export !== undefined) exports.set(String(resolveValue(output.Export.Name, scope)), value);
  }
  return result;
}

async function provisionOne(
  cloud: CloudContext,
  assembly: Assembly,
  providers: ResourceProviders,
  scope: Scope,
  logicalId: string,
  resource: TemplateResource,
): Promise<ProvisionedResource> {
  const { Type: type } = resource;
  const where = `${scope.stack} ${logicalId}`;
  const provider = providers[type];
  const withoutMeaning = TYPES_WITHOUT_MEANING[type];
  const known = provider?.properties ?? withoutMeaning?.properties;
  if (known === undefined) throw new UnsupportedError(`${where}: the resource type ${type}`);
  for (const property of Object.keys(resource.Properties)) {
    if (!known.includes(property)) throw new UnsupportedError(`${where}: ${type} property ${property}`);
  }
  if (provider === undefined) {
    const name = physicalName(scope.stack, logicalId, 128);
    const region = scope.pseudo['AWS::Region'] ?? cloud.region;
    return {
      ref: withoutMeaning?.ref?.(name, cloud.account, region) ?? name,
      attributes: withoutMeaning?.attributes?.(name, cloud.account, region) ?? {},
    };
  }
  try {
    const properties = await resolveDynamicReferences(cloud, resolveProperties(resource, scope));
    const request: ResourceRequest = {
      stack: scope.stack,
      logicalId,
      type,
      properties,
      physicalName: (max = 128) => physicalName(scope.stack, logicalId, max),
      assetPath: (_bucket, key) => assembly.assetPath(key),
      cloud,
    };
    return await provider.provision(request);
  } catch (error) {
    throw inContext(error, `${where} (${type})`);
  }
}

function resolveProperties(resource: TemplateResource, scope: Scope): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(resource.Properties)) {
    const resolved = resolveValue(value, scope);
    if (resolved !== undefined) properties[name] = resolved;
  }
  return properties;
}

function inContext(error: unknown, where: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnsupportedError) {
    return new UnsupportedError(`${where}: ${message.replace(/^the local cloud does not support /, '')}`);
  }
  return new Error(`${where}: ${message}`, { cause: error });
}

/** The handler of a custom resource that the local cloud performs itself: it has a name and is never invoked. */
function inertFunction(cloud: CloudContext, stack: string, logicalId: string): ProvisionedResource {
  const name = physicalName(stack, logicalId, 64);
  return {
    ref: name,
    attributes: { Arn: `arn:aws:lambda:${cloud.region}:${cloud.account}:function:${name}` },
  };
}

/** `Stack-LogicalId`; where that is longer than `max`, its beginning and a hash of the whole. */
export function physicalName(stack: string, logicalId: string, max: number): string {
  const name = `${stack}-${logicalId}`;
  if (name.length <= max) return name;
  return `${name.slice(0, max - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** Keeps in the journal what was provisioned, so that the next start can tell what a template no longer has. */
function createRegister(cloud: CloudContext) {
  const { db } = cloud.journal;
  db.exec(`CREATE TABLE IF NOT EXISTS templates_resources (
    stack TEXT NOT NULL, logical_id TEXT NOT NULL, type TEXT NOT NULL, ref TEXT NOT NULL,
    PRIMARY KEY (stack, logical_id)) STRICT`);
  const before = new Map<string, string>();
  for (const row of db.prepare('SELECT stack, logical_id, type FROM templates_resources').all()) {
    before.set(`${row.stack}\n${row.logical_id}`, String(row.type));
  }
  const present = new Set<string>();
  const insert = db.prepare(
    `INSERT INTO templates_resources (stack, logical_id, type, ref) VALUES (?, ?, ?, ?)
     ON CONFLICT (stack, logical_id) DO UPDATE SET type = excluded.type, ref = excluded.ref`,
  );
  const remove = db.prepare('DELETE FROM templates_resources WHERE stack = ? AND logical_id = ?');
  return {
    note(stack: string, logicalId: string, type: string, ref: string): void {
      present.add(`${stack}\n${logicalId}`);
      insert.run(stack, logicalId, type, ref);
    },
    /** Logs what is no longer in any template; what it stored is kept, as with a policy of Retain. */
    reportRemoved(): void {
      for (const [key, type] of before) {
        if (present.has(key)) continue;
        const [stack = '', logicalId = ''] = key.split('\n');
        cloud.log(
          'templates',
          `${stack} ${logicalId} (${type}) is no longer in the templates; its data is kept`,
        );
        remove.run(stack, logicalId);
      }
    },
  };
}
