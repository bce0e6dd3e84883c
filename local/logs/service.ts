import { appendFile, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudContext } from '../core/service.ts';

/** Log groups: one file each below `dataDir/logs`, or the latest lines in memory. */
export interface Logs {
  write(group: string, line: string): void;
  /** The latest lines of a group, oldest first, at most 1,000. */
  latest(group: string): readonly string[];
  groups(): readonly string[];
  /** Resolves when what was written is in the files. */
  flush(): Promise<void>;
}

const KEPT = 1_000;

/** Creates the log store. Lines are gathered and written together, four times a second at most. */
export function createLogs(cloud: CloudContext): Logs {
  const directory = cloud.dataDir === undefined ? undefined : join(cloud.dataDir, 'logs');
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const groups = new Map<string, string[]>();
  const unwritten = new Map<string, string[]>();
  let writing: NodeJS.Timeout | undefined;

  async function writeOut(): Promise<void> {
    writing = undefined;
    if (directory === undefined) return;
    const batch = [...unwritten];
    unwritten.clear();
    await Promise.all(
      batch.map(
        ([group, lines]) =>
          new Promise<void>((resolve) => {
            appendFile(join(directory, fileName(group)), `${lines.join('\n')}\n`, (error) => {
              if (error !== null) cloud.log('logs', `${group}: ${error.message}`);
              resolve();
            });
          }),
      ),
    );
  }

  return {
    write(group, line) {
      const lines = groups.get(group) ?? [];
      groups.set(group, lines);
      lines.push(line);
      if (lines.length > 2 * KEPT) lines.splice(0, lines.length - KEPT);
      if (directory === undefined) return;
      const pending = unwritten.get(group);
      if (pending === undefined) unwritten.set(group, [line]);
      else pending.push(line);
      writing ??= setTimeout(() => void writeOut(), 250).unref();
    },
    latest: (group) => (groups.get(group) ?? []).slice(-KEPT),
    groups: () => [...groups.keys()],
    async flush() {
      clearTimeout(writing);
      await writeOut();
    },
  };
}

/** `/aws/lambda/name` -> `aws-lambda-name.log`. */
function fileName(group: string): string {
  return `${group.replace(/^\/+/, '').replace(/[^A-Za-z0-9._-]+/g, '-')}.log`;
}
