import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** Puts the declared CSV layouts of bank statements into the bundle: a function has no folder of the project beside it. */
export function layoutFilesPlugin(root: string): Plugin {
  const directory = join(root, 'programme', 'payments', 'statement-layouts');
  return {
    name: 'statement-layouts',
    setup(build) {
      build.onLoad({ filter: /functions[/\\]payments[/\\]statements[/\\]layout-files\.ts$/ }, () => {
        const files = readdirSync(directory)
          .filter((name) => name.endsWith('.json'))
          .sort()
          .map((name) => [name, JSON.parse(readFileSync(join(directory, name), 'utf8'))]);
        return { contents: `export const layoutFiles = ${JSON.stringify(files)};`, loader: 'js' };
      });
    },
  };
}
