export type Cell = string | number | null;

/**
 * A CSV (RFC 4180) with a byte order mark. What a payer wrote may begin like a formula; such a cell gets an apostrophe,
 * so that a spreadsheet shows it rather than runs it.
 */
export function csvOf(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string => {
    const text = value === null ? '' : String(value);
    const isAmount = /^-?\d+(\.\d+)?$/.test(text);
    const safe = !isAmount && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `\ufeff${[heads, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}
