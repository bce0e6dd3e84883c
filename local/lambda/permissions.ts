/** A permission of a function, as AWS::Lambda::Permission and AddPermission state it. */
export interface Permission {
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string | undefined;
  readonly SourceAccount?: string | undefined;
}

/** The resource policy that a function's permissions make up (Lambda Developer Guide, "Resource-based policies"). */
export function policyOf(functionArn: string, permissions: readonly Permission[]): unknown {
  return {
    Version: '2012-10-17',
    Statement: permissions.map(({ Action, Principal, SourceArn, SourceAccount }) => ({
      Effect: 'Allow',
      Principal: Principal.endsWith('.amazonaws.com')
        ? { Service: Principal }
        : Principal === '*'
          ? '*'
          : { AWS: Principal },
      Action,
      Resource: functionArn,
      Condition: {
        ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
        ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
      },
    })),
  };
}
