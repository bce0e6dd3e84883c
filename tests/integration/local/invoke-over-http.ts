import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** The hash that the SDK's signer wants, on Node's. */
export class Sha256 {
  readonly #hash;
  constructor(secret?: Uint8Array | string) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

export interface Target {
  readonly endpoint: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
}

/** Sends one signed request. */
export async function signedFetch(
  target: Target,
  service: string,
  path: string,
  headers: Record<string, string>,
  body: Uint8Array | string,
): Promise<Response> {
  const url = new URL(path, target.endpoint);
  const signer = new SignatureV4({
    credentials: target.credentials,
    region: 'eu-west-2',
    service,
    sha256: Sha256 as never,
  });
  const signed = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: url.hostname,
    path: url.pathname,
    query: {},
    headers: { host: url.host, ...headers },
    body,
  });
  return fetch(url, {
    method: 'POST',
    headers: signed.headers,
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
}

/** Invokes a function asynchronously over the endpoint. */
export async function invokeOverHttp(target: Target, name: string, event: unknown): Promise<void> {
  const response = await signedFetch(
    target,
    'lambda',
    `/2015-03-31/functions/${name}/invocations`,
    { 'x-amz-invocation-type': 'Event' },
    JSON.stringify(event),
  );
  if (response.status !== 202) throw new Error(await response.text());
}
