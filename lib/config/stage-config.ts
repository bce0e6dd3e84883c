import * as z from 'zod';

/** What differs between the stages; everything else is the same everywhere. */
export const stageConfig = z.object({
  stage: z.string().regex(/^[a-z][a-z0-9-]{1,15}$/),
  /** Undefined: the account of the credentials that deploy. */
  account: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  region: z.string(),
  /** Own domain in a Route 53 zone of the account; without it the site has CloudFront's own name. */
  domain: z.object({ name: z.string(), hostedZoneId: z.string(), zoneName: z.string() }).optional(),
  /** Origin of the pages; derived from the domain where there is one. */
  siteUrl: z.url(),
  /** Address that mail comes from; its domain is the SES identity. */
  mailFrom: z.email(),
  /** May sign in as admin before anybody else exists. */
  firstAdminEmail: z.email(),
  /** Receives alarms. */
  operationsEmail: z.email(),
  logRetentionDays: z.union([z.literal(30), z.literal(365)]),
  /** Stateful resources stay when a stack is removed; only a trial may lose them. */
  keepData: z.boolean(),
});
export type StageConfig = z.output<typeof stageConfig>;
