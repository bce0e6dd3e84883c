/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON type of a value, in the words of Step Functions' messages. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** Bytes of a text in UTF-8: what the service's size limits count. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Most bytes of a state's input, output or result, of a task's result, of what one `Assign` sets and of an execution's input. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** Most bytes of all variables of an execution. */
export const MAX_VARIABLES_BYTES = 10_485_760;
