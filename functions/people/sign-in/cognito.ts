import {
  AdminCreateUserCommand,
  CodeMismatchException,
  CognitoIdentityProviderClient,
  ExpiredCodeException,
  InitiateAuthCommand,
  NotAuthorizedException,
  RespondToAuthChallengeCommand,
  TooManyFailedAttemptsException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { requireEnv } from '../../shared/runtime/env.ts';

const cognito = new CognitoIdentityProviderClient({});

/** Makes sure that Cognito can send codes to the address; it writes to nobody. Safe to repeat. */
export async function ensureUser(email: string): Promise<void> {
  try {
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: requireEnv('USER_POOL_ID'),
        Username: email,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
}

/**
 * Has a code sent to the address and returns Cognito's session of it; undefined for an address that Cognito does not
 * know (it answers as if it did, or says so: both are the same to the caller).
 */
export async function sendCode(email: string): Promise<string | undefined> {
  const ClientId = requireEnv('USER_POOL_CLIENT_ID');
  try {
    const started = await cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_AUTH',
        ClientId,
        AuthParameters: { USERNAME: email, PREFERRED_CHALLENGE: 'EMAIL_OTP' },
      }),
    );
    if (started.ChallengeName === 'EMAIL_OTP') return started.Session;
    // Cognito asks to choose where the preferred way is not the only one.
    const chosen = await cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'SELECT_CHALLENGE',
        ChallengeResponses: { USERNAME: email, ANSWER: 'EMAIL_OTP' },
        ...(started.Session === undefined ? {} : { Session: started.Session }),
      }),
    );
    return chosen.Session;
  } catch (error) {
    if (error instanceof UserNotFoundException || error instanceof NotAuthorizedException) return undefined;
    throw error;
  }
}

/** RIGHT: the code proves the address. WRONG: try again with `session`. OVER: the attempt is over, ask for a new code. */
export type CodeAnswer =
  | { readonly is: 'RIGHT' }
  | { readonly is: 'WRONG'; readonly session: string | undefined }
  | { readonly is: 'OVER' };

/** Answers Cognito's challenge with the code that the person typed. */
export async function answerCode(email: string, session: string, code: string): Promise<CodeAnswer> {
  try {
    const answered = await cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId: requireEnv('USER_POOL_CLIENT_ID'),
        ChallengeName: 'EMAIL_OTP',
        Session: session,
        ChallengeResponses: { USERNAME: email, EMAIL_OTP_CODE: code },
      }),
    );
    if (answered.AuthenticationResult?.AccessToken !== undefined) return { is: 'RIGHT' };
    return { is: 'WRONG', session: answered.Session };
  } catch (error) {
    if (error instanceof CodeMismatchException) return { is: 'WRONG', session: undefined };
    if (
      error instanceof NotAuthorizedException ||
      error instanceof ExpiredCodeException ||
      error instanceof TooManyFailedAttemptsException
    ) {
      return { is: 'OVER' };
    }
    throw error;
  }
}
