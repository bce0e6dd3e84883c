import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/**
 * Runs a program of the project with Node (script path from the root) or from node_modules/.bin (bare name), and
 * returns its exit code and what it printed. `show` copies the output as it comes.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { show?: boolean; env?: Record<string, string> } = {},
): Promise<CommandResult> {
  const isScript = command.endsWith('.ts') || command.endsWith('.js') || command.endsWith('.mjs');
  const program = isScript ? process.execPath : join(root, 'node_modules', '.bin', command);
  const flags = isScript ? ['--disable-warning=ExperimentalWarning', join(root, command)] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...flags, ...args], {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (options.show === true) stream.write(chunk);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code: code ?? 1, output }));
  });
}
