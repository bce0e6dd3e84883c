import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { CommandError } from '../command-error.ts';
import type { Draw } from './draw.ts';

const row = z.object({
  urn: z.string().regex(/^\d{6,7}$/),
  name: z.string().min(1),
  town: z.string(),
  postcode: z.string(),
  open_date: z.string(),
  close_date: z.string(),
});
export type School = z.output<typeof row>;

/** Why an applicant must be refused. */
export type Flaw = 'CLOSED' | 'SECONDARY' | 'BAD_EMAIL' | 'BAD_POSTCODE' | 'TOO_EARLY' | 'AGAIN';

export interface Applicant {
  readonly school: School;
  readonly phase: 'PRIMARY' | 'INFANT' | 'JUNIOR' | 'FIRST';
  readonly flaw: Flaw | undefined;
}

const OTHER_PHASE =
  /secondary|high school|college|academy|grammar|upper|sixth|nursery|special|pupil referral|middle|university|prep|girls|boys|studio|technical|through/i;
const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i;

/** Reads a register in the shape of the open data (columns urn, name, town, postcode, open_date, close_date). */
export function readSchools(file: string): { schools: School[]; bytes: Uint8Array } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new CommandError(`--schools: there is no file ${file}`);
  }
  const rows: unknown = parse(bytes, {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  const schools = z
    .array(z.unknown())
    .parse(rows)
    .flatMap((each) => {
      const parsed = row.safeParse(each);
      return parsed.success ? [parsed.data] : [];
    });
  if (schools.length === 0) {
    throw new CommandError(
      `--schools: ${file} has no row with the columns urn, name, town, postcode, open_date, close_date`,
    );
  }
  return { schools, bytes };
}

/**
 * `count` schools that may take part and about 5 % more (at least one where there are any) that must be refused, each
 * with its flaw; drawn from the seed. Throws `CommandError` where the register has too few.
 */
export function chooseApplicants(schools: readonly School[], count: number, draw: Draw): Applicant[] {
  const shuffled = draw.shuffled(schools, 'applicants');
  const open = shuffled.filter(
    (school) =>
      school.close_date === '' && POSTCODE.test(school.postcode) && phaseOf(school.name) !== undefined,
  );
  const refusedCount = Math.max(1, Math.round(count * 0.05));
  if (open.length < count + refusedCount) {
    throw new CommandError(`--count ${count}: the register has only ${open.length} open primary schools`);
  }
  const eligible = open
    .slice(0, count)
    .map((school) => ({ school, phase: phaseOf(school.name) ?? 'PRIMARY', flaw: undefined }));
  const spare = open.slice(count);
  const closed = shuffled.filter((school) => school.close_date !== '' && phaseOf(school.name) !== undefined);
  const secondary = shuffled.filter(
    (school) => school.close_date === '' && /secondary|high school/i.test(school.name),
  );
  const flaws: readonly Flaw[] = ['CLOSED', 'BAD_POSTCODE', 'SECONDARY', 'TOO_EARLY', 'AGAIN', 'BAD_EMAIL'];
  const refused = Array.from({ length: refusedCount }, (_, index): Applicant => {
    const flaw = flaws[index % flaws.length] ?? 'BAD_EMAIL';
    const source = flaw === 'CLOSED' ? closed : flaw === 'SECONDARY' ? secondary : spare;
    const school = source[index] ?? spare[index];
    if (school === undefined) throw new CommandError('the register has too few schools for the refusals');
    return {
      school,
      phase: phaseOf(school.name) ?? 'PRIMARY',
      flaw: source[index] === undefined ? 'BAD_EMAIL' : flaw,
    };
  });
  return [...eligible, ...refused];
}

function phaseOf(name: string): Applicant['phase'] | undefined {
  if (OTHER_PHASE.test(name)) return undefined;
  if (/infant/i.test(name) && !/junior|primary/i.test(name)) return 'INFANT';
  if (/junior/i.test(name) && !/infant|primary/i.test(name)) return 'JUNIOR';
  if (/first school/i.test(name)) return 'FIRST';
  return /primary/i.test(name) ? 'PRIMARY' : undefined;
}
