import * as z from 'zod';

export const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
  DeletionPolicy: z.string().optional(),
});

export const templateSchema = z.object({
  // The CDK passes over a stack without resources; CloudFormation would refuse it.
  Resources: z.record(z.string(), resourceSchema).default({}),
  Parameters: z
    .record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({
        Value: z.unknown(),
        Condition: z.string().optional(),
        Export: z.object({ Name: z.unknown() }).optional(),
      }),
    )
    .default({}),
});

export type TemplateResource = z.infer<typeof resourceSchema>;
export type Template = z.infer<typeof templateSchema>;

/** The dependencies of a resource inside its template: `DependsOn` and every reference in its properties. */
export function dependenciesOf(resource: TemplateResource, template: Template): Set<string> {
  const found = new Set<string>();
  const note = (name: string) => {
    if (name in template.Resources) found.add(name);
  };
  for (const name of [resource.DependsOn ?? []].flat()) note(name);
  collectReferences(resource.Properties, note);
  return found;
}

function collectReferences(value: unknown, note: (name: string) => void): void {
  if (Array.isArray(value)) {
    for (const member of value) collectReferences(member, note);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === 'Ref' && typeof member === 'string') note(member);
    else if (key === 'Fn::GetAtt') {
      const name: unknown = Array.isArray(member) ? member[0] : member;
      if (typeof name === 'string') note(name.split('.')[0] ?? name);
    } else if (key === 'Fn::Sub') {
      const text: unknown = Array.isArray(member) ? member[0] : member;
      if (typeof text === 'string') {
        for (const match of text.matchAll(/\$\{([^!}][^}]*)\}/g)) note((match[1] ?? '').split('.')[0] ?? '');
      }
      collectReferences(member, note);
    } else collectReferences(member, note);
  }
}

/** Logical ids so that each follows what it depends on; otherwise in the template's order. @throws on a cycle */
export function provisioningOrder(template: Template): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string, path: readonly string[]) => {
    const resource = template.Resources[name];
    if (resource === undefined || state.get(name) === 'done') return;
    if (state.get(name) === 'open') throw new Error(`circular dependency: ${[...path, name].join(' -> ')}`);
    state.set(name, 'open');
    for (const dependency of dependenciesOf(resource, template)) visit(dependency, [...path, name]);
    state.set(name, 'done');
    order.push(name);
  };
  for (const name of Object.keys(template.Resources)) visit(name, []);
  return order;
}
