import * as z from 'zod';
import type { CloudContext } from '../core/service.ts';

/** What the engine does not know of a table, or must not act on: kept here and answered from here. */
export interface TableSettings {
  /** The reply to an action that is answered without the engine; undefined where the engine answers. */
  answer(action: string, body: string): { readonly status: number; readonly body: string } | undefined;
}

const ttlSchema = z.object({
  TableName: z.string(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }),
});
const tableSchema = z.object({ TableName: z.string() });
const backupsSchema = z.object({
  TableName: z.string(),
  PointInTimeRecoverySpecification: z.object({
    PointInTimeRecoveryEnabled: z.boolean(),
    RecoveryPeriodInDays: z.number().optional(),
  }),
});
const tagSchema = z.object({ Key: z.string(), Value: z.string() });
const tagsSchema = z.object({
  ResourceArn: z.string(),
  Tags: z.array(tagSchema).optional(),
  TagKeys: z.array(z.string()).optional(),
});

/**
 * Time to live is recorded and never passed to the engine: the engine would delete by the machine's clock, which is not
 * the cloud's. AWS deletes "within a few days", so that nothing may rest on it. Point-in-time recovery and tags are
 * calls that the engine lacks.
 */
export function createTableSettings(cloud: CloudContext): TableSettings {
  const db = cloud.journal.db;
  db.exec('CREATE TABLE IF NOT EXISTS dynamodb_settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');

  function read(kind: string, subject: string): unknown {
    const row = db
      .prepare('SELECT value FROM dynamodb_settings WHERE key = ?')
      .get(`${kind} ${nameOf(subject)}`);
    return row === undefined ? undefined : JSON.parse(String(row.value));
  }

  function write(kind: string, subject: string, value: unknown): void {
    db.prepare(
      `INSERT INTO dynamodb_settings (key, value) VALUES (?, ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    ).run(`${kind} ${nameOf(subject)}`, JSON.stringify(value));
  }

  function backups(table: string): Record<string, unknown> {
    const enabled = z.boolean().catch(false).parse(read('backups', table));
    return {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: enabled ? 'ENABLED' : 'DISABLED' },
    };
  }

  function tagsOf(resource: string): z.infer<typeof tagSchema>[] {
    return z.array(tagSchema).catch([]).parse(read('tags', resource));
  }

  const answers: Readonly<Record<string, (input: unknown) => Record<string, unknown>>> = {
    UpdateTimeToLive(input) {
      const { TableName, TimeToLiveSpecification } = ttlSchema.parse(input);
      write('ttl', TableName, TimeToLiveSpecification);
      return { TimeToLiveSpecification };
    },
    DescribeTimeToLive(input) {
      const ttl = ttlSchema.shape.TimeToLiveSpecification.safeParse(
        read('ttl', tableSchema.parse(input).TableName),
      );
      const enabled = ttl.success && ttl.data.Enabled;
      return {
        TimeToLiveDescription: enabled
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: ttl.data.AttributeName }
          : { TimeToLiveStatus: 'DISABLED' },
      };
    },
    UpdateContinuousBackups(input) {
      const { TableName, PointInTimeRecoverySpecification } = backupsSchema.parse(input);
      write('backups', TableName, PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled);
      return { ContinuousBackupsDescription: backups(TableName) };
    },
    DescribeContinuousBackups: (input) => ({
      ContinuousBackupsDescription: backups(tableSchema.parse(input).TableName),
    }),
    TagResource(input) {
      const { ResourceArn, Tags = [] } = tagsSchema.parse(input);
      const added = new Set(Tags.map((tag) => tag.Key));
      write('tags', ResourceArn, [...tagsOf(ResourceArn).filter((tag) => !added.has(tag.Key)), ...Tags]);
      return {};
    },
    UntagResource(input) {
      const { ResourceArn, TagKeys = [] } = tagsSchema.parse(input);
      const removed = new Set(TagKeys);
      write(
        'tags',
        ResourceArn,
        tagsOf(ResourceArn).filter((tag) => !removed.has(tag.Key)),
      );
      return {};
    },
    ListTagsOfResource: (input) => ({ Tags: tagsOf(tagsSchema.parse(input).ResourceArn) }),
  };

  return {
    answer(action, body) {
      const answer = answers[action];
      if (answer === undefined) return undefined;
      try {
        return { status: 200, body: JSON.stringify(answer(JSON.parse(body))) };
      } catch (error) {
        if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error;
        const type = 'com.amazon.coral.validate#ValidationException';
        return { status: 400, body: JSON.stringify({ __type: type, message: error.message }) };
      }
    },
  };
}

function nameOf(tableOrArn: string): string {
  return tableOrArn.split(':table/').pop() ?? tableOrArn;
}
