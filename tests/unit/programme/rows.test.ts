import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { refusalWords } from '../../../functions/operations/import-words.ts';
import { readAwards } from '../../../functions/programme/existing-awards.ts';
import type { RegisterSchool } from '../../../functions/programme/model.ts';
import {
  decoded,
  NotUtf8Error,
  readRegister,
  UnreadableRegisterError,
} from '../../../functions/programme/register-rows.ts';
import {
  dayCell,
  listCell,
  parseRow,
  type RowRefusal,
  RowRefusedError,
  rowsOf,
  takeRows,
} from '../../../functions/programme/rows.ts';
import { RefusedError } from '../../../functions/shared/runtime/errors.ts';

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}
async function collect(texts: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const text of texts) all.push(text);
  return all;
}
async function register(...texts: string[]) {
  const schools: RegisterSchool[] = [];
  const refused: RowRefusal[] = [];
  await readRegister(
    pieces(...texts),
    (school) => schools.push(school),
    (refusal) => refused.push(refusal),
  );
  return { schools, refused };
}
const header = 'urn,name,town,postcode,open_date,close_date\n';

describe('a register of schools', () => {
  it('is taken row by row, whatever pieces it comes in, refusing what is no school with its line', async () => {
    const text = `${header}100001,"Oak, Ash and Elm School",York,YO1 1AA,,\nabc,Nowhere School,,,,\n100002,,Bath,,,\n100001,Oak again,York,,,\n100003,Ysgol Tŷ Gwyn,Caerdydd,CF5 4AB,01-09-1990,31-08-2012\n`;
    for (const size of [7, 1000]) {
      const parts = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
      const { schools, refused } = await register(...parts);
      expect(schools.map(({ urn, name, closeDate }) => [urn, name, closeDate])).toEqual([
        ['100001', 'Oak, Ash and Elm School', ''],
        ['100003', 'Ysgol Tŷ Gwyn', '31-08-2012'],
      ]);
      expect(refused.map(({ line, code }) => [line, code])).toEqual([
        [3, 'urn-malformed'],
        [4, 'cell-empty'],
        [5, 'urn-twice'],
      ]);
    }
  });

  it("takes the columns of the government's register", async () => {
    const { schools } = await register(
      'URN,LA (name),EstablishmentName,OpenDate,CloseDate,PhaseOfEducation (name),Town,Postcode,NumberOfPupils,PercentageFSM,Trusts (name)\n',
      '100001,Camden,Oak School,,,Primary,London,NW1 1AA,210,24.5,Oak Trust\n100002,Camden,Ash School,,,Primary,London,NW1 1AB,,SUPP,\n',
    );
    expect(schools).toEqual([
      expect.objectContaining({
        localAuthority: 'Camden',
        phase: 'Primary',
        trust: 'Oak Trust',
        pupils: 210,
        fsmPercent: 24.5,
      }),
      expect.objectContaining({ pupils: null, fsmPercent: null }),
    ]);
  });

  it('is refused whole where it lacks columns, is empty, or is no CSV', async () => {
    const codeOf = (text: string) =>
      register(text).then(
        () => 'taken',
        (error: unknown) => (error instanceof UnreadableRegisterError ? error.code : error),
      );
    expect(await codeOf('urn,name\n1,2\n')).toBe('csv-columns');
    expect(await codeOf('')).toBe('csv-empty');
    expect(await codeOf(`${header}100001,"never closed`)).toBe('csv-unreadable');
  });

  it('is read as Windows-1252 where it is not UTF-8', async () => {
    async function* bytes() {
      yield new Uint8Array([...Buffer.from('St Mary'), 0x92, 0x73]);
    }
    const all = async (text: AsyncIterable<string>) => (await collect(text)).join('');
    await expect(all(decoded(bytes(), 'utf-8'))).rejects.toThrow(NotUtf8Error);
    expect(await all(decoded(bytes(), 'windows-1252'))).toBe('St Mary’s');
  });
});

describe('the rows of a CSV', () => {
  it('know their lines, quoted line breaks included', () => {
    expect(
      rowsOf('\uFEFFEmail,Name\na@example.org,"Two\nlines"\n\nb@example.org,B\n', ['email'], 10),
    ).toEqual([
      { line: 3, values: { email: 'a@example.org', name: 'Two\nlines' } },
      { line: 5, values: { email: 'b@example.org', name: 'B' } },
    ]);
  });

  it('refuse the file whole where a column is missing, nothing is there, or there is too much', () => {
    const codeOf = (text: string) => {
      try {
        rowsOf(text, ['email'], 1);
        return 'taken';
      } catch (error) {
        return error instanceof RefusedError ? error.code : String(error);
      }
    };
    expect(codeOf('name\nx\n')).toBe('csv-columns');
    expect(codeOf('email\n')).toBe('csv-empty');
    expect(codeOf('email\na\nb\n')).toBe('csv-too-long');
    expect(codeOf('email\na\n')).toBe('taken');
  });

  it('are taken one by one: a refused one stops no other', async () => {
    const rows = rowsOf('n\n1\n2\n3\n4\n', ['n'], 10);
    const result = await takeRows(
      rows,
      (row) => row.values.n ?? '',
      async (row) => {
        if (row.values.n === '2') throw new RowRefusedError('column', { column: 'n', problem: 'two' });
        if (row.values.n === '3') throw new RefusedError('unknown-hub', { values: { hubId: 'H' } });
        return row.values.n === '1';
      },
    );
    expect(result).toEqual({
      accepted: 1,
      unchanged: 1,
      refused: [
        { line: 3, code: 'column', values: { column: 'n', problem: 'two' } },
        { line: 4, code: 'unknown-hub', values: { hubId: 'H' } },
      ],
    });
  });
});

describe('a cell that cannot be taken', () => {
  const schema = z.object({
    email: z.email(),
    name: z.string().min(1).max(9),
    level: z.enum(['PSQM', 'GILT']),
    levels: listCell.pipe(z.array(z.enum(['PSQM', 'GILT']))),
    day: dayCell,
    count: z.string().transform(Number).pipe(z.number().int().positive()),
    id: z.string().regex(/^[A-Z]+$/, 'cell-no-id'),
  });
  const good = {
    email: 'a@example.org',
    name: 'A',
    level: 'GILT',
    levels: '',
    day: '2026-01-31',
    count: '2',
    id: 'A',
  };
  const refusal = (change: Record<string, string>, language: 'en' | 'cy' = 'en') => {
    try {
      parseRow(schema, { line: 7, values: { ...good, ...change } });
      return 'taken';
    } catch (error) {
      if (!(error instanceof RowRefusedError)) throw error;
      const { code, values } = error;
      return refusalWords(language).row({ line: 7, code, values });
    }
  };

  it.each([
    ['email', 'nobody', 'Column email: "nobody" is no email address. Write it like name@example.org.'],
    ['email', '', 'Column email is empty. Fill it in.'],
    ['name', 'far too long', 'Column name is longer than 9 characters. Shorten it.'],
    ['level', 'GOLD', 'Column level: "GOLD" is not one of PSQM, GILT.'],
    ['levels', 'PSQM GOLD', 'Column levels: "PSQM GOLD" is not one of PSQM, GILT.'],
    ['day', '31/31/2026', 'Column day: "31/31/2026" is no date. Write it like 2023-09-01 or 01/09/2023.'],
    ['count', 'ten', 'Column count: "ten" is no whole number that it can take. Write digits only, like 10.'],
    ['count', '0', 'Column count: "0" is no whole number that it can take. Write digits only, like 10.'],
    ['count', '1.5', 'Column count: "1.5" is no whole number that it can take. Write digits only, like 10.'],
    ['id', 'a b', 'Column id: "a b" cannot be an id. Use letters, digits and hyphens, at most 41.'],
  ])('%s %j is refused in words', (column, value, reason) => {
    expect(refusal({ [column]: value })).toEqual({ line: 7, reason });
  });

  it('is refused in Welsh too, and a good row is taken', () => {
    expect(refusal({ email: 'nobody' }, 'cy')).toMatchObject({
      reason: expect.stringContaining('Colofn email'),
    });
    expect(refusal({})).toBe('taken');
  });

  it('of a file that is no CSV is named by its line', () => {
    expect(() => rowsOf('email\na\n"b\n', ['email'], 9)).toThrow(
      expect.objectContaining({ code: 'csv-unreadable', values: { line: expect.any(Number) } }),
    );
  });
});

describe('existing awards', () => {
  const known = {
    find: (urn: string) =>
      urn === '100001'
        ? {
            urn,
            name: 'Oak School',
            town: 'York',
            postcode: '',
            openDate: '',
            closeDate: '',
            phase: '',
            localAuthority: '',
            trust: '',
            pupils: null,
            fsmPercent: null,
          }
        : undefined,
  };

  it('are numbered by school, day and level, and refused by line', () => {
    const rows = rowsOf(
      'urn,level,round_label,awarded_on,expires_on\n100001,gilt,Round 16 - Spring 2018-2019,01/10/2019,2022-09-30\n999999,PSQM,R,2019-10-01,2022-09-30\n100001,PLATINUM,R,2019-10-01,2022-09-30\n100001,PSQM,R,2022-10-01,2019-09-30\n',
      ['urn'],
      10,
    );
    const { awards, refused } = readAwards(rows, known);
    expect(awards).toEqual([
      expect.objectContaining({
        certificateNumber: 'PRIOR-100001-2019-10-01-GILT',
        schoolId: 'URN-100001',
        schoolName: 'Oak School',
        awardedOn: '2019-10-01',
        expiresOn: '2022-09-30',
      }),
    ]);
    expect(refused.map(({ line, code }) => [line, code])).toEqual([
      [3, 'unknown-urn'],
      [4, 'cell-not-among'],
      [5, 'expires-before-awarded'],
    ]);
  });
});
