import prices from './prices.json' with { type: 'json' };
import type { RoundStatistics } from './statistics.ts';

const GB = 1024 ** 3;
/** Memory and duration that a task function is billed for on average: 512 MB, and at AWS's arm64 about 30 ms warm. */
const BILLED_GB_SECONDS = 0.5 * 0.03;

/**
 * US dollars a school at list prices without free tiers (tools/round/prices.json): what a round uses, what its data
 * costs until the end of its retention, and the fixed monthly costs of the account over the round's fourteen months.
 */
export function costPerSchool(statistics: RoundStatistics, schools: number) {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const invocations = sum(Object.values(statistics.lambda).map((each) => each.invocations));
  const requests = sum(Object.values(statistics.http).flatMap((statuses) => Object.values(statuses)));
  const tables = Object.values(statistics.dynamodb);
  const events = sum(Object.values(statistics.events).flatMap((each) => Object.values(each)));
  const parts = {
    transitions:
      sum(Object.values(statistics.machines).map((each) => each.transitions)) *
      prices.stepFunctionsTransition,
    lambda: invocations * (prices.lambdaRequest + BILLED_GB_SECONDS * prices.lambdaGbSecondArm),
    dynamodb: sum(
      tables.map(
        (each) => each.writeUnits * prices.dynamodbWriteUnit + each.readUnits * prices.dynamodbReadUnit,
      ),
    ),
    email: statistics.emails.recipients * prices.sesMessage,
    malwareScan:
      statistics.scanned.scanned * prices.malwareScanObject +
      (statistics.scanned.bytes / GB) * prices.malwareScanGb,
    s3: statistics.s3.requests * prices.s3Put,
    http: requests * (prices.httpApiRequest + prices.cloudFrontRequest),
    delivery: (statistics.s3.bytesOut / GB) * prices.cloudFrontGb,
    events: events * prices.eventBridgeEvent,
  };
  const perSchool = Object.fromEntries(
    Object.entries(parts).map(([name, dollars]) => [name, dollars / schools]),
  );
  const months = prices.retentionYears * 12;
  return {
    usage: sum(Object.values(perSchool)),
    usageByPart: perSchool,
    storageToEndOfRetention: ((statistics.s3.bytesIn / GB) * prices.s3GbMonth * months) / schools,
    fixedShare: (sum(Object.values(prices.fixedPerMonth)) * 14) / schools,
    prices: { region: prices.region, date: prices.date },
  };
}
