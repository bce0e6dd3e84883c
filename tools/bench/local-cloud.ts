import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type LocalCloud, startCloud } from '../../local/cloud.ts';
import { median, timed } from './numbers.ts';

const ROLE = 'arn:aws:iam::000000000000:role/bench';
/** Executions that run at once while transitions are counted, and how often each goes round. */
const RUNNERS = 10;
const ROUNDS = 1_500;
/** Entered, taken and exited states of one round and of the beginning and end of the machine below. */
const STATES_A_ROUND = 2;
const STATES_BESIDE = 3;
const OPEN = [1, 100, 10_000] as const;
const RULES = 100;
const EVENTS = 3_000;
const INVOCATIONS = 1_000;
const COLD_STARTS = 12;
const CALLS = 1_500;

export interface LocalCloudFigures {
  /** State transitions a second, every one in the journal, with so many executions that wait. */
  readonly transitions: readonly { readonly open: number; readonly perSecond: number }[];
  /** Memory that the waiting executions took, and how many they are. */
  readonly waiting: { readonly executions: number; readonly megabytes: number };
  readonly lambda: {
    readonly warmPerSecond: number;
    readonly oneAfterTheOtherMs: number;
    readonly coldMs: number;
  };
  readonly events: { readonly rules: number; readonly perSecond: number };
  /** Milliseconds of a read: by the AWS SDK over the gateway, and of the engine alone; their difference is the gateway's and the SDK's. */
  readonly gateway: { readonly overGatewayMs: number; readonly engineMs: number };
}

/** Counts down from the `n` of its input: a machine that does nothing but go from state to state. */
const countDown = {
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    Begin: { Type: 'Pass', Assign: { n: '{% $states.input.n %}' }, Next: 'More' },
    More: { Type: 'Choice', Choices: [{ Condition: '{% $n > 0 %}', Next: 'Less' }], Default: 'End' },
    Less: { Type: 'Pass', Assign: { n: '{% $n - 1 %}' }, Next: 'More' },
    End: { Type: 'Succeed' },
  },
};
const waitAYear = {
  QueryLanguage: 'JSONata',
  StartAt: 'Rest',
  States: { Rest: { Type: 'Wait', Seconds: 31_000_000, End: true } },
};

/** Measures the local cloud on an empty, durable store of its own. */
export async function measureLocalCloud(): Promise<LocalCloudFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'psqm-bench-cloud-'));
  const cloud = await startCloud({ dataDir: join(directory, 'data'), log: () => undefined });
  try {
    const bench = new Bench(cloud, directory);
    const { transitions, waiting } = await bench.transitions();
    return {
      transitions,
      waiting,
      lambda: await bench.lambda(),
      events: await bench.events(),
      gateway: await bench.gateway(),
    };
  } finally {
    await cloud.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const created = z.object({ stateMachineArn: z.string() });
const started = z.object({ executionArn: z.string() });
const described = z.object({ status: z.string() });
const invoked = z.object({ StatusCode: z.literal(200), Payload: z.instanceof(Uint8Array) });

class Bench {
  readonly #cloud: LocalCloud;
  readonly #directory: string;

  constructor(cloud: LocalCloud, directory: string) {
    this.#cloud = cloud;
    this.#directory = directory;
  }

  #call(service: string, action: string, input: Record<string, unknown>): Promise<unknown> {
    return this.#cloud.context.gateway.call({ service, action, input, caller: { kind: 'root' } });
  }

  async #machine(name: string, definition: unknown): Promise<string> {
    const input = { name, definition: JSON.stringify(definition), roleArn: ROLE };
    return created.parse(await this.#call('states', 'CreateStateMachine', input)).stateMachineArn;
  }

  async #start(stateMachineArn: string, input: unknown = {}): Promise<string> {
    const answer = await this.#call('states', 'StartExecution', {
      stateMachineArn,
      input: JSON.stringify(input),
    });
    return started.parse(answer).executionArn;
  }

  async transitions(): Promise<Pick<LocalCloudFigures, 'transitions' | 'waiting'>> {
    const counting = await this.#machine('count-down', countDown);
    const waiting = await this.#machine('wait-a-year', waitAYear);
    await this.#countDown(counting);
    const figures: { open: number; perSecond: number }[] = [];
    let open = 0;
    let bytes = 0;
    for (const wanted of OPEN) {
      const before = process.memoryUsage().rss;
      for (; open < wanted; open++) await this.#start(waiting);
      bytes += process.memoryUsage().rss - before;
      const rates: number[] = [];
      for (let time = 0; time < 3; time++) rates.push(await this.#countDown(counting));
      figures.push({ open, perSecond: median(rates) });
    }
    return { transitions: figures, waiting: { executions: open, megabytes: bytes / 1e6 } };
  }

  /** Transitions a second of `RUNNERS` executions. */
  async #countDown(machine: string): Promise<number> {
    const { ms } = await timed(async () => {
      const arns = await Promise.all(
        Array.from({ length: RUNNERS }, () => this.#start(machine, { n: ROUNDS })),
      );
      for (const executionArn of arns) {
        for (;;) {
          const { status } = described.parse(
            await this.#call('states', 'DescribeExecution', { executionArn }),
          );
          if (status === 'SUCCEEDED') break;
          if (status !== 'RUNNING') throw new Error(`a count-down ended ${status}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    });
    return (RUNNERS * (ROUNDS * STATES_A_ROUND + STATES_BESIDE) * 1000) / ms;
  }

  async lambda(): Promise<LocalCloudFigures['lambda']> {
    const codeDirectory = join(this.#directory, 'code');
    mkdirSync(codeDirectory);
    writeFileSync(join(codeDirectory, 'index.mjs'), 'export const handler = async (event) => event;');
    const names = Array.from({ length: COLD_STARTS }, (_, index) => `bench-${index}`);
    for (const name of names) {
      this.#cloud.services.lambda.putFunction({
        name,
        arn: `arn:aws:lambda:eu-west-2:000000000000:function:${name}`,
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        codeDirectory,
        timeoutSeconds: 10,
        memoryMb: 128,
        environment: {},
        roleArn: ROLE,
        reservedConcurrency: undefined,
        logGroup: `/aws/lambda/${name}`,
        logFormat: 'JSON',
        deadLetterArn: undefined,
        description: '',
      });
    }
    const invoke = async (name: string): Promise<void> => {
      const answer = await this.#call('lambda', 'Invoke', { FunctionName: name, Payload: '{"n":1}' });
      const { Payload } = invoked.parse(answer);
      if (new TextDecoder().decode(Payload) !== '{"n":1}') throw new Error('a function answered otherwise');
    };
    const cold: number[] = [];
    for (const name of names) cold.push((await timed(() => invoke(name))).ms);
    const [name = ''] = names;
    const single: number[] = [];
    for (let index = 0; index < INVOCATIONS / 4; index++) single.push((await timed(() => invoke(name))).ms);
    let left = INVOCATIONS;
    const lane = async (): Promise<void> => {
      while (left-- > 0) await invoke(name);
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    left = INVOCATIONS;
    const { ms } = await timed(() => Promise.all([lane(), lane(), lane(), lane()]));
    return {
      warmPerSecond: (INVOCATIONS * 1000) / ms,
      oneAfterTheOtherMs: median(single),
      coldMs: median(cold),
    };
  }

  async events(): Promise<LocalCloudFigures['events']> {
    await this.#call('sqs', 'CreateQueue', { QueueName: 'bench' });
    for (let index = 0; index < RULES; index++) {
      await this.#call('events', 'PutRule', {
        Name: `rule-${index}`,
        EventPattern: JSON.stringify({
          source: ['bench'],
          'detail-type': [`Kind ${index}`],
          detail: { school: { phase: [{ prefix: 'Prim' }] }, pupils: [{ numeric: ['>', 10] }] },
        }),
      });
    }
    const entry = (index: number) => ({
      Source: 'bench',
      DetailType: `Kind ${index % (2 * RULES)}`,
      Detail: JSON.stringify({ school: { phase: 'Primary', name: `School ${index}` }, pupils: index }),
    });
    const { ms } = await timed(async () => {
      for (let from = 0; from < EVENTS; from += 10)
        await this.#call('events', 'PutEvents', {
          Entries: Array.from({ length: 10 }, (_, at) => entry(from + at)),
        });
    });
    return { rules: RULES, perSecond: (EVENTS * 1000) / ms };
  }

  async gateway(): Promise<LocalCloudFigures['gateway']> {
    const TableName = 'bench';
    await this.#call('dynamodb', 'CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });
    const Key = { pk: { S: 'a' } };
    await this.#call('dynamodb', 'PutItem', { TableName, Item: { ...Key, text: { S: 'x'.repeat(500) } } });
    const client = new DynamoDBClient({
      endpoint: this.#cloud.endpoint,
      region: 'eu-west-2',
      credentials: this.#cloud.rootCredentials,
    });
    const body = JSON.stringify({ TableName, Key });
    const bySdk = () => client.send(new GetItemCommand({ TableName, Key }));
    const byEngine = () => this.#cloud.services.dynamodb.forward('GetItem', body);
    const sdk: number[] = [];
    const engine: number[] = [];
    for (let index = 0; index < CALLS; index++) {
      sdk.push((await timed(bySdk)).ms);
      engine.push((await timed(byEngine)).ms);
    }
    client.destroy();
    return { overGatewayMs: median(sdk), engineMs: median(engine) };
  }
}
