import {
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** Executions of one machine that run under one definition. */
export interface OpenExecutions {
  readonly machine: string;
  /** Since when the definition is the machine's, as an instant. */
  readonly definitionOf: string;
  readonly count: number;
}

/**
 * What runs now, by machine and definition: it goes on under the definition with which it began, so a function must still
 * accept what that one sends, and keep the grants that it needs (design section 3). Only the stage's own machines.
 */
export async function openExecutions(client: SFNClient, stage: string): Promise<OpenExecutions[]> {
  const open: OpenExecutions[] = [];
  for (const { name, stateMachineArn } of await machinesOf(client, stage)) {
    const byDefinition = new Map<string, number>();
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new ListExecutionsCommand({
          stateMachineArn,
          statusFilter: 'RUNNING',
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      for (const { executionArn } of page.executions ?? []) {
        const { updateDate } = await client.send(
          new DescribeStateMachineForExecutionCommand({ executionArn }),
        );
        const updated = updateDate?.toISOString() ?? 'unknown';
        byDefinition.set(updated, (byDefinition.get(updated) ?? 0) + 1);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    for (const [definitionOf, count] of [...byDefinition].sort())
      open.push({ machine: name ?? '', definitionOf, count });
  }
  return open;
}

async function machinesOf(client: SFNClient, stage: string) {
  const found = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListStateMachinesCommand({ maxResults: 1000, ...(nextToken === undefined ? {} : { nextToken }) }),
    );
    for (const machine of page.stateMachines ?? []) {
      const { tags } = await client.send(
        new ListTagsForResourceCommand({ resourceArn: machine.stateMachineArn }),
      );
      const has = (key: string, value: string): boolean =>
        tags?.some((tag) => tag.key === key && tag.value === value) === true;
      if (has('programme', 'psqm') && has('stage', stage)) found.push(machine);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}
