export interface ChangedField {
  readonly name: string;
  /** As JSON, texts without their quotes; undefined where there was nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The fields that differ between two records, given as JSON of what changed. */
export function changedFields(before: string, after: string): ChangedField[] {
  const was = fieldsOf(before);
  const is = fieldsOf(after);
  return [...new Set([...was.keys(), ...is.keys()])].map((name) => ({
    name,
    before: was.get(name),
    after: is.get(name),
  }));
}

function fieldsOf(json: string): Map<string, string> {
  const parsed: unknown = json === '' ? {} : JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null) return new Map();
  return new Map(
    Object.entries(parsed).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value, null, 1),
    ]),
  );
}
