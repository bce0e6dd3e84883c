import { describe, expect, it } from 'vitest';
import { scanResultEvent, verdictOf } from '../../../functions/submissions/settle.ts';

/** As GuardDuty puts it on the default bus. */
const event = (scanStatus: string, scanResultStatus: string | null) => ({
  version: '0',
  id: '72c7d362-737a-6dce-fc78-9e27a0171419',
  'detail-type': 'GuardDuty Malware Protection Object Scan Result',
  source: 'aws.guardduty',
  account: '000000000000',
  time: '2027-03-10T09:00:00Z',
  region: 'eu-west-2',
  resources: ['arn:aws:guardduty:eu-west-2:000000000000:malware-protection-plan/b4c7f464ab3a4EXAMPLE'],
  detail: {
    schemaVersion: '1.0',
    scanStatus,
    resourceType: 'S3_OBJECT',
    s3ObjectDetails: {
      bucketName: 'quarantine',
      objectKey: 'quarantine/REG1/DOC1/plan.pdf',
      eTag: 'ASIAI44QH8DHBEXAMPLE',
      versionId: null,
      s3Throttled: false,
    },
    scanResultDetails: { scanResultStatus, threats: null },
  },
});
const verdict = (scanStatus: string, result: string | null) =>
  verdictOf(scanResultEvent.parse(event(scanStatus, result)).detail);

describe('the verdict of a malware scan', () => {
  it('lets in only what was scanned to the end and is clean', () => {
    expect(verdict('COMPLETED', 'NO_THREATS_FOUND')).toBe('clean');
    expect(verdict('SKIPPED', 'NO_THREATS_FOUND')).toBe('scan-failed');
  });

  it('has an outcome for every other result', () => {
    expect(verdict('COMPLETED', 'THREATS_FOUND')).toBe('malware');
    expect(verdict('SKIPPED', 'UNSUPPORTED')).toBe('not-scannable');
    expect(verdict('SKIPPED', 'ACCESS_DENIED')).toBe('scan-failed');
    expect(verdict('FAILED', 'FAILED')).toBe('scan-failed');
    expect(verdict('FAILED', null)).toBe('scan-failed');
    expect(verdict('COMPLETED', 'SOMETHING_NEW')).toBe('scan-failed');
  });
});
