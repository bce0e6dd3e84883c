import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { Activity } from '../../local/core/activity.ts';
import { Clock } from '../../local/core/clock.ts';
import { ServiceError } from '../../local/core/errors.ts';
import { Journal } from '../../local/core/journal.ts';
import type { CloudContext } from '../../local/core/service.ts';
import { createEventsService } from '../../local/events/service.ts';
import { createGateway } from '../../local/gateway/registry.ts';

export interface EventConformance {
  readonly agree: number;
  readonly of: number;
  /** One line a case that does not agree. */
  readonly differences: string[];
}

const casesSchema = z.array(
  z.object({
    name: z.string(),
    event: z.unknown(),
    pattern: z.unknown(),
    expected: z.union([z.boolean(), z.string()]),
  }),
);

/**
 * Runs recorded event patterns through TestEventPattern. A case agrees when the answer is the recorded result, or the
 * call is refused with the recorded error.
 * @param file JSON array of cases: name, event, pattern, expected (a boolean or the error's name)
 */
export async function runEventConformance(file: string): Promise<EventConformance> {
  const cases = casesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const cloud = inMemoryCloud();
  cloud.gateway.register(createEventsService(cloud));
  const differences: string[] = [];
  for (const { name, event, pattern, expected } of cases) {
    const answer = await testPattern(cloud, asText(pattern), asText(event));
    if (answer !== expected) differences.push(`${name}: expected ${expected}, got ${answer}`);
  }
  return { agree: cases.length - differences.length, of: cases.length, differences };
}

async function testPattern(cloud: CloudContext, pattern: string, event: string): Promise<unknown> {
  try {
    const { Result } = await cloud.gateway.call({
      service: 'events',
      action: 'TestEventPattern',
      input: { EventPattern: pattern, Event: event },
      caller: { kind: 'root' },
    });
    return Result;
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function inMemoryCloud(): CloudContext {
  const journal = new Journal(undefined);
  const activity = new Activity();
  return {
    account: '000000000000',
    region: 'eu-west-2',
    dataDir: undefined,
    journal,
    clock: new Clock(journal, activity),
    activity,
    gateway: createGateway(),
    log: () => undefined,
  };
}
