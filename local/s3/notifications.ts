import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { CloudContext } from '../core/service.ts';
import { type ObjectNotice, objectNoticeSchema } from './model.ts';
import type { S3Store } from './store.ts';

/** Called once an object is durable; what it returns is awaited, and the notice comes again where it throws. */
export type ObjectCreatedListener = (notice: ObjectNotice) => Promise<void>;

export interface Notifications {
  /** Within the transaction of the change: records the notice. The function returned, called after the commit, delivers. */
  record(notice: ObjectNotice): () => void;
  onObjectCreated(listener: ObjectCreatedListener): void;
}

const OWNER = 's3-notifications';
/** A delivery that a stop interrupted is found by this timer. */
const REDELIVER_AFTER_MS = 60_000;

/** Tells of changes to objects at least once: an outbox in the journal, delivered at once, again by timer until it works. */
export function createNotifications(cloud: CloudContext, store: S3Store): Notifications {
  const listeners: ObjectCreatedListener[] = [];
  const { db } = cloud.journal;
  const payloadSchema = z.object({ seq: z.number() });

  async function deliver(seq: number): Promise<void> {
    const row = db.prepare('SELECT notice FROM s3_outbox WHERE seq = ?').get(seq);
    if (row === undefined) return;
    const notice = objectNoticeSchema.parse(JSON.parse(String(row.notice)));
    try {
      if (notice.detailType === 'Object Created') for (const listener of listeners) await listener(notice);
      if (store.bucket(notice.bucket)?.settings.eventBridge === true) await putEvent(cloud, notice, seq);
    } catch (error) {
      cloud.log(
        's3',
        `${notice.detailType} of ${notice.bucket}/${notice.key} is told again later: ${String(error)}`,
      );
      return;
    }
    cloud.journal.transaction(() => {
      db.prepare('DELETE FROM s3_outbox WHERE seq = ?').run(seq);
      cloud.clock.cancel(OWNER, String(seq));
    });
  }

  function arm(seq: number): void {
    cloud.clock.set(OWNER, String(seq), cloud.clock.now() + REDELIVER_AFTER_MS, { seq });
  }

  function start(seq: number): void {
    cloud.activity
      .during(`s3 notice ${seq}`, () => deliver(seq))
      // The journal may have been closed meanwhile; the notice is in it and comes again at the next start.
      .catch((error: unknown) => cloud.log('s3', `notice ${seq} is told again later: ${String(error)}`));
  }

  cloud.clock.on(OWNER, (timer) => {
    const { seq } = payloadSchema.parse(timer.payload);
    arm(seq);
    start(seq);
  });

  return {
    record(notice) {
      const wanted =
        store.bucket(notice.bucket)?.settings.eventBridge === true ||
        (notice.detailType === 'Object Created' && listeners.length > 0);
      if (!wanted) return () => {};
      const result = db.prepare('INSERT INTO s3_outbox (notice) VALUES (?)').run(JSON.stringify(notice));
      const seq = Number(result.lastInsertRowid);
      arm(seq);
      return () => start(seq);
    },
    onObjectCreated(listener) {
      listeners.push(listener);
    },
  };
}

/** The shape of S3's events on EventBridge (S3 User Guide, "EventBridge event message structure"). */
async function putEvent(cloud: CloudContext, notice: ObjectNotice, seq: number): Promise<void> {
  const arn = `arn:aws:s3:::${notice.bucket}`;
  const detail = {
    version: '0',
    bucket: { name: notice.bucket },
    object: {
      key: notice.key,
      size: notice.size,
      etag: notice.etag?.replaceAll('"', ''),
      'version-id': notice.versionId,
      sequencer: seq.toString(16).toUpperCase().padStart(18, '0'),
    },
    'request-id': randomBytes(8).toString('hex').toUpperCase(),
    requester: cloud.account,
    'source-ip-address': '127.0.0.1',
    reason: notice.reason,
    'deletion-type': notice.deletionType,
  };
  const output = await cloud.gateway.call({
    service: 'events',
    action: 'PutEvents',
    input: {
      Entries: [
        {
          Source: 'aws.s3',
          DetailType: notice.detailType,
          Time: new Date(notice.at),
          Resources: [arn],
          Detail: JSON.stringify(detail),
        },
      ],
    },
    caller: { kind: 'service', service: 's3.amazonaws.com', sourceArn: arn },
  });
  if (output.FailedEntryCount !== undefined && output.FailedEntryCount !== 0) {
    throw new Error(`the event was refused: ${JSON.stringify(output.Entries)}`);
  }
}
