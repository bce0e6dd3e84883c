import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../run-command.ts';

const bilingual = z.object({ en: z.string(), cy: z.string() });

/** What people at the pages read of the round's own data: names of documents and of judgements. */
export const programmeData = z
  .object({
    criteria: z.object({
      judgements: z.array(z.object({ id: z.string(), title: bilingual, meets: z.boolean() })),
    }),
    checklist: z.object({ documents: z.array(z.object({ id: z.string(), title: bilingual })) }),
  })
  .parse(JSON.parse(readFileSync(join(root, 'programme', 'default-round.json'), 'utf8')));
