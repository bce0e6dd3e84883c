import { ServiceError } from '../core/errors.ts';
import type { Caller, Gateway, Service, ServiceCall } from '../core/service.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { hideMissing } from './hidden-objects.ts';

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
  /** Has every call pass `guard` from now on. */
  guardWith(guard: Guard): void;
  /** Lets a call that does not pass `call` through, or throws as AWS refuses it. */
  authorize(call: ServiceCall): void;
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
    case 'anonymous':
      return caller.kind;
  }
}

/** Lets a call pass or throws as AWS refuses it; where nothing guards, everything passes. */
export type Guard = Pick<Authorizer, 'authorize' | 'mayDo'>;

/** Creates the in-process gateway: every call of any caller to any service passes `call`, and the guard before it. */
export function createGateway(): GatewayRegistry {
  let guard: Guard | undefined;
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
        guard?.authorize(call);
        const output = await service.call(call.action, call.input, call.caller);
        failed = false;
        return output;
      } catch (error) {
        throw guard === undefined ? error : hideMissing(guard, call, error);
      } finally {
        count(call.service, call.action, call.caller, failed);
      }
    },
    guardWith(by) {
      guard = by;
    },
    authorize: (call) => guard?.authorize(call),
    service: (name) => services.get(name),
    services: () => [...services.values()],
    count,
    callCounts: () => [...counts.values()],
  };
}
