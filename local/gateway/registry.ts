import { ServiceError } from '../core/errors.ts';
import type { Caller, Gateway, Service, ServiceCall } from '../core/service.ts';

/** Calls of one action by one caller since the start. */
export interface CallCount {
  readonly service: string;
  readonly action: string;
  /** The role's ARN, `service:<name>`, or `root`. */
  readonly caller: string;
  calls: number;
  errors: number;
}

/** The gateway within the process, and what it knows of the calls that passed. */
export interface GatewayRegistry extends Gateway {
  service(name: string): Service | undefined;
  services(): readonly Service[];
  /** Counts a call that did not pass `call`, such as one proxied or read by a REST service. */
  count(service: string, action: string, caller: Caller | undefined, failed: boolean): void;
  callCounts(): readonly CallCount[];
}

/** How a caller appears in statistics and messages. */
export function describeCaller(caller: Caller | undefined): string {
  if (caller === undefined) return 'anonymous';
  switch (caller.kind) {
    case 'role':
      return caller.roleArn;
    case 'service':
      return `service:${caller.service}`;
    case 'root':
      return 'root';
  }
}

/** Creates the in-process gateway: every call of any caller to any service passes `call`. */
export function createGateway(): GatewayRegistry {
  const services = new Map<string, Service>();
  const counts = new Map<string, CallCount>();

  function count(service: string, action: string, caller: Caller | undefined, failed: boolean): void {
    const who = describeCaller(caller);
    const key = `${service}\n${action}\n${who}`;
    let entry = counts.get(key);
    if (entry === undefined) {
      entry = { service, action, caller: who, calls: 0, errors: 0 };
      counts.set(key, entry);
    }
    entry.calls++;
    if (failed) entry.errors++;
  }

  return {
    register(service) {
      if (services.has(service.name)) throw new Error(`service ${service.name} is registered twice`);
      services.set(service.name, service);
    },
    async call(call: ServiceCall) {
      const service = services.get(call.service);
      if (service === undefined) {
        throw new ServiceError('UnknownServiceException', `No local service answers ${call.service}.`, 404);
      }
      let failed = true;
      try {
        const output = await service.call(call.action, call.input, call.caller);
        failed = false;
        return output;
      } finally {
        count(call.service, call.action, call.caller, failed);
      }
    },
    service: (name) => services.get(name),
    services: () => [...services.values()],
    count,
    callCounts: () => [...counts.values()],
  };
}
