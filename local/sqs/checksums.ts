import { createHash } from 'node:crypto';
import type { MessageAttributes } from './model.ts';

/** MD5 in hexadecimal, as SQS answers it for bodies; SDKs compare it with their own. */
export function md5(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}

/**
 * The digest of message attributes that SDKs verify: for each name in order, name, data type and value, each preceded
 * by its length, with one byte that says whether the value is text or binary (SQS Developer Guide, "Calculating the
 * MD5 message digest for message attributes").
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (data: string | Uint8Array): void => {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, bytes.length);
    hash.update(new Uint8Array(length.buffer)).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    add(name);
    add(attribute.DataType);
    const binary = attribute.BinaryValue;
    hash.update(Uint8Array.of(binary === undefined ? 1 : 2));
    add(binary ?? attribute.StringValue ?? '');
  }
  return hash.digest('hex');
}
