import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import { type ScanResult, scan } from './scanner.ts';

/** A plan: which objects are scanned, and in whose name. */
export interface ProtectionPlan {
  readonly arn: string;
  readonly bucket: string;
  /** Only keys with one of these beginnings; every key where empty. */
  readonly prefixes: readonly string[];
  readonly roleArn: string;
  readonly tagging: boolean;
}

/** An object just created, as S3 tells it. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly etag?: string | undefined;
}

export interface GuardDutyService {
  putPlan(plan: ProtectionPlan): void;
  /** Scans an object where a plan protects it; throws where that failed, to be called again. */
  objectCreated(object: CreatedObject): Promise<void>;
  statistics(): { readonly scanned: number; readonly threats: number; readonly bytes: number };
}

const TAG = 'GuardDutyMalwareScanStatus';
const bodySchema = z.object({ Body: z.instanceof(Uint8Array) });
const tagsSchema = z.object({
  TagSet: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
});

/** GuardDuty Malware Protection for S3: scans what is created, tags it and tells the default event bus. */
export function createGuardDuty(cloud: CloudContext): GuardDutyService {
  const plans = new Map<string, ProtectionPlan>();
  const counts = { scanned: 0, threats: 0, bytes: 0 };

  async function protect(plan: ProtectionPlan, object: CreatedObject): Promise<void> {
    const caller = { kind: 'role', roleArn: plan.roleArn } as const;
    const at = {
      Bucket: object.bucket,
      Key: object.key,
      ...(object.versionId !== undefined && { VersionId: object.versionId }),
    };
    const call = (action: string, input: Record<string, unknown>) =>
      cloud.gateway.call({ service: 's3', action, input, caller });
    let result: ScanResult;
    try {
      const { Body } = bodySchema.parse(await call('GetObject', at));
      counts.bytes += Body.length;
      result = scan(Body);
    } catch (error) {
      // Deleted or overwritten before the scan came to it: there is nothing to tell.
      if (error instanceof ServiceError && ['NoSuchKey', 'NoSuchVersion'].includes(error.code)) return;
      throw error;
    }
    counts.scanned++;
    if (result.status === 'THREATS_FOUND') counts.threats++;
    if (plan.tagging) {
      const { TagSet } = tagsSchema.parse(await call('GetObjectTagging', at));
      const others = TagSet.filter((tag) => tag.Key !== TAG);
      await call('PutObjectTagging', {
        ...at,
        Tagging: { TagSet: [...others, { Key: TAG, Value: result.status }] },
      });
    }
    await tell(plan, object, result);
  }

  /** The event's shape: GuardDuty guide, "Monitoring S3 object scans with Amazon EventBridge". */
  async function tell(plan: ProtectionPlan, object: CreatedObject, result: ScanResult): Promise<void> {
    const output = await cloud.gateway.call({
      service: 'events',
      action: 'PutEvents',
      input: {
        Entries: [
          {
            Source: 'aws.guardduty',
            DetailType: 'GuardDuty Malware Protection Object Scan Result',
            Time: new Date(cloud.clock.now()),
            Resources: [plan.arn],
            Detail: JSON.stringify({
              schemaVersion: '1.0',
              scanStatus: result.status === 'UNSUPPORTED' ? 'SKIPPED' : 'COMPLETED',
              resourceType: 'S3_OBJECT',
              s3ObjectDetails: {
                bucketName: object.bucket,
                objectKey: object.key,
                eTag: object.etag?.replaceAll('"', ''),
                versionId: object.versionId,
                s3Throttled: false,
              },
              scanResultDetails: {
                scanResultStatus: result.status,
                threats: result.status === 'THREATS_FOUND' ? [{ name: result.threat }] : null,
              },
            }),
          },
        ],
      },
      caller: { kind: 'service', service: 'guardduty.amazonaws.com', sourceArn: plan.arn },
    });
    const failed = z.object({ FailedEntryCount: z.number().optional() }).parse(output).FailedEntryCount ?? 0;
    if (failed > 0) throw new Error(`the scan's event was refused: ${JSON.stringify(output.Entries)}`);
  }

  return {
    putPlan(plan) {
      plans.set(plan.arn, plan);
    },
    async objectCreated(object) {
      for (const plan of plans.values()) {
        const within =
          plan.prefixes.length === 0 || plan.prefixes.some((each) => object.key.startsWith(each));
        if (plan.bucket === object.bucket && within) await protect(plan, object);
      }
    },
    statistics: () => ({ ...counts }),
  };
}
