import { describe, expect, it } from 'vitest';
import { listGrants, plainRole } from '../../../tools/grants/grants.ts';

const roleArn = 'arn:aws:iam::000000000000:role/Psqm-local-Payments-FinanceApiRole1A2B3C4D';
const table = 'arn:aws:dynamodb:eu-west-2:000000000000:table/t';
const allow = (Action: string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });
const used = (action: string, resource: string, calls = 1) => ({
  roleArn,
  action,
  resource,
  context: {},
  calls,
});

function grantsOf(statements: unknown[], calls: ReturnType<typeof used>[]) {
  const documents = [{ Version: '2012-10-17', Statement: statements as ReturnType<typeof allow>[] }];
  const why = [{ role: 'Payments-FinanceApi', actions: ['dynamodb:Query'], reason: 'rare' }];
  return listGrants({ account: '000000000000', roles: [{ roleArn, documents }], used: calls }, why).map(
    ({ action, calls: count, missed, reason }) => ({ action, count, missed, reason }),
  );
}

describe('the grants of a role', () => {
  it('are used and missed, or neither, or used and not missed where another allows the same', () => {
    expect(
      grantsOf(
        [
          allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], table),
          allow(['dynamodb:Get*'], table),
        ],
        [used('dynamodb:GetItem', table, 3), used('dynamodb:PutItem', table)],
      ),
    ).toEqual([
      { action: 'dynamodb:Get*', count: 0, missed: false, reason: undefined },
      { action: 'dynamodb:GetItem', count: 3, missed: false, reason: undefined },
      { action: 'dynamodb:PutItem', count: 1, missed: true, reason: undefined },
      { action: 'dynamodb:Query', count: 0, missed: false, reason: 'rare' },
    ]);
  });

  it('name their role without stage and hash', () => {
    expect(plainRole(roleArn)).toBe('Payments-FinanceApi');
    expect(plainRole('arn:aws:iam::1:role/Psqm-production-Data-ScanRoleDEADBEEF')).toBe('Data-Scan');
  });
});
