import { type Requirements, text } from './requirement.ts';

/** Permissions of Secrets Manager. */
export const secretsManagerRequirements: Requirements = (action, input, place) => {
  switch (action) {
    case 'DescribeSecret':
    case 'GetSecretValue':
    case 'PutSecretValue':
      return [{ action: `secretsmanager:${action}`, resource: place.secretArn(text(input, 'SecretId')) }];
    default:
      return undefined;
  }
};

/** Permissions of Systems Manager's parameters. */
export const ssmRequirements: Requirements = (action, input, { account, region }) => {
  const arn = (name: string): string =>
    `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
  switch (action) {
    case 'GetParameter':
    case 'PutParameter':
      return [{ action: `ssm:${action}`, resource: arn(text(input, 'Name')) }];
    case 'GetParameters':
      return (Array.isArray(input.Names) ? input.Names : []).map((name) => ({
        action: 'ssm:GetParameters',
        resource: arn(String(name)),
      }));
    default:
      return undefined;
  }
};

/** Cognito's operations that anybody may call, with credentials or without (Service Authorization Reference). */
const PUBLIC = new Set(['InitiateAuth', 'RespondToAuthChallenge', 'RevokeToken', 'SignUp', 'ConfirmSignUp']);

/** Permissions of Cognito's user pools. */
export const cognitoRequirements: Requirements = (action, input, { account, region }) => {
  if (PUBLIC.has(action)) return [];
  const pool = text(input, 'UserPoolId');
  return pool === ''
    ? undefined
    : [
        {
          action: `cognito-idp:${action}`,
          resource: `arn:aws:cognito-idp:${region}:${account}:userpool/${pool}`,
        },
      ];
};
