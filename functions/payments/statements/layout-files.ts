import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = join(import.meta.dirname, '../../../programme/payments/statement-layouts');

/**
 * Every declared CSV layout by its file name. In a bundle this module is replaced by one that holds the files themselves
 * (lib/layout-files.ts), so that a bank's new layout is a new file and nothing else.
 */
export const layoutFiles: readonly (readonly [name: string, content: unknown])[] = readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => [name, JSON.parse(readFileSync(join(directory, name), 'utf8'))] as const);
