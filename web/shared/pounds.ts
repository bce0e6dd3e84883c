/** Pounds as people type them (`850`, `850.50`, `£1,200`) in pence; `NaN` where they are none. */
export function penceOf(pounds: string): number {
  const match = /^£?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/.exec(pounds.trim());
  if (match === null) return Number.NaN;
  return Number((match[1] ?? '').replaceAll(',', '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Pence as a field for pounds has them: `85000` -> `850.00`. */
export const poundsOf = (pence: number): string => (pence / 100).toFixed(2);
