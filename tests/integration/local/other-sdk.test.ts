import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCloud } from '../../../local/cloud.ts';
import { temporaryDirectory } from './support.ts';

const session = join(import.meta.dirname, 'python', 'session.py');
const hasSdk = spawnSync('python3', ['-c', 'import boto3']).status === 0;
if (!hasSdk) console.log('no AWS SDK for Python on this machine: its session is left out');

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

describe('the empty cloud', () => {
  it.runIf(hasSdk)('serves the AWS SDK of another language, from tables to pipes', async () => {
    const directory = temporaryDirectory();
    const lambdaPort = await freePort();
    const cloud = await startCloud({
      dataDir: directory.path,
      lambdaEndpoint: `http://127.0.0.1:${lambdaPort}`,
    });
    try {
      const { accessKeyId, secretAccessKey } = cloud.rootCredentials;
      const child = spawn('python3', [session, cloud.endpoint, String(lambdaPort)], {
        env: {
          ...process.env,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          // Neither the machine's own settings nor its proxies lead anywhere near.
          AWS_CONFIG_FILE: '/dev/null',
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
          NO_PROXY: '127.0.0.1',
        },
      });
      let told = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (part: Buffer) => {
          told += part.toString();
        });
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect(told.trim().split('\n').at(-1), told).toBe('all went well');
      expect(code).toBe(0);
    } finally {
      await cloud.stop();
      directory.remove();
    }
  });
});
