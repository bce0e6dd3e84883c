const ISO_OFFSET =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Epoch milliseconds of an ISO-8601 extended offset date-time (the only form that a Wait takes: with `T`, with an
 * offset or `Z`, up to nanoseconds), or undefined where the text is none or names no real date or time.
 */
export function parseIsoTimestamp(text: string): number | undefined {
  const match = ISO_OFFSET.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > lastDay) return undefined;
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const milliseconds = (match[7] ?? '').padEnd(3, '0').slice(0, 3);
  const time = Date.parse(`${text.slice(0, 16)}:${match[6] ?? '00'}.${milliseconds}${match[8] ?? 'Z'}`);
  return Number.isNaN(time) ? undefined : time;
}

export function isIsoTimestamp(text: string): boolean {
  return parseIsoTimestamp(text) !== undefined;
}

/** Epoch seconds with milliseconds as fraction, as the JSON protocol carries timestamps. */
export function epochSeconds(milliseconds: number): number {
  return milliseconds / 1000;
}
