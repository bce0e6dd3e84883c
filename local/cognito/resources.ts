import { createHash } from 'node:crypto';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import {
  clientSettingsSchema,
  poolSettingsSchema,
  userPoolClientProperties,
  userPoolProperties,
} from './model.ts';
import type { CognitoService } from './service.ts';

const UNIT_SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

/** AWS::Cognito::UserPool and AWS::Cognito::UserPoolClient; their ids are the same at every start. */
export function cognitoResources(service: CognitoService): ResourceProviders {
  return {
    'AWS::Cognito::UserPool': {
      properties: Object.keys(userPoolProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::Cognito::UserPool', userPoolProperties, request.properties);
        const { account, region } = request.cloud;
        const id = `${region}_${stableId(request.physicalName(128), 9)}`;
        const email = given.EmailConfiguration;
        service.configurePool(
          id,
          poolSettingsSchema.parse({
            usernameAttributes: given.UsernameAttributes ?? [],
            caseSensitive: given.UsernameConfiguration?.CaseSensitive ?? false,
            firstFactors: given.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD'],
            emailFrom: email?.From ?? identityOf(email?.SourceArn),
            emailReplyTo: email?.ReplyToEmailAddress,
            emailConfigurationSet: email?.ConfigurationSet,
            codeSubject: given.EmailAuthenticationSubject,
            codeMessage: given.EmailAuthenticationMessage,
            customMessage: given.LambdaConfig?.CustomMessage,
            // A template may name attributes with or without the prefix that they get.
            customAttributes: (given.Schema ?? []).map(
              ({ Name }) => `custom:${Name.replace(/^custom:/, '')}`,
            ),
          }),
        );
        const providerName = `cognito-idp.${region}.amazonaws.com/${id}`;
        return {
          ref: id,
          attributes: {
            Arn: `arn:aws:cognito-idp:${region}:${account}:userpool/${id}`,
            ProviderName: providerName,
            ProviderURL: `https://${providerName}`,
            UserPoolId: id,
          },
        };
      },
    },
    'AWS::Cognito::UserPoolClient': {
      properties: Object.keys(userPoolClientProperties.shape),
      async provision(request) {
        const given = parseInput(
          'AWS::Cognito::UserPoolClient',
          userPoolClientProperties,
          request.properties,
        );
        const name = given.ClientName ?? request.physicalName(128);
        const id = stableId(`${given.UserPoolId} ${request.physicalName(128)}`, 26).toLowerCase();
        const units = given.TokenValidityUnits;
        const seconds = (value: number | undefined, unit: keyof typeof UNIT_SECONDS) =>
          value === undefined || value === 0 ? undefined : value * UNIT_SECONDS[unit];
        const secret = service.configureClient(
          id,
          given.UserPoolId,
          given.GenerateSecret ?? false,
          clientSettingsSchema.parse({
            name,
            flows: given.ExplicitAuthFlows ?? ['ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
            hidesUnknownUsers: given.PreventUserExistenceErrors === 'ENABLED',
            sessionSeconds: seconds(given.AuthSessionValidity, 'minutes'),
            accessTokenSeconds: seconds(given.AccessTokenValidity, units?.AccessToken ?? 'hours'),
            idTokenSeconds: seconds(given.IdTokenValidity, units?.IdToken ?? 'hours'),
            refreshTokenSeconds: seconds(given.RefreshTokenValidity, units?.RefreshToken ?? 'days'),
          }),
        );
        return {
          ref: id,
          attributes: { ClientId: id, Name: name, ...(secret === undefined ? {} : { ClientSecret: secret }) },
        };
      },
    },
  };
}

/** Letters and digits derived from a name. */
function stableId(name: string, length: number): string {
  const digest = createHash('sha512')
    .update(name)
    .digest('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '');
  return digest.slice(0, length);
}

/** The address that an SES identity's ARN names; undefined for a domain, which says no address. */
function identityOf(arn: string | undefined): string | undefined {
  const identity = arn?.split(':identity/')[1];
  return identity?.includes('@') === true ? identity : undefined;
}
