import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const directory = mkdtempSync(join(tmpdir(), 'start-'));
const dataDir = join(directory, 'data');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs `npm start` as its script does, and answers its exit status and the lines that it wrote. */
function start(args: readonly string[], options: { node?: readonly string[]; path?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...(options.node ?? []),
      join(root, 'tools', 'launch.mjs'),
      'tools/start/main.ts',
      '--data-dir',
      dataDir,
      ...args,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...(options.path === undefined ? {} : { PATH: options.path }) },
    },
  );
  return { status, lines: `${stdout}${stderr}`.split('\n').filter((line) => line !== '') };
}

describe('npm start refuses in one line, with exit status 2,', () => {
  it('a Node that is too old', () => {
    const older = "Object.defineProperty(process.versions, 'node', { value: '18.20.4' })";
    expect(start([], { node: ['--import', `data:text/javascript,${encodeURIComponent(older)}`] })).toEqual({
      status: 2,
      lines: ['Node 18.20.4 is too old: install Node 20 or later'],
    });
  });

  it('a machine without Java', () => {
    const empty = join(directory, 'bin');
    mkdirSync(empty);
    const { status, lines } = start([], { path: empty });
    expect({ status, lines }).toEqual({
      status: 2,
      lines: [expect.stringMatching(/^Java is needed.*install/)],
    });
  });

  it('a port that is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(start(['--port', String(port)])).toEqual({
      status: 2,
      lines: [`port ${port} is in use: choose another with --port`],
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it.each([
    [['--port', 'eighty'], /^--port takes a number/],
    [['--register', 'nowhere.csv'], /^--register: there is no file nowhere.csv/],
    [['--no-such-option'], /--no-such-option/],
  ])('%j', (args, line) => {
    const { status, lines } = start(args);
    expect({ status, lines }).toEqual({ status: 2, lines: [expect.stringMatching(line)] });
  });
});
