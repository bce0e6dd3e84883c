import type { Activity } from './activity.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

/** Who makes a call: a role of the template, an AWS service acting by itself, the owner of the machine, or nobody known. */
export type Caller =
  | { readonly kind: 'role'; readonly roleArn: string }
  | { readonly kind: 'service'; readonly service: string; readonly sourceArn: string }
  | { readonly kind: 'root' }
  /** A request without a signature. */
  | { readonly kind: 'anonymous' };

/** One AWS API call in the SDK's shapes: service as in SigV4 ('dynamodb', 'states', 'lambda', 'events', 's3', 'ses', ...). */
export interface ServiceCall {
  readonly service: string;
  readonly action: string;
  readonly input: Record<string, unknown>;
  readonly caller: Caller;
}

/** What answers the calls of one AWS service; throws `ServiceError` as AWS would. Bytes are Uint8Array both ways. */
export interface Service {
  readonly name: string;
  call(action: string, input: Record<string, unknown>, caller: Caller): Promise<Record<string, unknown>>;
}

/**
 * The one way from any caller to any service, in process or over HTTP: the place where the caller is known and its
 * policies are evaluated.
 */
export interface Gateway {
  call(call: ServiceCall): Promise<Record<string, unknown>>;
  register(service: Service): void;
}

/** What every service of the local cloud is built on. */
export interface CloudContext {
  readonly account: string;
  readonly region: string;
  readonly dataDir: string | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly gateway: Gateway;
  /** One line about something a person watching may want to know; never thrown away silently. */
  log(source: string, message: string): void;
}
