import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { logger } from './logger.ts';
import { parse } from './parse.ts';

/** What a task function knows beside its input. */
export interface TaskContext {
  /** The instant of the invocation; rules take it from here and never from the machine. */
  readonly now: Date;
}

/**
 * A Lambda handler for a state machine's task, a rule or a schedule: input parsed by `input`, the result by `output`
 * (so that a machine never carries on with a shape that it does not expect), errors thrown by name for Retry and Catch.
 */
export function taskHandler<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  run: (input: z.output<I>, context: TaskContext) => Promise<z.input<O>>,
): middy.MiddyfiedHandler<unknown, z.output<O>, Error, Context> {
  return middy<unknown, z.output<O>, Error, Context>()
    .use({
      before: ({ event }) => {
        const correlationId = correlationOf(event);
        if (correlationId !== undefined) logger.appendKeys({ correlationId });
      },
      onError: ({ error }) => {
        logger.error('task failed', { error });
      },
    })
    .handler(async (event) => {
      const parsed = parse('task input', input, event);
      return parse('task output', output, await run(parsed, { now: new Date() }));
    });
}

function correlationOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || !('correlationId' in event)) return undefined;
  return typeof event.correlationId === 'string' ? event.correlationId : undefined;
}
