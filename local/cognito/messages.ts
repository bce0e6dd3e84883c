import * as z from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import type { Client, Pool, User } from './model.ts';

const customMessageSchema = z.object({
  response: z.object({ emailMessage: z.string().nullish(), emailSubject: z.string().nullish() }),
});

/** Sends a sign-in code by SES as the pool is configured; a failure is `CodeDeliveryFailureException`. */
export async function sendCode(
  cloud: CloudContext,
  pool: Pool,
  client: Client,
  user: User,
  code: string,
): Promise<void> {
  const { settings } = pool;
  const worded = await wordMessage(cloud, pool, client, user);
  const message = worded.message.replaceAll('{####}', code).replaceAll('{username}', user.username);
  const isHtml = /<[a-z][^>]*>/i.test(message);
  const text = isHtml ? message.replaceAll(/<br\s*\/?>|<\/p>/gi, '\n').replaceAll(/<[^>]*>/g, '') : message;
  try {
    await cloud.gateway.call({
      service: 'ses',
      action: 'SendEmail',
      input: {
        FromEmailAddress: settings.emailFrom,
        Destination: { ToAddresses: [user.attributes.email ?? ''] },
        ...(settings.emailReplyTo === undefined ? {} : { ReplyToAddresses: [settings.emailReplyTo] }),
        ...(settings.emailConfigurationSet === undefined
          ? {}
          : { ConfigurationSetName: settings.emailConfigurationSet }),
        Content: {
          Simple: {
            Subject: { Data: worded.subject },
            Body: { Text: { Data: text }, ...(isHtml ? { Html: { Data: message } } : {}) },
          },
        },
      },
      caller: serviceCaller(cloud, pool),
    });
  } catch (error) {
    cloud.log('cognito-idp', `the code for ${user.username} was not sent: ${String(error)}`);
    throw new ServiceError(
      'CodeDeliveryFailureException',
      error instanceof Error ? error.message : 'The code could not be delivered.',
    );
  }
}

/** The pool's own words, or those of its custom message trigger (Cognito Developer Guide, "Custom message"). */
async function wordMessage(
  cloud: CloudContext,
  pool: Pool,
  client: Client,
  user: User,
): Promise<{ readonly subject: string; readonly message: string }> {
  const { customMessage, codeSubject, codeMessage } = pool.settings;
  if (customMessage === undefined) return { subject: codeSubject, message: codeMessage };
  const event = {
    version: '1',
    region: cloud.region,
    userPoolId: pool.id,
    userName: user.username,
    callerContext: { awsSdkVersion: 'local', clientId: client.id },
    triggerSource: 'CustomMessage_Authentication',
    request: { userAttributes: user.attributes, codeParameter: '{####}', usernameParameter: null },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  };
  const output = await cloud.gateway.call({
    service: 'lambda',
    action: 'Invoke',
    input: {
      FunctionName: customMessage,
      InvocationType: 'RequestResponse',
      Payload: new TextEncoder().encode(JSON.stringify(event)),
    },
    caller: serviceCaller(cloud, pool),
  });
  const payload = output.Payload instanceof Uint8Array ? new TextDecoder().decode(output.Payload) : '';
  if (output.FunctionError !== undefined) {
    throw new ServiceError('UserLambdaValidationException', `CustomMessage failed with error ${payload}.`);
  }
  const parsed = customMessageSchema.safeParse(JSON.parse(payload === '' ? 'null' : payload));
  if (!parsed.success) {
    throw new ServiceError('InvalidLambdaResponseException', 'Unrecognizable lambda output');
  }
  return {
    subject: parsed.data.response.emailSubject ?? codeSubject,
    message: parsed.data.response.emailMessage ?? codeMessage,
  };
}

function serviceCaller(cloud: CloudContext, pool: Pool) {
  return {
    kind: 'service',
    service: 'cognito-idp.amazonaws.com',
    sourceArn: `arn:aws:cognito-idp:${cloud.region}:${cloud.account}:userpool/${pool.id}`,
  } as const;
}
