import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  lambdaFunction,
  MINUTE,
  role,
  START,
  startTestCloud,
  type TestCloud,
  temporaryDirectory,
  writeAssembly,
} from './support.ts';

const oneAnswer = z.object({ status: z.number(), type: z.string().nullish(), text: z.string() });
const answers = z.object({
  given: oneAnswer,
  patient: oneAnswer,
  plain: oneAnswer,
  elsewhere: z.string(),
  answered: z.boolean(),
});

const directory = temporaryDirectory();
let test: TestCloud;

const code = {
  esm: {
    'index.mjs': `
let count = 0;
export const handler = async (event, context) => {
  count++;
  if (event.log) console.log('hello %s', event.log);
  if (event.fail) { const error = new Error(event.fail); error.name = 'SchoolClosedError'; throw error; }
  if (event.reject) { Promise.reject(new Error('nobody waits for me')); await new Promise((r) => setTimeout(r, 200)); }
  if (event.exit) process.exit(3);
  if (event.throwText) throw 'just text';
  if (event.big) return 'x'.repeat(7 * 1024 * 1024);
  if (event.spin) for (;;) {}
  if (event.eat) { const kept = []; for (;;) kept.push(new Array(1e5).fill(Math.random())); }
  return {
    count, now: Date.now(), text: new Date().toISOString(), fromNumber: new Date(0).toISOString(),
    isDate: new Date() instanceof Date, same: new Date().constructor === Date,
    name: context.functionName, id: context.awsRequestId, memory: context.memoryLimitInMB,
    remaining: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn,
    region: process.env.AWS_REGION, own: process.env.OWN, endpoint: process.env.AWS_ENDPOINT_URL,
    home: process.env.HOME ?? null,
  };
};`,
  },
  cjs: { 'index.js': 'exports.handler = async () => ({ kind: typeof module });' },
  callback: { 'index.js': 'exports.handler = (event, context, callback) => callback(null, 1);' },
  broken: { 'index.mjs': "throw new TypeError('cannot start');" },
  nothing: { 'index.mjs': 'export const other = 1;' },
  flaky: {
    'index.mjs': `
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
export const handler = async (event) => {
  const times = existsSync(event.file) ? JSON.parse(readFileSync(event.file, 'utf8')) : [];
  times.push(Date.now());
  writeFileSync(event.file, JSON.stringify(times));
  if (times.length <= event.failures) throw new Error('attempt ' + times.length);
  return 'done';
};`,
  },
  calling: {
    'index.mjs': `
import { createServer, request } from 'node:http';
const answerOf = (response) => new Promise((resolve) => {
  const parts = [];
  response.on('data', (part) => parts.push(part));
  response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], text: Buffer.concat(parts).toString() }));
});
const ask = (to, ...parts) => new Promise((resolve, reject) => {
  const asked = request(to, (response) => resolve(answerOf(response)));
  asked.on('error', reject);
  const send = () => { for (const part of parts) asked.write(part); asked.end(); };
  if (to.headers?.Expect === undefined) send(); else asked.on('continue', send);
});
export const handler = async ({ method, path, headers, text }) => {
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
  const to = { host: hostname, port: Number(port), method, path, headers };
  const parts = [text, Buffer.from(text), text].filter((part) => part.length > 0);
  const given = await ask(to, ...parts);
  const patient = await ask({ ...to, headers: { ...headers, Expect: '100-continue' } }, ...parts);
  const plain = await fetch(process.env.AWS_ENDPOINT_URL + path, { method, headers, ...(method === 'GET' ? {} : { body: text + text + text }) });
  const server = createServer((asked, response) => asked.pipe(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const elsewhere = await ask({ host: '127.0.0.1', port: server.address().port, method: 'POST' }, 'else', 'where');
  server.close();
  let answered = false;
  const given2 = request(to, () => { answered = true; });
  given2.end();
  given2.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { given, patient, elsewhere: elsewhere.text, answered,
    plain: { status: plain.status, type: plain.headers.get('content-type'), text: await plain.text() } };
};`,
  },
  slow: { 'index.mjs': 'export const handler = () => new Promise((r) => setTimeout(() => r(1), 300));' },
};

beforeAll(async () => {
  const assemblyDir = writeAssembly(
    `${directory.path}/cdk.out`,
    {
      App: {
        Resources: {
          Role: role(),
          Esm: lambdaFunction('esm', {
            Timeout: 1,
            MemorySize: 128,
            Environment: { Variables: { OWN: 'yes' } },
          }),
          Cjs: lambdaFunction('cjs'),
          Calling: lambdaFunction('calling'),
          Callback: lambdaFunction('callback'),
          Broken: lambdaFunction('broken'),
          Nothing: lambdaFunction('nothing'),
          Flaky: lambdaFunction('flaky'),
          FlakyConfig: {
            Type: 'AWS::Lambda::EventInvokeConfig',
            Properties: {
              FunctionName: { Ref: 'Flaky' },
              Qualifier: '$LATEST',
              DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } },
            },
          },
          Slow: lambdaFunction('slow', { ReservedConcurrentExecutions: 1 }),
          Inline: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              Code: { ZipFile: 'exports.handler = async (event) => event.n * 2;' },
              Handler: 'index.handler',
              Runtime: 'nodejs22.x',
              Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            },
          },
          Failed: { Type: 'AWS::SQS::Queue', Properties: {} },
        },
      },
    },
    code,
  );
  test = await startTestCloud({ assemblyDir });
});
afterAll(async () => {
  await test?.cloud.stop();
  directory.remove();
});

describe('a function that calls the cloud', () => {
  const withoutId = (text: string): string =>
    text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|(?<=<RequestId>)\w+/g, '');

  it.each([
    ['GET', '/_local/statistics-of-nothing?x=1', {}, ''],
    ['GET', '/no-such-bucket/key?list-type=2', {}, ''],
    ['PUT', '/no-such-bucket/key', { 'content-type': 'text/plain' }, 'Tŷ '],
    ['POST', '/', { 'x-amz-target': 'DynamoDB_20120810.GetItem' }, '{}'],
  ])('is answered as over a socket: %s %s', async (method, path, headers, text) => {
    const { payload, error } = await test.invoke('App-Calling', { method, path, headers, text });
    expect(error).toBeUndefined();
    const { given, patient, plain, elsewhere, answered } = answers.parse(payload);
    expect(given.status).toBeGreaterThan(0);
    for (const each of [given, patient])
      expect({ ...each, text: withoutId(each.text) }).toEqual({ ...plain, text: withoutId(plain.text) });
    expect(elsewhere).toBe('elsewhere');
    expect(answered, 'a request that was given up').toBe(false);
  });
});

describe('a function', () => {
  it('runs its bundle with its environment, its role and the cloud clock', async () => {
    const { payload, error } = await test.invoke('App-Esm', {});
    expect(error).toBeUndefined();
    expect(payload).toMatchObject({
      now: START,
      text: '2031-03-01T09:00:00.000Z',
      fromNumber: '1970-01-01T00:00:00.000Z',
      isDate: true,
      same: true,
      name: 'App-Esm',
      memory: '128',
      arn: 'arn:aws:lambda:eu-west-2:000000000000:function:App-Esm',
      region: 'eu-west-2',
      own: 'yes',
      endpoint: test.cloud.endpoint,
      home: null,
    });
    expect(payload.remaining).toBeGreaterThan(0);
    expect(payload.remaining).toBeLessThanOrEqual(1000);
  });

  it('is used warm again', async () => {
    const first = await test.invoke('App-Esm', {});
    const second = await test.invoke('App-Esm', {});
    expect(second.payload.count).toBe(first.payload.count + 1);
    expect(second.payload.id).not.toBe(first.payload.id);
  });

  it('may be CommonJS, also below a package of ES modules, or inline', async () => {
    expect((await test.invoke('App-Cjs', {})).payload).toEqual({ kind: 'object' });
    expect((await test.invoke('App-Inline', { n: 21 })).payload).toBe(42);
  });

  it('answers what it throws as AWS does', async () => {
    const { error, payload } = await test.invoke('App-Esm', { fail: 'closed in 2019' });
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'SchoolClosedError', errorMessage: 'closed in 2019' });
    expect(payload.trace[0]).toBe('SchoolClosedError: closed in 2019');
    expect((await test.invoke('App-Esm', { throwText: true })).payload).toEqual({
      errorType: 'string',
      errorMessage: 'just text',
      trace: [],
    });
  });

  it('ends with its time-out, and the next invocation runs', async () => {
    const { error, payload } = await test.invoke('App-Esm', { spin: true });
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe('Sandbox.Timedout');
    expect(payload.errorMessage).toMatch(
      /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
    );
    expect((await test.invoke('App-Esm', {})).payload.count).toBe(1);
  });

  it('ends at its memory ceiling without harm to the rest', async () => {
    const { error, payload } = await test.invoke('App-Esm', { eat: true });
    expect(error).toBe('Unhandled');
    expect(['Runtime.OutOfMemory', 'Sandbox.Timedout']).toContain(payload.errorType);
    expect((await test.invoke('App-Esm', {})).error).toBeUndefined();
  });

  it('ends where it exits or leaves a rejection', async () => {
    expect((await test.invoke('App-Esm', { exit: true })).payload.errorType).toBe('Runtime.ExitError');
    expect((await test.invoke('App-Esm', { reject: true })).payload.errorType).toBe(
      'Runtime.UnhandledPromiseRejection',
    );
  });

  it('reports what keeps it from starting', async () => {
    expect((await test.invoke('App-Broken', {})).payload).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'cannot start',
    });
    expect((await test.invoke('App-Nothing', {})).payload.errorType).toBe('Runtime.HandlerNotFound');
    expect((await test.invoke('App-Callback', {})).payload.errorType).toBe(
      'Runtime.CallbackHandlerDeprecated',
    );
  });

  it('keeps to the payload limits', async () => {
    expect((await test.invoke('App-Esm', { big: true })).payload.errorType).toBe(
      'Function.ResponseSizeTooLarge',
    );
    await expect(test.invoke('App-Esm', { text: 'x'.repeat(6 * 1024 * 1024) })).rejects.toMatchObject({
      code: 'RequestTooLargeException',
      status: 413,
    });
    await expect(
      test.call('lambda', 'Invoke', { FunctionName: 'App-Esm', Payload: 'not json' }),
    ).rejects.toMatchObject({ code: 'InvalidRequestContentException' });
    await expect(
      test.call('lambda', 'Invoke', {
        FunctionName: 'App-Esm',
        InvocationType: 'Event',
        Payload: JSON.stringify('x'.repeat(1024 * 1024)),
      }),
    ).rejects.toMatchObject({ code: 'RequestTooLargeException' });
  });

  it('is refused beyond its reserved concurrency', async () => {
    const both = await Promise.allSettled([test.invoke('App-Slow', {}), test.invoke('App-Slow', {})]);
    const refused = both.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'TooManyRequestsException', status: 429 });
  });

  it('is not found under another name', async () => {
    await expect(test.invoke('nobody', {})).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:eu-west-2:000000000000:function:nobody',
    });
  });

  it('writes its console to its log group', async () => {
    await test.invoke('App-Esm', { log: 'world' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const lines = test.cloud.services.logs.latest('/aws/lambda/App-Esm');
    expect(
      lines.some((line) => /^2031-03-01T09:00:00\.000Z\t[0-9a-f-]{36}\tINFO\thello world$/.test(line)),
    ).toBe(true);
  });
});

describe('an asynchronous invocation', () => {
  const event = async (payload: unknown) =>
    test.call('lambda', 'Invoke', {
      FunctionName: 'App-Flaky',
      InvocationType: 'Event',
      Payload: JSON.stringify(payload),
    });

  it('is tried again after one minute and after two more', async () => {
    const file = `${directory.path}/twice.json`;
    const began = test.cloud.context.clock.now();
    expect(await event({ file, failures: 2 })).toMatchObject({ StatusCode: 202 });
    await test.cloud.context.clock.advanceTo(began + 10 * MINUTE);
    const { readFileSync } = await import('node:fs');
    const times = JSON.parse(readFileSync(file, 'utf8'));
    expect(times).toEqual([began, began + MINUTE, began + 3 * MINUTE]);
  });

  it('ends in the on-failure destination when its retries are used up', async () => {
    const file = `${directory.path}/never.json`;
    await event({ file, failures: 9 });
    await test.cloud.context.clock.advanceTo(test.cloud.context.clock.now() + 10 * MINUTE);
    const output = (await test.call('sqs', 'ReceiveMessage', {
      QueueUrl: 'https://sqs.eu-west-2.amazonaws.com/000000000000/App-Failed',
    })) as { Messages: { Body: string }[] };
    const record = JSON.parse(output.Messages[0]!.Body);
    expect(record).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { failures: 9 },
      responsePayload: { errorType: 'Error', errorMessage: 'attempt 3' },
    });
    expect(test.cloud.services.lambda.asynchronousQueue()).toBe(0);
  });
});
