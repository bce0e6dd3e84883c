/** A row of a text file, without its end, and its number from 1. */
export interface TextRow {
  readonly text: string;
  readonly fileLine: number;
}

/** The rows of a text that comes in pieces, whatever ends them: CR LF, LF, or CR alone. */
export async function* textRows(chunks: AsyncIterable<string>): AsyncGenerator<TextRow> {
  let fileLine = 0;
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + chunk;
    // A carriage return at the end may be half of the end of a row.
    const held = text.endsWith('\r') ? 1 : 0;
    const rows = text.slice(0, text.length - held).split(/\r\n|\n|\r/);
    rest = (rows.pop() ?? '') + text.slice(text.length - held);
    for (const row of rows) yield { text: row, fileLine: ++fileLine };
  }
  for (const row of rest.replace(/\r$/, '').split('\r'))
    if (row !== '') yield { text: row, fileLine: ++fileLine };
}
