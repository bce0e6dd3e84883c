import { startCloud } from '../../../local/cloud.ts';

// A cloud in a process of its own, so that a test can kill it: prints its endpoint and keys as one line of JSON.
const [assemblyDir = '', dataDir = '', simulatedFrom = '0'] = process.argv.slice(2);
const cloud = await startCloud({ assemblyDir, dataDir, clock: { simulatedFrom: Number(simulatedFrom) } });
console.log(
  JSON.stringify({
    endpoint: cloud.endpoint,
    credentials: cloud.rootCredentials,
    java: cloud.services.dynamodb.enginePid(),
  }),
);
await cloud.stopped;
