import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Visitor } from '../outside/visitor.ts';
import { root } from '../run-command.ts';
import { staff } from '../seed/people.ts';
import { importRegister, seedProgramme } from '../seed/seed.ts';

const DAY = 24 * 3600 * 1000;
const rounds = z.object({ rounds: z.array(z.object({ roundId: z.string() })) });

/** Seeds an empty store with a programme whose registration is open today, and imports a register where one is given. */
export async function seedWhereEmpty(
  admin: Visitor,
  options: { now: Date; register?: { name: string; bytes: Uint8Array } },
): Promise<{ seeded: boolean; schools: number | undefined }> {
  await admin.signIn(staff.admin);
  const known = rounds.parse(await admin.get('/api/admin/rounds'));
  const empty = known.rounds.length === 0;
  if (empty) await seedProgramme(admin, openRoundAround(options.now));
  const sample = {
    name: 'sample-register.csv',
    bytes: readFileSync(join(root, 'programme', 'sample-register.csv')),
    invented: true,
  };
  const register =
    options.register === undefined ? (empty ? sample : undefined) : { ...options.register, invented: false };
  if (register === undefined) return { seeded: empty, schools: undefined };
  const { accepted } = await importRegister(
    admin,
    register,
    () => new Promise((resolve) => setTimeout(resolve, 200)),
  );
  return { seeded: empty, schools: accepted };
}

/** A round whose registration opened a week before `now` and whose training starts in two months. */
function openRoundAround(now: Date) {
  const day = (offset: number): string => new Date(now.getTime() + offset * DAY).toISOString().slice(0, 10);
  const start = day(60);
  const year = Number(start.slice(0, 4));
  const autumn = Number(start.slice(5, 7)) >= 7;
  const number = String(year % 100).padStart(2, '0');
  return {
    roundId: `R${number}-${autumn ? 'AUTUMN' : 'SPRING'}`,
    label: {
      en: `Round ${number} - ${autumn ? 'Autumn' : 'Spring'} ${year}-${year + 1}`,
      cy: `Rownd ${number} - ${autumn ? 'Hydref' : 'Gwanwyn'} ${year}-${year + 1}`,
    },
    start,
    calendar: { registrationOpens: day(-7), registrationCloses: day(50) },
    hubs: 90,
    independentAssessors: 10,
    funderPlaces: 20,
  };
}
