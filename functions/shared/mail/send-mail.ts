import { ConditionalCheckFailedException, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Language } from '../access/identity.ts';
import { requireEnv } from '../runtime/env.ts';
import { dynamodb } from '../table/client.ts';

const ses = new SESv2Client({});

export interface Mail {
  /** Item collection that the mail belongs to, and its cause there: one cause, one mail. */
  readonly collection: string;
  readonly cause: string;
  readonly to: string;
  readonly language: Language;
  readonly subject: string;
  /** Plain text in paragraphs separated by blank lines; addresses of pages stand on lines of their own. */
  readonly text: string;
  readonly attachments?: readonly {
    readonly name: string;
    readonly type: string;
    readonly bytes: Uint8Array;
  }[];
}

export type MailResult = 'SENT' | 'ALREADY_SENT';

/**
 * Sends a mail once for its cause. `EMAIL#<cause>` is claimed before the provider is called and marked after it
 * accepted; where a run died in between, the next one sends again and counts the interruption (`interrupted`), since
 * nobody can know whether the provider had accepted. Errors of the provider are thrown, the claim stays for the retry.
 */
export async function sendMail(mail: Mail, now: Date): Promise<MailResult> {
  const key = marshall({ pk: mail.collection, sk: `EMAIL#${mail.cause}` });
  const TableName = requireEnv('PROGRAMME_TABLE');
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: {
          ...key,
          ...marshall({
            version: 1,
            status: 'SENDING',
            cause: mail.cause,
            to: mail.to,
            subject: mail.subject,
            claimedAt: now.toISOString(),
            interrupted: 0,
          }),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const earlier = error.Item === undefined ? {} : unmarshall(error.Item);
    if (earlier.status === 'SENT') return 'ALREADY_SENT';
    await dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: key,
        UpdateExpression: 'ADD interrupted :one',
        ExpressionAttributeValues: marshall({ ':one': 1 }),
      }),
    );
  }
  const { MessageId } = await ses.send(
    new SendEmailCommand({
      FromEmailAddress: requireEnv('MAIL_FROM'),
      ConfigurationSetName: requireEnv('MAIL_CONFIGURATION_SET'),
      Destination: { ToAddresses: [mail.to] },
      Content: {
        Simple: {
          Subject: { Data: mail.subject, Charset: 'UTF-8' },
          Body: {
            Text: { Data: mail.text, Charset: 'UTF-8' },
            Html: { Data: htmlOf(mail), Charset: 'UTF-8' },
          },
          ...(mail.attachments === undefined
            ? {}
            : {
                Attachments: mail.attachments.map((file) => ({
                  FileName: file.name,
                  ContentType: file.type,
                  RawContent: file.bytes,
                  ContentDisposition: 'ATTACHMENT' as const,
                })),
              }),
        },
      },
      EmailTags: [{ Name: 'cause', Value: mail.cause.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 250) }],
    }),
  );
  await dynamodb.send(
    new UpdateItemCommand({
      TableName,
      Key: key,
      UpdateExpression: 'SET #status = :sent, sentAt = :now, messageId = :id',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: marshall({
        ':sent': 'SENT',
        ':now': now.toISOString(),
        ':id': MessageId ?? '',
      }),
    }),
  );
  return 'SENT';
}

function htmlOf(mail: Mail): string {
  const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
  const paragraphs = mail.text.split(/\n{2,}/).map((paragraph) => {
    const lines = paragraph.split('\n').map((line) => {
      const trimmed = line.trim();
      return /^https?:\/\/\S+$/.test(trimmed)
        ? `<a href="${escaped(trimmed)}">${escaped(trimmed)}</a>`
        : escaped(line);
    });
    return `<p>${lines.join('<br>')}</p>`;
  });
  return `<!doctype html><html lang="${mail.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(mail.subject)}</title></head><body style="font-family:Arial,sans-serif;font-size:16px;line-height:1.5;max-width:40em;overflow-wrap:anywhere">${paragraphs.join('')}</body></html>`;
}
