import { createPublicKey, verify } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cognitoResources } from '../../../local/cognito/resources.ts';
import { provision, type Services, startServices, temporaryDirectory } from './support.ts';

const POOL = {
  UserPoolName: 'people',
  UsernameAttributes: ['email'],
  UsernameConfiguration: { CaseSensitive: false },
  AutoVerifiedAttributes: ['email'],
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  UserPoolTier: 'ESSENTIALS',
  Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } },
  EmailConfiguration: {
    EmailSendingAccount: 'DEVELOPER',
    From: 'PSQM <office@psqm.example>',
    SourceArn: 'arn:aws:ses:eu-west-2:000000000000:identity/psqm.example',
  },
  Schema: [{ Name: 'language', AttributeDataType: 'String', Mutable: true }],
};
const CLIENT = {
  ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  PreventUserExistenceErrors: 'ENABLED',
  AccessTokenValidity: 30,
  TokenValidityUnits: { AccessToken: 'minutes' },
};

async function provisionPool(services: Services) {
  const providers = cognitoResources(services.cognito);
  const pool = await provision(services.cloud, providers, 'AWS::Cognito::UserPool', 'Pool', POOL);
  const client = await provision(services.cloud, providers, 'AWS::Cognito::UserPoolClient', 'Client', {
    UserPoolId: pool.ref,
    ...CLIENT,
  });
  return { UserPoolId: pool.ref, ClientId: client.ref };
}

const directory = temporaryDirectory();
let services: Services;
let cognito: CognitoIdentityProviderClient;
let UserPoolId: string;
let ClientId: string;

beforeAll(async () => {
  services = await startServices({ dataDir: directory.path });
  cognito = new CognitoIdentityProviderClient(services.client);
  ({ UserPoolId, ClientId } = await provisionPool(services));
});

afterAll(async () => {
  cognito.destroy();
  await services.stop();
  await directory.remove();
});

let people = 0;
async function createPerson() {
  const email = `person${++people}@school.example`;
  await cognito.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: email,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
        { Name: 'custom:language', Value: 'cy' },
      ],
    }),
  );
  return email;
}

const begin = (USERNAME: string) =>
  cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_AUTH',
      ClientId,
      AuthParameters: { USERNAME, PREFERRED_CHALLENGE: 'EMAIL_OTP' },
    }),
  );
const answer = (USERNAME: string, Session: string | undefined, EMAIL_OTP_CODE: string) =>
  cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'EMAIL_OTP',
      Session,
      ChallengeResponses: { USERNAME, EMAIL_OTP_CODE },
    }),
  );
const codeFor = (email: string) => {
  const message = services.ses.inbox().findLast(({ to }) => to.includes(email));
  return /\b\d{8}\b/.exec(message?.text ?? '')?.[0] ?? '';
};
async function signIn(email: string) {
  const { Session } = await begin(email);
  return (await answer(email, Session, codeFor(email))).AuthenticationResult!;
}
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

describe('sign-in by a code sent by email', () => {
  it('gives tokens that the published key verifies', async () => {
    const email = await createPerson();
    const begun = await begin(email.toUpperCase());
    expect(begun).toMatchObject({
      ChallengeName: 'EMAIL_OTP',
      ChallengeParameters: { CODE_DELIVERY_DELIVERY_MEDIUM: 'EMAIL', CODE_DELIVERY_DESTINATION: 'p***@s***' },
    });
    expect(services.ses.inbox().at(-1)).toMatchObject({ from: 'PSQM <office@psqm.example>', to: [email] });
    const { AuthenticationResult: tokens } = await answer(email, begun.Session, codeFor(email));
    expect(tokens).toMatchObject({ ExpiresIn: 1800, TokenType: 'Bearer' });
    const [jwk] = services.cognito.jwks(UserPoolId).keys;
    const [header, payload, signature] = tokens!.IdToken!.split('.');
    expect(
      verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        createPublicKey({ key: jwk!, format: 'jwk' }),
        Buffer.from(signature!, 'base64url'),
      ),
    ).toBe(true);
    expect(claimsOf(tokens!.IdToken!)).toMatchObject({
      iss: `https://cognito-idp.eu-west-2.amazonaws.com/${UserPoolId}`,
      aud: ClientId,
      token_use: 'id',
      email,
      email_verified: true,
      'custom:language': 'cy',
    });
    expect(claimsOf(tokens!.AccessToken!)).toMatchObject({ client_id: ClientId, token_use: 'access' });
    const user = await cognito.send(new GetUserCommand({ AccessToken: tokens!.AccessToken }));
    expect(user.UserAttributes).toContainEqual({ Name: 'email', Value: email });
  });

  it('refuses a wrong code, the fifth time for good', async () => {
    const email = await createPerson();
    const { Session } = await begin(email);
    const right = codeFor(email);
    const wrong = right === '00000000' ? '00000001' : '00000000';
    for (let count = 1; count < 5; count++) {
      await expect(answer(email, Session, wrong)).rejects.toMatchObject({ name: 'CodeMismatchException' });
    }
    await expect(answer(email, Session, wrong)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(answer(email, Session, right)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('takes a code once, and within three minutes', async () => {
    const email = await createPerson();
    const first = await begin(email);
    await answer(email, first.Session, codeFor(email));
    await expect(answer(email, first.Session, codeFor(email))).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
    const second = await begin(email);
    await services.clock.advanceTo(services.clock.now() + 180_001);
    await expect(answer(email, second.Session, codeFor(email))).rejects.toMatchObject({
      name: 'ExpiredCodeException',
    });
  });

  it("takes nobody's session for somebody else", async () => {
    const [one, two] = [await createPerson(), await createPerson()];
    const { Session } = await begin(one);
    await expect(answer(two, Session, codeFor(one))).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });

  it('does not tell who is unknown', async () => {
    const before = services.ses.inbox().length;
    const begun = await begin('nobody@school.example');
    expect(begun.ChallengeName).toBe('EMAIL_OTP');
    expect(services.ses.inbox()).toHaveLength(before);
    await expect(answer('nobody@school.example', begun.Session, '12345678')).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
  });

  it('fails with the reason where the code cannot be sent', async () => {
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username: 'x@suppressed.example',
        MessageAction: 'SUPPRESS',
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      }),
    );
    await expect(begin('x@suppressed.example')).rejects.toMatchObject({
      name: 'CodeDeliveryFailureException',
    });
  });
});

describe('a pool with a function that words its messages', () => {
  it("sends that function's words with the code in them", async () => {
    const providers = cognitoResources(services.cognito);
    const words = 'arn:aws:lambda:eu-west-2:000000000000:function:words';
    services.lambda.functions.set(words, (event) => ({
      ...event,
      response: { emailSubject: 'Eich cod', emailMessage: '<p>Cod: {####}</p>' },
    }));
    const pool = await provision(services.cloud, providers, 'AWS::Cognito::UserPool', 'Worded', {
      ...POOL,
      LambdaConfig: { CustomMessage: words },
    });
    const client = await provision(
      services.cloud,
      providers,
      'AWS::Cognito::UserPoolClient',
      'WordedClient',
      {
        UserPoolId: pool.ref,
        ...CLIENT,
      },
    );
    const Username = 'worded@school.example';
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: pool.ref,
        Username,
        MessageAction: 'SUPPRESS',
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      }),
    );
    await cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_AUTH',
        ClientId: client.ref,
        AuthParameters: { USERNAME: Username, PREFERRED_CHALLENGE: 'EMAIL_OTP' },
      }),
    );
    expect(services.ses.inbox().at(-1)).toMatchObject({
      subject: 'Eich cod',
      html: expect.stringMatching(/^<p>Cod: \d{8}<\/p>$/),
      text: expect.stringMatching(/^Cod: \d{8}/),
    });
    expect(services.lambda.events.at(-1)).toMatchObject({
      triggerSource: 'CustomMessage_Authentication',
      userPoolId: pool.ref,
      request: { codeParameter: '{####}', userAttributes: { email: Username } },
    });
  });
});

describe('a session', () => {
  it('is refreshed until it is signed out everywhere', async () => {
    const email = await createPerson();
    const { AccessToken, RefreshToken } = await signIn(email);
    const refresh = () =>
      cognito.send(
        new InitiateAuthCommand({
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          ClientId,
          AuthParameters: { REFRESH_TOKEN: RefreshToken! },
        }),
      );
    await services.clock.advanceTo(services.clock.now() + 1800_000);
    await expect(cognito.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Access Token has expired',
    });
    const renewed = (await refresh()).AuthenticationResult!;
    await cognito.send(new GlobalSignOutCommand({ AccessToken: renewed.AccessToken }));
    await expect(refresh()).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(
      cognito.send(new GetUserCommand({ AccessToken: renewed.AccessToken })),
    ).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });

  it('ends when an admin disables the person or signs them out', async () => {
    const email = await createPerson();
    const first = await signIn(email);
    await cognito.send(new AdminDisableUserCommand({ UserPoolId, Username: email }));
    await expect(cognito.send(new GetUserCommand({ AccessToken: first.AccessToken }))).rejects.toThrow();
    await expect(begin(email)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await cognito.send(new AdminEnableUserCommand({ UserPoolId, Username: email }));
    const second = await signIn(email);
    await cognito.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username: email }));
    await expect(cognito.send(new GetUserCommand({ AccessToken: second.AccessToken }))).rejects.toThrow();
  });

  it('is not opened by a forged token', async () => {
    const email = await createPerson();
    const { AccessToken } = await signIn(email);
    const [header, , signature] = AccessToken!.split('.');
    const claims = { ...claimsOf(AccessToken!), username: 'somebody-else' };
    const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
    await expect(cognito.send(new GetUserCommand({ AccessToken: forged }))).rejects.toMatchObject({
      message: 'Invalid Access Token',
    });
  });
});

describe('people', () => {
  it('are created once, found by email and listed', async () => {
    const email = await createPerson();
    await expect(
      cognito.send(
        new AdminCreateUserCommand({ UserPoolId, Username: email.toUpperCase(), MessageAction: 'SUPPRESS' }),
      ),
    ).rejects.toMatchObject({ name: 'UsernameExistsException' });
    const user = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username: email }));
    expect(user).toMatchObject({ Enabled: true, UserStatus: 'CONFIRMED' });
    expect(user.UserCreateDate).toEqual(new Date(services.clock.now()));
    const listed = await cognito.send(new ListUsersCommand({ UserPoolId, Filter: `email = "${email}"` }));
    expect(listed.Users?.map(({ Username }) => Username)).toEqual([user.Username]);
    await expect(
      cognito.send(new AdminGetUserCommand({ UserPoolId, Username: 'nobody' })),
    ).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  it('change their address, and sign in with the new one alone', async () => {
    const email = await createPerson();
    await cognito.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId,
        Username: email,
        UserAttributes: [
          { Name: 'email', Value: 'moved@school.example' },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    await expect(signIn('moved@school.example')).resolves.toBeDefined();
    await expect(cognito.send(new AdminGetUserCommand({ UserPoolId, Username: email }))).rejects.toThrow();
  });
});

describe('after a stop', () => {
  it('people, keys, ids and a sign-in under way are the same', async () => {
    const own = temporaryDirectory();
    const root = { kind: 'root' } as const;
    const first = await startServices({ dataDir: own.path, serve: false });
    const ids = await provisionPool(first);
    const created = await first.cognito.call(
      'AdminCreateUser',
      {
        UserPoolId: ids.UserPoolId,
        Username: 'a@school.example',
        MessageAction: 'SUPPRESS',
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      },
      root,
    );
    expect(created.User).toMatchObject({ Enabled: true });
    const begun = await first.cognito.call(
      'InitiateAuth',
      {
        AuthFlow: 'USER_AUTH',
        ClientId: ids.ClientId,
        AuthParameters: { USERNAME: 'a@school.example', PREFERRED_CHALLENGE: 'EMAIL_OTP' },
      },
      root,
    );
    const keys = first.cognito.jwks(ids.UserPoolId);
    await first.stop();
    const second = await startServices({ dataDir: own.path, serve: false });
    expect(await provisionPool(second)).toEqual(ids);
    expect(second.cognito.jwks(ids.UserPoolId)).toEqual(keys);
    const code = /\b\d{8}\b/.exec(second.ses.inbox().at(-1)?.text ?? '')?.[0];
    const done = await second.cognito.call(
      'RespondToAuthChallenge',
      {
        ChallengeName: 'EMAIL_OTP',
        ClientId: ids.ClientId,
        Session: begun.Session,
        ChallengeResponses: { USERNAME: 'a@school.example', EMAIL_OTP_CODE: code },
      },
      root,
    );
    expect(done.AuthenticationResult).toMatchObject({ TokenType: 'Bearer' });
    await second.stop();
    await own.remove();
  });
});
