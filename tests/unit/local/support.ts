import { Activity } from '../../../local/core/activity.ts';
import { Clock } from '../../../local/core/clock.ts';
import { Journal } from '../../../local/core/journal.ts';
import type { Caller, CloudContext, ServiceCall } from '../../../local/core/service.ts';
import { createGateway } from '../../../local/gateway/registry.ts';

export const ROOT: Caller = { kind: 'root' };

export interface TestCloud extends CloudContext {
  readonly lines: string[];
}

/** A cloud without services, in memory or in a directory; its clock simulated from an instant, or real. */
export function testCloud(from: string | 'real', dataDir?: string): TestCloud {
  const journal = new Journal(dataDir);
  const activity = new Activity();
  const lines: string[] = [];
  return {
    account: '000000000000',
    region: 'eu-west-2',
    dataDir,
    journal,
    clock: new Clock(journal, activity, from === 'real' ? {} : { simulatedFrom: Date.parse(from) }),
    activity,
    gateway: createGateway(),
    lines,
    log: (source, message) => lines.push(`${source}: ${message}`),
  };
}

export interface Recorded extends ServiceCall {
  /** ISO, by the cloud's clock. */
  readonly at: string;
}

/** Registers a service that records its calls and answers with what `answer` returns or throws. */
export function recordingService(
  cloud: CloudContext,
  name: string,
  answer: (call: ServiceCall, count: number) => Record<string, unknown> = () => ({}),
): Recorded[] {
  const calls: Recorded[] = [];
  cloud.gateway.register({
    name,
    async call(action, input, caller) {
      const call = { service: name, action, input, caller };
      calls.push({ ...call, at: new Date(cloud.clock.now()).toISOString() });
      return answer(call, calls.length);
    },
  });
  return calls;
}

export function call(
  cloud: CloudContext,
  service: string,
  action: string,
  input: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  return cloud.gateway.call({ service, action, input, caller: ROOT });
}
