import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The engine could not be started; the message says what to do about it. */
export class EngineStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EngineStartError';
  }
}

export interface EngineOptions {
  /** Directory of the database files; undefined keeps the tables in memory. */
  readonly directory: string | undefined;
  /** Java heap ceiling, MiB. */
  readonly heapMb?: number;
  /** Called when the process ends without `stop` having been called. */
  readonly onExit: (message: string) => void;
}

/** DynamoDB Local, running. */
export interface Engine {
  readonly port: number;
  /** Process id of Java itself. */
  readonly pid: number;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/**
 * Keeps Java's life bound to ours: the shell's standard input is a pipe that closes however this process ends,
 * kill -9 included, and the shell then kills Java.
 */
const GUARD =
  'exec 3<&0; "$@" </dev/null 3<&- & pid=$!; echo "engine pid $pid"; ' +
  '(read -r _ <&3; kill -9 "$pid") 2>/dev/null & guard=$!; wait "$pid"; kill "$guard"';

/**
 * Starts DynamoDB Local on a free port of 127.0.0.1. Its own runner has no bind option and listens on every interface,
 * so that it is assembled by Jetty's XML configuration instead. Resolves when it listens (about half a second).
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const emulator = join(
    dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')),
    'emulator',
  );
  const work = options.directory ?? mkdtempSync(join(tmpdir(), 'local-cloud-dynamodb-'));
  mkdirSync(work, { recursive: true });
  endStaleEngine(work);
  const configuration = join(work, 'jetty.xml');
  writeFileSync(configuration, jettyXml(options.directory));
  const java = [
    'java',
    `-Xmx${options.heapMb ?? 384}m`,
    '-XX:+UseSerialGC',
    '-Dorg.eclipse.jetty.util.log.class=org.eclipse.jetty.util.log.StdErrLog',
    '-Dorg.eclipse.jetty.LEVEL=INFO',
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-cp',
    `DynamoDBLocal.jar${delimiter}${join('DynamoDBLocal_lib', '*')}`,
    'org.eclipse.jetty.xml.XmlConfiguration',
    configuration,
  ];
  const guarded = process.platform !== 'win32';
  const [command = '', ...args] = guarded ? ['sh', '-c', GUARD, 'sh', ...java] : java;
  const child = spawn(command, args, {
    cwd: emulator,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in a terminal would otherwise end the engine under work that still comes to its end.
    detached: guarded,
  });
  const kill = () => child.stdin.end();
  process.once('exit', kill);
  try {
    const { port, pid } = await untilListening(child, guarded);
    writeFileSync(join(work, 'engine.pid'), String(pid));
    let stopping = false;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    void ended.then(() => {
      process.removeListener('exit', kill);
      if (!stopping) options.onExit('the DynamoDB engine ended unexpectedly');
    });
    return {
      port,
      pid,
      async stop() {
        stopping = true;
        if (guarded) child.stdin.end();
        else child.kill();
        await ended;
        rmSync(join(work, 'engine.pid'), { force: true });
        if (options.directory === undefined) rmSync(work, { recursive: true, force: true });
      },
    };
  } catch (error) {
    child.stdin.end();
    child.kill();
    process.removeListener('exit', kill);
    throw error;
  }
}

function untilListening(child: ChildProcess, guarded: boolean): Promise<{ port: number; pid: number }> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    let pid = guarded ? undefined : child.pid;
    let port: number | undefined;
    const fail = (message: string) => {
      clearTimeout(timer);
      reject(new EngineStartError(message));
    };
    const timer = setTimeout(
      () =>
        fail(`the DynamoDB engine did not start within ${START_TIMEOUT_MS / 1000} s:\n${last.join('\n')}`),
      START_TIMEOUT_MS,
    );
    const read = (line: string) => {
      const pidLine = /^engine pid (\d+)$/.exec(line);
      if (pidLine !== null) pid = Number(pidLine[1]);
      const portLine = /Started ServerConnector@.*\{127\.0\.0\.1:(\d+)\}/.exec(line);
      if (portLine !== null) port = Number(portLine[1]);
      if (last.push(line) > 20) last.shift();
      if (/java: (command )?not found|No such file or directory.*java/.test(line)) fail(NO_JAVA);
      if (pid !== undefined && port !== undefined) {
        clearTimeout(timer);
        resolve({ port, pid });
      }
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read);
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ENOENT' ? NO_JAVA : `the DynamoDB engine did not start: ${error.message}`),
    );
    child.once('exit', () => fail(`the DynamoDB engine ended while starting:\n${last.join('\n')}`));
  });
}

const NO_JAVA =
  'Java is missing: DynamoDB Local needs a Java runtime, version 17 or later (Debian: default-jre-headless).';

/** Ends an engine left on these files, which Windows or a frozen shell may leave behind. */
function endStaleEngine(work: string): void {
  const file = join(work, 'engine.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  rmSync(file, { force: true });
  if (!Number.isSafeInteger(pid) || pid <= 1 || process.platform === 'win32') return;
  try {
    const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    if (command.includes(join(work, 'jetty.xml'))) process.kill(pid, 'SIGKILL');
  } catch {
    // No such process (ps answers 1) or no ps: nothing left to end.
  }
}

/** CORS headers are left out on purpose: a page of another origin has no business with the engine. */
function jettyXml(directory: string | undefined): string {
  const path = directory === undefined ? '<Arg/>' : `<Arg type="String">${escapeXml(directory)}</Arg>`;
  return `<?xml version="1.0"?>
<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">
<Configure id="Server" class="org.eclipse.jetty.server.Server">
  <Call name="addConnector"><Arg>
    <New class="org.eclipse.jetty.server.ServerConnector">
      <Arg name="server"><Ref refid="Server"/></Arg>
      <Set name="host">127.0.0.1</Set>
      <Set name="port">0</Set>
      <Set name="idleTimeout">600000</Set>
    </New>
  </Arg></Call>
  <Set name="handler">
    <New class="com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler">
      <Arg><New class="com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler">
        <Arg type="int">0</Arg>
        <Arg type="boolean">${directory === undefined}</Arg>
        ${path}
        <Arg type="boolean">true</Arg>
        <Arg type="boolean">false</Arg>
      </New></Arg>
      <Arg/>
    </New>
  </Set>
</Configure>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
