import { ServiceError, UnsupportedError } from '../core/errors.ts';
import type { CloudContext, Service } from '../core/service.ts';
import type { RestRequest, RestResponse } from '../gateway/rest.ts';
import { answerInbox } from './inbox-pages.ts';
import type { InboxMessage } from './model.ts';
import { sendEmail, sendingIdentity } from './send.ts';
import { SesStore } from './store.ts';

export interface SesService extends Service {
  /** The REST API: `POST /v2/email/outbound-emails`. */
  handleHttp(request: RestRequest): Promise<RestResponse>;
  /** Kept mail after number `since` (0 for all), oldest first, at most `limit` messages. */
  inbox(since?: number, limit?: number): InboxMessage[];
  /** The inbox for people, as web pages below `base` (such as `/inbox/`). */
  handleInbox(request: Pick<RestRequest, 'method' | 'path' | 'query'>, base: string): RestResponse;
  saveIdentity(name: string): void;
  /** The identity that an address sends by: itself, its domain or a domain above; its domain where none is known. */
  sendingIdentity(address: string): string;
  saveConfigurationSet(name: string, settings: unknown): void;
  /** Totals of all kept mail, and what was refused since the start. */
  statistics(): { messages: number; recipients: number; bytes: number; bounced: number; refused: number };
}

/** SES v2 that sends nothing: what is sent is kept on disk and read in the inbox. */
export function createSesService(cloud: CloudContext): SesService {
  const store = new SesStore(cloud.journal);
  let refused = 0;
  return {
    name: 'ses',
    async call(action, input) {
      if (action !== 'SendEmail') throw new UnsupportedError(`ses ${action}`);
      try {
        return await sendEmail(cloud, store, input);
      } catch (error) {
        refused++;
        throw error;
      }
    },
    async handleHttp(request) {
      if (request.method !== 'POST' || request.path !== '/v2/email/outbound-emails') {
        throw new UnsupportedError(`ses ${request.method} ${request.path}`);
      }
      if (request.caller === undefined) {
        throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
      }
      const output = await cloud.gateway.call({
        service: 'ses',
        action: 'SendEmail',
        input: readJson(request.body),
        caller: request.caller,
      });
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(output),
      };
    },
    inbox: (since = 0, limit = 1000) => store.after(since, limit),
    handleInbox: (request, base) => answerInbox(store, request, base),
    saveIdentity: (name) => store.saveIdentity(name),
    sendingIdentity: (address) => sendingIdentity(store.identities(), address),
    saveConfigurationSet: (name, settings) => store.saveConfigurationSet(name, settings),
    statistics: () => ({ ...store.totals(), refused }),
  };
}

function readJson(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Answered below: what is no JSON is no object either.
  }
  throw new ServiceError('SerializationException', 'The request is not a JSON object.');
}
