/**
 * A CSV for spreadsheets: UTF-8 with a byte order mark, lines ended by CR LF. Cells that a spreadsheet would take for a
 * formula begin with an apostrophe (OWASP, CSV injection).
 */
export function csvOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `\uFEFF${[head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}
