import * as z from 'zod';

/** Bytes as the SDK gives them in process, or base64 as they travel in JSON. */
const bytesSchema = z
  .union([z.instanceof(Uint8Array), z.string()])
  .transform((bytes) => (typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : bytes));

const contentSchema = z.strictObject({ Data: z.string(), Charset: z.string().optional() });
const headerSchema = z.strictObject({ Name: z.string(), Value: z.string() });

const attachmentSchema = z.strictObject({
  RawContent: bytesSchema,
  FileName: z.string().min(1),
  ContentType: z.string().optional(),
  ContentDisposition: z.enum(['ATTACHMENT', 'INLINE']).optional(),
  ContentDescription: z.string().optional(),
  ContentId: z.string().optional(),
  ContentTransferEncoding: z.enum(['BASE64', 'QUOTED_PRINTABLE', 'SEVEN_BIT']).optional(),
});

/** SESv2 SendEmail in the SDK's shape; sending by a stored template is not supported. */
export const sendEmailSchema = z.strictObject({
  FromEmailAddress: z.string().optional(),
  FromEmailAddressIdentityArn: z.string().optional(),
  Destination: z
    .strictObject({
      ToAddresses: z.array(z.string()).default([]),
      CcAddresses: z.array(z.string()).default([]),
      BccAddresses: z.array(z.string()).default([]),
    })
    .optional(),
  ReplyToAddresses: z.array(z.string()).default([]),
  FeedbackForwardingEmailAddress: z.string().optional(),
  FeedbackForwardingEmailAddressIdentityArn: z.string().optional(),
  Content: z.strictObject({
    Simple: z
      .strictObject({
        Subject: contentSchema,
        Body: z.strictObject({ Text: contentSchema.optional(), Html: contentSchema.optional() }),
        Headers: z.array(headerSchema).max(15).default([]),
        Attachments: z.array(attachmentSchema).default([]),
      })
      .optional(),
    Raw: z.strictObject({ Data: bytesSchema }).optional(),
  }),
  EmailTags: z.array(headerSchema).default([]),
  ConfigurationSetName: z.string().optional(),
});
export type SendEmailInput = z.infer<typeof sendEmailSchema>;

export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A message to be kept, whichever form it came in. */
export interface NewMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
  readonly configurationSet: string | undefined;
}

/** A kept message as the inbox gives it. */
export interface InboxMessage {
  /** Counts up without gaps that matter: a reader asks for what comes after the last one it saw. */
  readonly seq: number;
  readonly messageId: string;
  /** ISO instant. */
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text: string | undefined;
  readonly html: string | undefined;
  /** `size` in bytes. */
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly size: number }[];
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Recipients whose mail server refused the message. */
  readonly bounced: readonly string[];
}
