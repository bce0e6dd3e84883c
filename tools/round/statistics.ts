import * as z from 'zod';
import type { CloudProcess } from './cloud-process.ts';

const units = z.object({ readUnits: z.number(), writeUnits: z.number() });
const operation = z.object({
  requests: z.number(),
  errors: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
});
const raw = z
  .object({
    states: z.record(
      z.string(),
      z.object({ executions: z.record(z.string(), z.number()), transitions: z.number() }),
    ),
    lambda: z.record(
      z.string(),
      z.object({ invocations: z.number(), errors: z.number(), medianMs: z.number().nullish() }).loose(),
    ),
    apigateway: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))),
    dynamodb: z.object({
      tables: z.record(z.string(), units.extend({ indexes: z.record(z.string(), units) })),
    }),
    s3: z.record(z.string(), operation),
    events: z.object({ events: z.record(z.string(), z.record(z.string(), z.number())) }).loose(),
    ses: z.object({ messages: z.number(), recipients: z.number(), bytes: z.number() }).loose(),
    guardduty: z.object({ scanned: z.number(), threats: z.number(), bytes: z.number() }),
    memory: z.object({ peakMb: z.number() }).loose(),
  })
  .loose();

/** The local cloud's counters under the names of the report. */
export async function readStatistics(cloud: CloudProcess) {
  const counted = raw.parse(await cloud.statistics());
  return {
    machines: counted.states,
    lambda: Object.fromEntries(
      Object.entries(counted.lambda).map(([name, { invocations, errors, medianMs }]) => [
        name,
        { invocations, errors, medianMs: medianMs ?? 0 },
      ]),
    ),
    http: Object.fromEntries(Object.values(counted.apigateway).flatMap((api) => Object.entries(api))),
    dynamodb: counted.dynamodb.tables,
    s3: {
      requests: Object.values(counted.s3).reduce((sum, each) => sum + each.requests, 0),
      bytesIn: Object.values(counted.s3).reduce((sum, each) => sum + each.bytesIn, 0),
      bytesOut: Object.values(counted.s3).reduce((sum, each) => sum + each.bytesOut, 0),
      byOperation: counted.s3,
    },
    events: counted.events.events,
    emails: counted.ses,
    scanned: counted.guardduty,
    peakMemoryMb: Math.round(counted.memory.peakMb),
  };
}
export type RoundStatistics = Awaited<ReturnType<typeof readStatistics>>;

const workflowNames = [
  'registration',
  'training',
  'submission',
  'allocation',
  'assessment',
  'moderation-case',
  'moderation',
  'award',
  'appeal',
  'reconciliation',
] as const;

/** Executions and transitions by workflow; a machine's physical name carries its workflow's (lib/stacks/stage-stack.ts). */
export function workflowsOf(
  statistics: RoundStatistics,
): Record<string, { executions: Record<string, number>; transitions: number }> {
  const result: Record<string, { executions: Record<string, number>; transitions: number }> = {};
  for (const [machine, counts] of Object.entries(statistics.machines)) {
    const plain = machine.toLowerCase().replaceAll('-', '');
    const name =
      workflowNames.find((each) => plain.includes(`${each.replaceAll('-', '')}workflow`)) ?? machine;
    result[name] = counts;
  }
  return result;
}
