import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/adding-a-field.md'), 'utf8');
const isPath = (word: string): boolean => /^[\w.-]+\/[\w./-]+$/.test(word);

/** The text of a file, or of every file below a folder. */
function textOf(path: string): string {
  const absolute = join(root, path);
  if (!statSync(absolute).isDirectory()) return readFileSync(absolute, 'utf8');
  return globSync('**/*.ts*', { cwd: absolute })
    .map((file) => readFileSync(join(absolute, file), 'utf8'))
    .join('\n');
}

describe('docs/adding-a-field.md', () => {
  const steps = guide.split(/\n(?=\d+\. )/).slice(1);

  it('walks from the form to the report', () => {
    expect(steps.map((step) => /\*\*(\w+)\.\*\*/.exec(step)?.[1])).toEqual([
      'Form',
      'Rule',
      'Words',
      'Page',
      'API',
      'Table',
      'Machine',
      'Round',
      'Report',
    ]);
  });

  it.each(steps)('names files that exist and words that stand in them: %#', (step) => {
    const quoted = Array.from(step.matchAll(/`([^`]+)`/g), (match) => match[1]!).filter(
      (word) => !word.startsWith('npm '),
    );
    const paths = quoted.filter(isPath);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
    const all = paths.map(textOf).join('\n');
    for (const word of quoted.filter((each) => !isPath(each))) expect(all, word).toContain(word);
  });
});
