import * as z from 'zod';
import { booleanProperty } from '../core/input.ts';

/** What a user pool's template says that the local cloud honours. */
export const poolSettingsSchema = z.object({
  /** `email` where people sign in with their address; then the username is an id of Cognito's own. */
  usernameAttributes: z.array(z.string()).default([]),
  caseSensitive: z.boolean().default(false),
  firstFactors: z.array(z.string()).default(['PASSWORD']),
  emailFrom: z.string().default('no-reply@verificationemail.com'),
  emailReplyTo: z.string().optional(),
  emailConfigurationSet: z.string().optional(),
  codeSubject: z.string().default('Your authentication code'),
  codeMessage: z.string().default('Your authentication code is {####}.'),
  /** ARN of the function that words the messages. */
  customMessage: z.string().optional(),
  customAttributes: z.array(z.string()).default([]),
});
export type PoolSettings = z.infer<typeof poolSettingsSchema>;

export interface Pool {
  readonly id: string;
  readonly settings: PoolSettings;
  /** PKCS #8 PEM of the key that signs the pool's tokens, and its id. */
  readonly privateKey: string;
  readonly keyId: string;
}

/** What an app client's template says that the local cloud honours; lifetimes in seconds. */
export const clientSettingsSchema = z.object({
  name: z.string(),
  flows: z.array(z.string()).default([]),
  hidesUnknownUsers: z.boolean().default(false),
  sessionSeconds: z.number().default(180),
  accessTokenSeconds: z.number().default(3600),
  idTokenSeconds: z.number().default(3600),
  refreshTokenSeconds: z.number().default(30 * 24 * 3600),
});
export type ClientSettings = z.infer<typeof clientSettingsSchema>;

export interface Client {
  readonly id: string;
  readonly poolId: string;
  readonly secret: string | undefined;
  readonly settings: ClientSettings;
}

export interface User {
  readonly poolId: string;
  readonly username: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly status: 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD';
  /** Epoch ms. */
  readonly created: number;
  readonly modified: number;
}

/** A sign-in under way. */
export interface Session {
  readonly id: string;
  readonly clientId: string;
  /** As given by whom signs in. */
  readonly login: string;
  /** Undefined where nobody is known by that name and the client hides it. */
  readonly username: string | undefined;
  readonly challenge: 'EMAIL_OTP' | 'SELECT_CHALLENGE';
  readonly code: string;
  /** Epoch ms: when the code, and when the session ends. */
  readonly codeExpires: number;
  readonly expires: number;
  readonly wrong: number;
  readonly used: boolean;
}

/** What one sign-in granted: all its tokens bear its `originJti`. Times in epoch ms. */
export interface Grant {
  readonly originJti: string;
  readonly clientId: string;
  readonly username: string;
  readonly authenticated: number;
  readonly refreshExpires: number;
  readonly revoked: boolean;
}

const attributeSchema = z.strictObject({ Name: z.string().min(1), Value: z.string().default('') });
const metadataSchema = z.record(z.string(), z.string()).optional();
const userAddress = { UserPoolId: z.string(), Username: z.string().min(1) };

export const adminCreateUserSchema = z.strictObject({
  ...userAddress,
  UserAttributes: z.array(attributeSchema).default([]),
  MessageAction: z.enum(['SUPPRESS', 'RESEND']).optional(),
  DesiredDeliveryMediums: z.array(z.string()).optional(),
  ForceAliasCreation: z.boolean().optional(),
  ValidationData: z.array(attributeSchema).optional(),
  ClientMetadata: metadataSchema,
});

export const adminUserSchema = z.strictObject(userAddress);

export const adminUpdateUserAttributesSchema = z.strictObject({
  ...userAddress,
  UserAttributes: z.array(attributeSchema),
  ClientMetadata: metadataSchema,
});

export const adminDeleteUserAttributesSchema = z.strictObject({
  ...userAddress,
  UserAttributeNames: z.array(z.string()),
});

export const listUsersSchema = z.strictObject({
  UserPoolId: z.string(),
  Filter: z.string().optional(),
  Limit: z.number().int().min(0).max(60).default(60),
  PaginationToken: z.string().optional(),
  AttributesToGet: z.array(z.string()).optional(),
});

export const initiateAuthSchema = z.strictObject({
  AuthFlow: z.string(),
  ClientId: z.string(),
  AuthParameters: z.record(z.string(), z.string()).default({}),
  ClientMetadata: metadataSchema,
  UserContextData: z.unknown().optional(),
  AnalyticsMetadata: z.unknown().optional(),
  Session: z.string().optional(),
});

export const respondSchema = z.strictObject({
  ChallengeName: z.string(),
  ClientId: z.string(),
  ChallengeResponses: z.record(z.string(), z.string()).default({}),
  Session: z.string().optional(),
  ClientMetadata: metadataSchema,
  UserContextData: z.unknown().optional(),
  AnalyticsMetadata: z.unknown().optional(),
});

export const accessTokenSchema = z.strictObject({ AccessToken: z.string() });

export const revokeTokenSchema = z.strictObject({
  Token: z.string(),
  ClientId: z.string(),
  ClientSecret: z.string().optional(),
});

const messageTemplate = z.unknown().optional();

/** AWS::Cognito::UserPool; what stands as unknown concerns passwords, messages and devices that are not used here. */
export const userPoolProperties = z.strictObject({
  UserPoolName: z.string().optional(),
  UsernameAttributes: z.array(z.enum(['email', 'phone_number'])).optional(),
  AliasAttributes: z.array(z.string()).max(0).optional(),
  UsernameConfiguration: z.strictObject({ CaseSensitive: booleanProperty.optional() }).optional(),
  Policies: z
    .strictObject({
      PasswordPolicy: z.unknown().optional(),
      SignInPolicy: z.strictObject({ AllowedFirstAuthFactors: z.array(z.string()) }).optional(),
    })
    .optional(),
  EmailConfiguration: z
    .strictObject({
      EmailSendingAccount: z.enum(['COGNITO_DEFAULT', 'DEVELOPER']).optional(),
      From: z.string().optional(),
      SourceArn: z.string().optional(),
      ReplyToEmailAddress: z.string().optional(),
      ConfigurationSet: z.string().optional(),
    })
    .optional(),
  EmailAuthenticationMessage: z.string().optional(),
  EmailAuthenticationSubject: z.string().optional(),
  LambdaConfig: z.strictObject({ CustomMessage: z.string().optional() }).optional(),
  Schema: z
    .array(
      z.strictObject({
        Name: z.string(),
        AttributeDataType: z.string().optional(),
        DeveloperOnlyAttribute: z.unknown().optional(),
        Mutable: z.unknown().optional(),
        Required: z.unknown().optional(),
        NumberAttributeConstraints: z.unknown().optional(),
        StringAttributeConstraints: z.unknown().optional(),
      }),
    )
    .optional(),
  MfaConfiguration: z.enum(['OFF', 'OPTIONAL']).optional(),
  AccountRecoverySetting: z.unknown().optional(),
  AdminCreateUserConfig: z.unknown().optional(),
  AutoVerifiedAttributes: z.unknown().optional(),
  DeletionProtection: z.unknown().optional(),
  DeviceConfiguration: z.unknown().optional(),
  EmailVerificationMessage: messageTemplate,
  EmailVerificationSubject: messageTemplate,
  EnabledMfas: z.unknown().optional(),
  SmsAuthenticationMessage: messageTemplate,
  SmsConfiguration: z.unknown().optional(),
  SmsVerificationMessage: messageTemplate,
  UserAttributeUpdateSettings: z.unknown().optional(),
  UserPoolAddOns: z.unknown().optional(),
  UserPoolTags: z.unknown().optional(),
  UserPoolTier: z.unknown().optional(),
  VerificationMessageTemplate: messageTemplate,
  WebAuthnRelyingPartyID: z.unknown().optional(),
  WebAuthnUserVerification: z.unknown().optional(),
});

const unitSchema = z.enum(['seconds', 'minutes', 'hours', 'days']);

/** AWS::Cognito::UserPoolClient; the OAuth properties have no effect: there are no hosted pages here. */
export const userPoolClientProperties = z.strictObject({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: booleanProperty.optional(),
  ExplicitAuthFlows: z.array(z.string()).optional(),
  PreventUserExistenceErrors: z.enum(['ENABLED', 'LEGACY']).optional(),
  AuthSessionValidity: z.coerce.number().min(3).max(15).optional(),
  AccessTokenValidity: z.coerce.number().optional(),
  IdTokenValidity: z.coerce.number().optional(),
  RefreshTokenValidity: z.coerce.number().optional(),
  TokenValidityUnits: z
    .strictObject({
      AccessToken: unitSchema.optional(),
      IdToken: unitSchema.optional(),
      RefreshToken: unitSchema.optional(),
    })
    .optional(),
  EnableTokenRevocation: z.unknown().optional(),
  EnablePropagateAdditionalUserContextData: z.unknown().optional(),
  ReadAttributes: z.unknown().optional(),
  WriteAttributes: z.unknown().optional(),
  AllowedOAuthFlows: z.unknown().optional(),
  AllowedOAuthFlowsUserPoolClient: z.unknown().optional(),
  AllowedOAuthScopes: z.unknown().optional(),
  AnalyticsConfiguration: z.unknown().optional(),
  CallbackURLs: z.unknown().optional(),
  DefaultRedirectURI: z.unknown().optional(),
  LogoutURLs: z.unknown().optional(),
  SupportedIdentityProviders: z.unknown().optional(),
});
