import { isObject } from '../json.ts';

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Renames the members of a value, at every depth. */
function renameMembers(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameMembers(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [rename(name), renameMembers(item, rename)]),
  );
}

/** Members of the Step Functions API that are JSON texts: an integration may be given the value itself. */
const JSON_MEMBERS: readonly string[] = ['Input', 'Output', 'Definition'];

/** Step Functions' own API has camelCase members; integrations write them in PascalCase. */
export function toStatesInput(args: Record<string, unknown>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    const isText = JSON_MEMBERS.includes(name) && typeof value !== 'string';
    input[lowerFirst(name)] = isText ? JSON.stringify(value) : renameMembers(value, lowerFirst);
  }
  return input;
}

/** Step Functions' answer in PascalCase, its times as ISO texts. */
export function fromStatesOutput(output: Record<string, unknown>): Record<string, unknown> {
  const isTime = (name: string, value: unknown): value is number =>
    typeof value === 'number' && (name.endsWith('Date') || name === 'timestamp');
  const present = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(present);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        upperFirst(name),
        isTime(name, item) ? new Date(Math.round(item * 1000)).toISOString() : present(item),
      ]),
    );
  };
  const shown = present(output);
  return isObject(shown) ? shown : {};
}

/** What a service answers as the JSON that a state machine sees: bytes as text, times as ISO texts. */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toJson);
  if (!isObject(value)) return value === undefined ? null : value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, toJson(item)]),
  );
}

/** Headers as optimised integrations show them in their results. */
export interface Headers {
  readonly requestId: string;
  readonly length: number;
  readonly time: number;
  readonly contentType: string;
  /** Headers of this service alone. */
  readonly more?: Readonly<Record<string, string>>;
}

/** `SdkHttpMetadata` and `SdkResponseMetadata`, which optimised integrations add to their results. */
export function sdkMetadata({
  requestId,
  length,
  time,
  contentType,
  more,
}: Headers): Record<string, unknown> {
  const headers: Record<string, string> = {
    Connection: 'keep-alive',
    'Content-Length': String(length),
    'Content-Type': contentType,
    Date: new Date(time).toUTCString(),
    ...more,
    'x-amzn-RequestId': requestId,
  };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
