import * as z from 'zod';
import type { Item, Snapshot } from './snapshot.ts';

/** One breach of an invariant, in words that lead to the record. */
export interface Violation {
  readonly invariant: InvariantName;
  readonly where: string;
  readonly what: string;
}

/** The invariants of the programme, each recomputed from table, objects and histories alone. */
export const invariantNames = [
  'money-balances',
  'one-active-registration-per-school',
  'no-assessor-on-a-conflict',
  'frozen-hash-equals-stored',
  'nobody-decides-their-own-review',
  'no-award-without-confirmation-and-money',
  'every-change-has-audit-and-event',
  'every-execution-ended-or-waits',
  'no-stage-claimed-twice',
  'every-event-published',
  'no-email-twice',
] as const;
export type InvariantName = (typeof invariantNames)[number];

export interface VerifyOptions {
  readonly submissionsBucket: string;
  readonly now: Date;
}

/** Recomputes every invariant; an empty list is a clean store. */
export async function verify(snapshot: Snapshot, options: VerifyOptions): Promise<Violation[]> {
  const table = new Table(snapshot.items);
  return [
    ...moneyBalances(table),
    ...oneActiveRegistration(table),
    ...noAssessorOnConflict(table),
    ...(await frozenHashes(table, snapshot, options.submissionsBucket)),
    ...nobodyDecidesOwn(table),
    ...noAwardWithoutConfirmation(table),
    ...changesHaveAudit(table),
    ...executionsWait(table, snapshot, options.now),
    ...stagesClaimedOnce(table, snapshot),
    ...eventsPublished(table, options.now),
    ...emailsOnce(table),
  ];
}

/** The items by kind, each parsed only as far as an invariant needs. */
class Table {
  readonly items: readonly Item[];
  readonly #byPk = new Map<string, Item[]>();

  constructor(items: readonly Item[]) {
    this.items = items;
    for (const item of items) {
      const list = this.#byPk.get(item.pk);
      if (list === undefined) this.#byPk.set(item.pk, [item]);
      else list.push(item);
    }
  }

  /** Items whose sort key is `sk` or, for a prefix that ends in #, begins with it. */
  kind<S extends z.ZodType>(
    schema: S,
    sk: string,
    collection = '',
  ): (z.output<S> & { pk: string; sk: string })[] {
    return this.items
      .filter((item) => item.pk.startsWith(collection))
      .filter((item) => (sk.endsWith('#') ? item.sk.startsWith(sk) : item.sk === sk))
      .map((item) => Object.assign({}, schema.parse(item), { pk: item.pk, sk: item.sk }));
  }

  get<S extends z.ZodType>(schema: S, pk: string, sk: string): z.output<S> | undefined {
    const item = this.#byPk.get(pk)?.find((each) => each.sk === sk);
    return item === undefined ? undefined : schema.parse(item);
  }

  collection(pk: string): readonly Item[] {
    return this.#byPk.get(pk) ?? [];
  }
}

const registration = z.object({
  registrationId: z.string(),
  reference: z.string(),
  roundId: z.string(),
  schoolId: z.string(),
  status: z.string(),
  hubId: z.string().nullable(),
  version: z.number(),
  awardedLevel: z.string().nullable(),
  funderId: z.string().nullable(),
});
const posting = z.object({
  postingId: z.string(),
  cause: z.string(),
  entries: z.array(z.object({ account: z.string(), pence: z.number().int() })),
});
const invoice = z.object({
  invoiceNumber: z.string(),
  registrationId: z.string(),
  series: z.string(),
  sequenceNumber: z.number().int(),
  grossPence: z.number().int(),
  allocatedPence: z.number().int(),
  creditedPence: z.number().int(),
  status: z.string(),
});
const allocation = z.object({
  invoiceNumber: z.string(),
  pence: z.number().int(),
  reversed: z.unknown().optional(),
});
const creditNote = z.object({ invoiceNumber: z.string(), grossPence: z.number().int() });

function moneyBalances(table: Table): Violation[] {
  const found: Violation[] = [];
  const say = (where: string, what: string): void =>
    void found.push({ invariant: 'money-balances', where, what });
  let debtors = 0;
  for (const each of table.kind(posting, 'LEDGER#')) {
    const sum = each.entries.reduce((total, entry) => total + entry.pence, 0);
    if (sum !== 0) say(`${each.pk} ${each.sk}`, `posting ${each.postingId} sums to ${sum} pence, not to 0`);
    debtors += each.entries
      .filter((entry) => entry.account === 'DEBTORS')
      .reduce((total, entry) => total + entry.pence, 0);
  }
  const allocations = table
    .kind(allocation, 'ALLOCATION#', 'REG#')
    .filter((each) => 'invoiceNumber' in each && (each.reversed ?? null) === null);
  const credits = table.kind(creditNote, 'CREDITNOTE#');
  let owed = 0;
  const numbers = new Map<string, number[]>();
  for (const each of table.kind(invoice, 'INVOICE#')) {
    const allocated = allocations
      .filter((one) => one.invoiceNumber === each.invoiceNumber)
      .reduce((sum, one) => sum + one.pence, 0);
    const credited = credits
      .filter((one) => one.invoiceNumber === each.invoiceNumber)
      .reduce((sum, one) => sum + one.grossPence, 0);
    if (allocated !== each.allocatedPence)
      say(
        each.invoiceNumber,
        `says ${each.allocatedPence} pence allocated, its allocations say ${allocated}`,
      );
    if (credited !== each.creditedPence)
      say(each.invoiceNumber, `says ${each.creditedPence} pence credited, its credit notes say ${credited}`);
    if (allocated + credited > each.grossPence)
      say(each.invoiceNumber, `has ${allocated + credited} pence on ${each.grossPence}`);
    owed += each.grossPence - allocated - credited;
    numbers.set(each.series, [...(numbers.get(each.series) ?? []), each.sequenceNumber]);
  }
  if (owed !== debtors) say('ledger', `debtors stand at ${debtors} pence, the invoices owe ${owed}`);
  for (const [series, given] of numbers) {
    const sorted = [...given].sort((a, b) => a - b);
    sorted.forEach((number, index) => {
      if (number !== index + 1) say(`series ${series}`, `number ${index + 1} is missing or given twice`);
    });
  }
  return found;
}

const ENDED_EARLY: readonly string[] = ['LAPSED', 'WITHDRAWN'];

function oneActiveRegistration(table: Table): Violation[] {
  const active = new Map<string, string>();
  const found: Violation[] = [];
  for (const each of table.kind(registration, 'REGISTRATION')) {
    if (ENDED_EARLY.includes(each.status)) continue;
    const key = `${each.schoolId} in ${each.roundId}`;
    const other = active.get(key);
    if (other !== undefined)
      found.push({
        invariant: 'one-active-registration-per-school',
        where: each.reference,
        what: `${key} is registered as ${other} too`,
      });
    active.set(key, each.reference);
  }
  return found;
}

const assignment = z.object({
  assignmentId: z.string(),
  registrationId: z.string(),
  assessorId: z.string(),
  schoolId: z.string(),
  status: z.string(),
});
const person = z.object({
  personId: z.string(),
  hubIds: z.array(z.string()),
  assessor: z
    .object({ hubIds: z.array(z.string()), conflicts: z.array(z.object({ schoolId: z.string() })) })
    .nullable(),
});
const LIVE: readonly string[] = ['OFFERED', 'ACCEPTED', 'IN_REVIEW', 'RETURNED'];

function noAssessorOnConflict(table: Table): Violation[] {
  const found: Violation[] = [];
  for (const each of table.kind(assignment, 'ASSIGNMENT')) {
    if (!LIVE.includes(each.status)) continue;
    const assessor = table.get(person, `PERSON#${each.assessorId}`, 'PERSON');
    const school = table.get(registration, `REG#${each.registrationId}`, 'REGISTRATION');
    const say = (what: string): void =>
      void found.push({
        invariant: 'no-assessor-on-a-conflict',
        where: `${each.pk} ${school?.reference ?? each.registrationId}`,
        what,
      });
    if (assessor === undefined) {
      say(`its assessor ${each.assessorId} is not known`);
      continue;
    }
    const hubs = [...assessor.hubIds, ...(assessor.assessor?.hubIds ?? [])];
    if (school?.hubId !== null && school?.hubId !== undefined && hubs.includes(school.hubId))
      say("the assessor belongs to the school's hub");
    if (assessor.assessor?.conflicts.some((conflict) => conflict.schoolId === each.schoolId) === true)
      say('the assessor declared a conflict with the school');
  }
  return found;
}

const frozen = z.object({
  registrationId: z.string(),
  number: z.number(),
  manifestKey: z.string(),
  manifestSha256: z.string(),
  reflectionsKey: z.string(),
  reflectionsSha256: z.string(),
  files: z.array(z.object({ name: z.string(), key: z.string(), sha256: z.string() })),
});

async function frozenHashes(table: Table, snapshot: Snapshot, bucket: string): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const version of table.kind(frozen, 'VERSION#')) {
    const objects = [
      { key: version.manifestKey, sha256: version.manifestSha256 },
      { key: version.reflectionsKey, sha256: version.reflectionsSha256 },
      ...version.files,
    ];
    for (const object of objects) {
      const stored = await snapshot.hashOf(bucket, object.key);
      if (stored === object.sha256) continue;
      const what = stored === undefined ? 'is not stored' : 'is not what was frozen';
      found.push({
        invariant: 'frozen-hash-equals-stored',
        where: `${version.pk} version ${version.number}`,
        what: `${object.key} ${what}`,
      });
    }
  }
  return found;
}

const decision = z.object({
  registrationId: z.string(),
  outcome: z.string(),
  judgedBy: z.array(z.string()),
  confirmedBy: z.string(),
});

function nobodyDecidesOwn(table: Table): Violation[] {
  return table
    .kind(decision, 'DECISION')
    .filter((each) => each.judgedBy.includes(each.confirmedBy))
    .map((each) => ({
      invariant: 'nobody-decides-their-own-review',
      where: each.pk,
      what: `${each.confirmedBy} judged the case and confirmed it`,
    }));
}

const award = z.object({
  certificateNumber: z.string(),
  registrationId: z.string().nullish(),
  schoolName: z.string(),
});

function noAwardWithoutConfirmation(table: Table): Violation[] {
  const found: Violation[] = [];
  for (const each of table.kind(award, 'AWARD#')) {
    const { registrationId } = each;
    // Awards of before this system were entered from a list and have no registration.
    if (registrationId === null || registrationId === undefined) continue;
    const say = (what: string): void =>
      void found.push({
        invariant: 'no-award-without-confirmation-and-money',
        where: `certificate ${each.certificateNumber}`,
        what,
      });
    const decided = table.get(decision, `REG#${registrationId}`, 'DECISION');
    if (decided === undefined) say('has no confirmed decision');
    else if (decided.outcome !== 'AWARDED' && decided.outcome !== 'AWARDED_LOWER')
      say(`was decided as ${decided.outcome}`);
    const held = table.get(registration, `REG#${registrationId}`, 'REGISTRATION');
    const invoices = table.kind(invoice, 'INVOICE#').filter((one) => one.registrationId === registrationId);
    const covered = held?.funderId !== null && held?.funderId !== undefined && invoices.length === 0;
    const settled =
      invoices.length > 0 &&
      invoices.every((one) => one.allocatedPence + one.creditedPence >= one.grossPence);
    if (!covered && !settled) say('was given with its fee neither settled nor covered');
  }
  return found;
}

const audit = z.object({ record: z.string(), recordVersion: z.number() });

/** A record at version n was changed n times, so its collection holds an audit entry for each. */
function changesHaveAudit(table: Table): Violation[] {
  const found: Violation[] = [];
  for (const each of table.kind(registration, 'REGISTRATION')) {
    const entries = table
      .collection(each.pk)
      .filter((item) => item.sk.startsWith('AUDIT#'))
      .map((item) => audit.parse(item));
    const versions = new Set(
      entries.filter((entry) => entry.record === 'REGISTRATION').map((entry) => entry.recordVersion),
    );
    for (let version = 1; version <= each.version; version++) {
      if (!versions.has(version))
        found.push({
          invariant: 'every-change-has-audit-and-event',
          where: each.reference,
          what: `its change ${version} has no audit entry`,
        });
    }
    if (!table.collection(each.pk).some((item) => item.sk.startsWith('EVENT#'))) {
      found.push({
        invariant: 'every-change-has-audit-and-event',
        where: each.reference,
        what: 'no event tells of it',
      });
    }
  }
  return found;
}

const wait = z.object({
  executionArn: z.string().optional(),
  taskToken: z.string().optional(),
  deadline: z.string().optional(),
  waitingFor: z.string().optional(),
});
/** A wait ends with its TimeoutSeconds, whole seconds after the deadline at the most. */
const GRACE_MS = 120_000;

function executionsWait(table: Table, snapshot: Snapshot, now: Date): Violation[] {
  const waits = new Map(
    table
      .kind(wait, 'WAIT#')
      .flatMap((each) =>
        each.executionArn === undefined || each.taskToken === undefined
          ? []
          : [[each.executionArn, each] as const],
      ),
  );
  return snapshot.executions.flatMap((execution): Violation[] => {
    if (execution.status !== 'RUNNING') return [];
    const waiting = waits.get(execution.arn);
    const say = (what: string): Violation[] => [
      { invariant: 'every-execution-ended-or-waits', where: execution.arn, what },
    ];
    if (waiting === undefined)
      return say(`runs in "${execution.currentState ?? 'no state'}" and waits for nothing in the table`);
    if (waiting.waitingFor === undefined || waiting.deadline === undefined)
      return say('waits without a name or a deadline');
    if (Date.parse(waiting.deadline) + GRACE_MS < now.getTime())
      return say(`waits for ${waiting.waitingFor} past its deadline ${waiting.deadline}`);
    return [];
  });
}

const stage = z.object({ executionArn: z.string(), attempt: z.number() });

/** Of the executions that claimed a stage only one may run; those that found it claimed end in "Already running". */
function stagesClaimedOnce(table: Table, snapshot: Snapshot): Violation[] {
  const known = new Map(snapshot.executions.map((execution) => [execution.arn, execution]));
  const claimedBy = new Map<string, string>();
  const found: Violation[] = [];
  for (const each of table.kind(stage, 'STAGE#')) {
    const where = `${each.pk} ${each.sk}`;
    const other = claimedBy.get(each.executionArn);
    if (other !== undefined)
      found.push({
        invariant: 'no-stage-claimed-twice',
        where,
        what: `${each.executionArn} also holds ${other}`,
      });
    claimedBy.set(each.executionArn, where);
    if (!known.has(each.executionArn))
      found.push({
        invariant: 'no-stage-claimed-twice',
        where,
        what: `is held by ${each.executionArn}, which never ran`,
      });
  }
  for (const execution of snapshot.executions) {
    if (execution.status === 'RUNNING' && !claimedBy.has(execution.arn)) {
      found.push({
        invariant: 'no-stage-claimed-twice',
        where: execution.arn,
        what: 'runs without holding a stage',
      });
    }
  }
  return found;
}

const event = z.object({
  eventId: z.string(),
  name: z.string(),
  occurredAt: z.string(),
  publishedAt: z.string().optional(),
});
/** The sweep publishes every hour what the stream lost. */
const OUTBOX_MS = 75 * 60_000;

function eventsPublished(table: Table, now: Date): Violation[] {
  return table
    .kind(event, 'EVENT#')
    .filter(
      (each) => each.publishedAt === undefined && now.getTime() - Date.parse(each.occurredAt) > OUTBOX_MS,
    )
    .map((each) => ({
      invariant: 'every-event-published',
      where: `${each.pk} ${each.eventId}`,
      what: `${each.name} of ${each.occurredAt} was never published`,
    }));
}

const email = z.object({
  cause: z.string(),
  to: z.string(),
  status: z.string(),
  sends: z.number().int().optional(),
  interrupted: z.number().int(),
});

/** Its key makes a cause unique; a claim without a mark was interrupted between the provider's acceptance and our record. */
function emailsOnce(table: Table): Violation[] {
  return table
    .kind(email, 'EMAIL#')
    .filter((each) => each.status !== 'SENT' && each.status !== 'SENDING')
    .map((each) => ({
      invariant: 'no-email-twice',
      where: `${each.pk} ${each.sk}`,
      what: `has the unknown status ${each.status}`,
    }));
}

/** Emails whose sending was interrupted, counted apart from violations. */
export function interruptedEmails(items: readonly Item[]): number {
  return new Table(items).kind(email, 'EMAIL#').filter((each) => each.interrupted > 0).length;
}

/** Violations by invariant, zeros included: what the report shows. */
export function countViolations(violations: readonly Violation[]): Record<InvariantName, number> {
  const counts = Object.fromEntries(invariantNames.map((name) => [name, 0])) as Record<InvariantName, number>;
  for (const { invariant } of violations) counts[invariant]++;
  return counts;
}
