import * as z from 'zod';
import type { journeyEntry, stageRow, waitRow } from '../http/admin/reads.ts';
import { workflows } from '../shared/events/catalogue.ts';
import { stageClaim } from './restart.ts';
import { stuckCase } from './stuck.ts';

type JourneyEntry = z.output<typeof journeyEntry>;
type StageRow = z.output<typeof stageRow>;
type WaitRow = z.output<typeof waitRow>;

const audit = z.object({
  record: z.string(),
  at: z.string(),
  action: z.string(),
  actor: z.object({ kind: z.enum(['person', 'system']), id: z.string() }),
  reason: z.string().optional(),
  before: z.string(),
  after: z.string(),
});
const event = z.object({
  name: z.string(),
  detail: z.string(),
  occurredAt: z.string(),
  publishedAt: z.string().optional(),
});
const email = z.object({
  cause: z.string(),
  to: z.string(),
  subject: z.string(),
  status: z.string(),
  claimedAt: z.string(),
  sentAt: z.string().optional(),
});
const wait = z.object({
  waitingFor: z.string(),
  deadline: z.string(),
  deadlineName: z.string().optional(),
  executionArn: z.string().optional(),
});
const workflowName = z.enum(workflows);

/** What a collection's items say of its course. */
export interface Journey {
  readonly timeline: readonly JourneyEntry[];
  readonly stages: readonly StageRow[];
  readonly waits: readonly WaitRow[];
}

/**
 * The course of what several collections hold (a registration and its assignments): every change, event, mail and run
 * on one timeline, the oldest first; what each stage's machine is at, and what is waited for. `nameOf` names a person.
 */
export function journeyOf(
  items: readonly Readonly<Record<string, unknown>>[],
  nameOf: (personId: string) => string,
): Journey {
  const timeline: JourneyEntry[] = [];
  const stages: StageRow[] = [];
  const waits: WaitRow[] = [];
  for (const item of items) {
    const collection = String(item.pk);
    const [kind, name = ''] = String(item.sk).split('#');
    if (kind === 'AUDIT') timeline.push(changeEntry(collection, audit.parse(item), nameOf));
    else if (kind === 'EVENT') {
      const { name: eventName, detail, occurredAt, publishedAt } = event.parse(item);
      timeline.push({
        kind: 'EVENT',
        at: occurredAt,
        collection,
        name: eventName,
        detail,
        publishedAt: publishedAt ?? null,
      });
    } else if (kind === 'EMAIL') {
      const { sentAt, claimedAt, ...mail } = email.parse(item);
      timeline.push({ kind: 'EMAIL', at: sentAt ?? claimedAt, collection, ...mail });
    } else if (kind === 'STAGE' || kind === 'RAN') {
      const claimed = stageOf(collection, name, item);
      if (claimed === undefined) continue;
      if (kind === 'STAGE') stages.push(claimed);
      timeline.push(...runEntries(claimed));
    } else if (kind === 'STUCK') {
      const { workflow, executionArn, at, error, cause } = stuckCase.parse(item);
      timeline.push({
        kind: 'RUN_FAILED',
        at,
        collection,
        workflow: workflowName.parse(workflow),
        executionArn,
        error,
        cause,
      });
    } else if (kind === 'WAIT') {
      const waiting = waitOf(item);
      if (waiting !== undefined) waits.push(waiting);
    }
  }
  timeline.sort((a, b) => a.at.localeCompare(b.at));
  return { timeline, stages: stages.sort((a, b) => a.claimedAt.localeCompare(b.claimedAt)), waits };
}

/** A `WAIT#` item as a row, or undefined where nothing waits there now. */
export function waitOf(item: Readonly<Record<string, unknown>>): WaitRow | undefined {
  const waiting = wait.safeParse(item);
  if (!waiting.success || typeof item.taskToken !== 'string') return undefined;
  const { waitingFor, deadline, deadlineName, executionArn } = waiting.data;
  return {
    collection: String(item.pk),
    workflow: String(item.sk).replace(/^WAIT#/, ''),
    waitingFor,
    deadline: deadlineName ?? '',
    until: deadline,
    executionArn: executionArn ?? null,
  };
}

/** Persons who acted in these items. */
export function actorsOf(items: readonly Readonly<Record<string, unknown>>[]): string[] {
  return items.flatMap((item) => {
    const parsed = audit.safeParse(item);
    return parsed.success && parsed.data.actor.kind === 'person' ? [parsed.data.actor.id] : [];
  });
}

function changeEntry(
  collection: string,
  { actor, reason, ...entry }: z.output<typeof audit>,
  nameOf: (personId: string) => string,
): JourneyEntry {
  const name = actor.kind === 'person' ? nameOf(actor.id) : actor.id;
  return { kind: 'CHANGE', collection, ...entry, actor: { ...actor, name }, reason: reason ?? null };
}

function stageOf(collection: string, workflow: string, item: unknown): StageRow | undefined {
  const claim = stageClaim.safeParse(item);
  const name = workflowName.safeParse(workflow);
  if (!claim.success || !name.success) return undefined;
  const { executionArn, attempt, claimedAt, endedAt, stageResult } = claim.data;
  return {
    collection,
    workflow: name.data,
    attempt,
    executionArn,
    // Step Functions leaves out a fraction of zero.
    claimedAt: new Date(claimedAt).toISOString(),
    endedAt: endedAt ?? null,
    result: stageResult ?? null,
  };
}

function runEntries({
  collection,
  workflow,
  attempt,
  executionArn,
  claimedAt,
  endedAt,
  result,
}: StageRow): JourneyEntry[] {
  const run = { collection, workflow, attempt, executionArn };
  return [
    { kind: 'RUN_STARTED', at: claimedAt, ...run },
    ...(endedAt === null ? [] : [{ kind: 'RUN_ENDED' as const, at: endedAt, ...run, result: result ?? '' }]),
  ];
}
