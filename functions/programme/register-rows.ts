import { CsvError, parse as csvParser } from 'csv-parse';
import * as z from 'zod';
import { type RegisterSchool, registerSchool } from './model.ts';
import { lineOf, type RowRefusal } from './rows.ts';

/** Names of a column in the files that we know: our own and those of the government's register (domain.md 4.1). */
const columns: Readonly<Record<keyof RegisterSchool, readonly string[]>> = {
  urn: ['urn'],
  name: ['name', 'establishmentname'],
  town: ['town'],
  postcode: ['postcode'],
  openDate: ['open_date', 'opendate'],
  closeDate: ['close_date', 'closedate'],
  phase: ['phase', 'phaseofeducation (name)'],
  localAuthority: ['local_authority', 'la (name)'],
  trust: ['trust', 'trusts (name)'],
  pupils: ['pupils', 'numberofpupils'],
  fsmPercent: ['fsm_percent', 'percentagefsm'],
};
const needed: readonly (keyof RegisterSchool)[] = [
  'urn',
  'name',
  'town',
  'postcode',
  'openDate',
  'closeDate',
];

/** The file is no register: not CSV (`detail` is the line), or without the columns that it must have (which). */
export class UnreadableRegisterError extends Error {
  readonly code: 'csv-unreadable' | 'csv-columns' | 'csv-empty';
  readonly detail: string;
  constructor(code: UnreadableRegisterError['code'], detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'UnreadableRegisterError';
    this.code = code;
    this.detail = detail;
  }
}

const parsed = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number().int() }) });

/**
 * The schools of a register's CSV text as it streams, and the rows that are none with line and reason. Schools are
 * open (empty close date) or closed; a URN seen before is refused. Throws `UnreadableRegisterError`.
 */
export async function readRegister(
  text: AsyncIterable<string>,
  onSchool: (school: RegisterSchool) => void,
  onRefused: (refusal: RowRefusal) => void,
): Promise<void> {
  const parser = csvParser({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  let places: Map<keyof RegisterSchool, number> | undefined;
  const seen = new Set<string>();
  const feeding = feed(text, parser);
  try {
    for await (const row of parser) {
      const { record, info } = parsed.parse(row);
      if (places === undefined) {
        places = placesOf(record);
        continue;
      }
      const school = schoolOf(record, places, info.lines, onRefused);
      if (school === undefined) continue;
      if (seen.has(school.urn))
        onRefused({ line: info.lines, code: 'urn-twice', values: { urn: school.urn } });
      else onSchool(school);
      seen.add(school.urn);
    }
    await feeding;
  } catch (error) {
    parser.destroy();
    await feeding.catch(() => undefined);
    if (error instanceof UnreadableRegisterError) throw error;
    if (error instanceof CsvError) throw new UnreadableRegisterError('csv-unreadable', String(lineOf(error)));
    throw error;
  }
  if (places === undefined) throw new UnreadableRegisterError('csv-empty', '');
}

async function feed(text: AsyncIterable<string>, parser: ReturnType<typeof csvParser>): Promise<void> {
  for await (const piece of text) {
    if (parser.destroyed) return;
    if (!parser.write(piece)) {
      await new Promise<void>((resolve) => {
        parser.once('drain', resolve);
        parser.once('close', resolve);
      });
    }
  }
  parser.end();
}

function placesOf(header: readonly string[]): Map<keyof RegisterSchool, number> {
  const names = header.map((name) => name.toLowerCase());
  const places = new Map<keyof RegisterSchool, number>();
  for (const field of registerSchool.keyof().options) {
    const place = names.findIndex((name) => columns[field].includes(name));
    if (place >= 0) places.set(field, place);
  }
  const missing = needed.filter((field) => !places.has(field));
  if (missing.length > 0)
    throw new UnreadableRegisterError('csv-columns', missing.map((field) => columns[field][0]).join(', '));
  return places;
}

function schoolOf(
  record: readonly string[],
  places: ReadonlyMap<keyof RegisterSchool, number>,
  line: number,
  onRefused: (refusal: RowRefusal) => void,
): RegisterSchool | undefined {
  const cell = (field: keyof RegisterSchool): string => record[places.get(field) ?? -1] ?? '';
  const number = (field: 'pupils' | 'fsmPercent'): number | null => {
    const text = cell(field);
    const value = Number(text);
    return text === '' || !Number.isFinite(value) || value < 0 ? null : value;
  };
  const result = registerSchool.safeParse({
    urn: cell('urn'),
    name: cell('name'),
    town: cell('town'),
    postcode: cell('postcode'),
    openDate: cell('openDate'),
    closeDate: cell('closeDate'),
    phase: cell('phase'),
    localAuthority: cell('localAuthority'),
    trust: cell('trust'),
    pupils: number('pupils'),
    fsmPercent: number('fsmPercent'),
  });
  if (result.success) return result.data;
  const field = registerSchool.keyof().safeParse(result.error.issues[0]?.path[0]).data;
  onRefused({
    line,
    code: field === 'urn' ? 'urn-malformed' : 'cell-empty',
    values: { column: field === undefined ? '' : (columns[field][0] ?? field), urn: cell('urn') },
  });
  return undefined;
}

/**
 * Bytes as text: UTF-8, or Windows-1252 as the government's register is published (domain.md 4.1). Which one it is shows
 * only when a byte does not fit: then `NotUtf8Error` is thrown, and the caller begins again with the other.
 */
export async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  encoding: 'utf-8' | 'windows-1252',
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: encoding === 'utf-8' });
  for await (const chunk of bytes) yield decode(decoder, chunk);
  yield decode(decoder, undefined);
}

/** The bytes are not UTF-8. */
export class NotUtf8Error extends Error {
  constructor() {
    super('the file is not UTF-8');
    this.name = 'NotUtf8Error';
  }
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new NotUtf8Error();
  }
}
