import type { SynthesisedStack } from './assembly.ts';
import { resourceSchema } from './cloudformation-schema.ts';

/** A resource that holds state, as one synth has it. */
export interface StatefulResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}
/** By stack and logical id. */
export type StatefulResources = Readonly<Record<string, StatefulResource>>;

/** What CloudFormation's schema calls stateful and may be lost all the same, by logical id or type, with the reason. */
export const losable: readonly { readonly what: RegExp; readonly because: string }[] = [
  { what: /AWS::Logs::LogGroup$/, because: 'Logs expire; what must last is in the table' },
  {
    what: /-Data FailedEvents\w+ AWS::SQS::Queue$/,
    because: 'Failed events raise an alarm and are swept again from the table',
  },
  { what: /-Data AlarmKey\w+ AWS::KMS::Key$/, because: 'It protects alarms under way, nothing that is kept' },
  { what: /-Web Site\w+ AWS::S3::Bucket$/, because: 'The pages are published anew with every deployment' },
  { what: /-Web Logs\w+ AWS::S3::Bucket$/, because: 'Access logs expire' },
];

/** Every resource of these stacks whose loss would lose something, by what CloudFormation's schemas say. */
export function statefulOf(stacks: readonly SynthesisedStack[]): StatefulResources {
  return Object.fromEntries(
    stacks.flatMap(({ name, resources }) =>
      Object.entries(resources)
        .filter(([id, { Type }]) => {
          const where = `${name} ${id} ${Type}`;
          return resourceSchema(Type)?.isStateful === true && !losable.some(({ what }) => what.test(where));
        })
        .map(([id, { Type, Properties }]): [string, StatefulResource] => [
          `${name} ${id}`,
          { type: Type, properties: Properties ?? {} },
        ]),
    ),
  );
}

/**
 * What of `before` an update to `after` would replace or leave behind: a resource that is gone or has another type, and
 * a property whose change makes CloudFormation create another resource in its place.
 */
export function replacements(before: StatefulResources, after: StatefulResources): string[] {
  return Object.entries(before).flatMap(([id, was]) => {
    const is = after[id];
    if (is === undefined) return [`${id} (${was.type}) is gone`];
    if (is.type !== was.type) return [`${id} is a ${is.type} and was a ${was.type}`];
    const schema = resourceSchema(was.type)?.properties ?? {};
    return [...new Set([...Object.keys(was.properties), ...Object.keys(is.properties)])]
      .filter((name) => JSON.stringify(was.properties[name]) !== JSON.stringify(is.properties[name]))
      .filter((name) => ['yes', 'maybe'].includes(schema[name]?.causesReplacement ?? 'no'))
      .map((name) => `${id} (${was.type}) would be replaced: ${name} changes`);
  });
}
