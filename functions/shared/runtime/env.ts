import * as z from 'zod';
import { parse } from './parse.ts';

/**
 * Every environment variable that a function may have; a function gets only those that its stage declares, so all are
 * optional here and read through `requireEnv`, which names the missing one.
 */
const environment = z.object({
  PROGRAMME_TABLE: z.string().min(1).optional(),
  IDEMPOTENCY_TABLE: z.string().min(1).optional(),
  EVENT_BUS: z.string().min(1).optional(),
  QUARANTINE_BUCKET: z.string().min(1).optional(),
  SUBMISSIONS_BUCKET: z.string().min(1).optional(),
  DOCUMENTS_BUCKET: z.string().min(1).optional(),
  REGISTER_BUCKET: z.string().min(1).optional(),
  STATEMENTS_BUCKET: z.string().min(1).optional(),
  USER_POOL_ID: z.string().min(1).optional(),
  USER_POOL_CLIENT_ID: z.string().min(1).optional(),
  /** May sign in as admin where nobody has this address yet (docs/decisions/sessions.md). */
  FIRST_ADMIN_EMAIL: z.string().min(3).optional(),
  ORIGIN_SECRET_ARN: z.string().min(1).optional(),
  MAIL_FROM: z.string().min(3).optional(),
  MAIL_CONFIGURATION_SET: z.string().min(1).optional(),
  SITE_URL: z.url().optional(),
  STATE_MACHINES: z.string().min(2).optional(),
});

export type EnvironmentName = keyof z.output<typeof environment>;

/** The value of `name`; throws `InvalidInputError` where the stack did not set it. Read at import, so a wrong one fails at once. */
export function requireEnv(name: EnvironmentName): string {
  const value = parse('environment', environment, process.env)[name];
  return parse('environment', z.string({ error: `${name} is not set` }), value);
}
