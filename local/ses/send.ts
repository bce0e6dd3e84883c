import { randomBytes } from 'node:crypto';
import PostalMime from 'postal-mime';
import { ServiceError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { CloudContext } from '../core/service.ts';
import { domainOf, readAddress } from './addresses.ts';
import { type NewMessage, type SendEmailInput, sendEmailSchema } from './model.ts';
import type { SesStore } from './store.ts';

/** SES's default quotas: recipients of one message, and its size with attachments. */
const MAX_RECIPIENTS = 50;
const MAX_BYTES = 40 * 1024 * 1024;

/** For tests of what follows a failure: mail to the first is accepted and bounces, to the second is refused. */
const BOUNCING_DOMAIN = 'bounce.example';
const SUPPRESSED_DOMAIN = 'suppressed.example';

/**
 * SESv2 SendEmail: checks as SES does, keeps the message. Where the templates declare identities, the sender must belong
 * to one; templates without any send from an identity made outside of them.
 */
export async function sendEmail(
  cloud: CloudContext,
  store: SesStore,
  input: Record<string, unknown>,
): Promise<{ MessageId: string }> {
  const request = parseInput('ses SendEmail', sendEmailSchema, input, 'BadRequestException');
  const message = await readMessage(request);
  const sender = readAddress(message.from);
  checkIdentity(cloud, store.identities(), sender);
  if (message.configurationSet !== undefined && !store.hasConfigurationSet(message.configurationSet)) {
    throw new ServiceError(
      'NotFoundException',
      `Configuration set <${message.configurationSet}> does not exist.`,
      404,
    );
  }
  for (const address of message.replyTo) readAddress(address);
  const recipients = [...message.to, ...message.cc, ...message.bcc].map(readAddress);
  if (recipients.length === 0) throw new ServiceError('BadRequestException', 'No recipients were given.');
  if (recipients.length > MAX_RECIPIENTS) {
    throw new ServiceError('MessageRejected', `Recipient count exceeds ${MAX_RECIPIENTS}.`);
  }
  const size = sizeOf(message);
  if (size > MAX_BYTES) {
    throw new ServiceError(
      'MessageRejected',
      `Message length is more than ${MAX_BYTES} bytes long: '${size}'.`,
    );
  }
  const suppressed = recipients.find((address) => domainOf(address) === SUPPRESSED_DOMAIN);
  if (suppressed !== undefined) {
    throw new ServiceError('MessageRejected', `Address ${suppressed} is on the suppression list.`);
  }
  const now = cloud.clock.now();
  const messageId = `${now.toString(16).padStart(16, '0')}-${randomBytes(4).toString('hex')}-${randomBytes(6).toString('hex')}-000000`;
  const bounced = recipients.filter((address) => domainOf(address) === BOUNCING_DOMAIN);
  store.add(message, { messageId, at: now, size, recipients, bounced });
  for (const address of bounced) cloud.log('ses', `mail ${messageId} to ${address} bounced`);
  return { MessageId: messageId };
}

async function readMessage(request: SendEmailInput): Promise<NewMessage> {
  const { Simple: simple, Raw: raw } = request.Content;
  const tags = Object.fromEntries(request.EmailTags.map(({ Name, Value }) => [Name, Value]));
  const common = { tags, configurationSet: request.ConfigurationSetName };
  const destination = request.Destination ?? { ToAddresses: [], CcAddresses: [], BccAddresses: [] };
  if (simple !== undefined && raw === undefined) {
    if (request.FromEmailAddress === undefined) {
      throw new ServiceError('BadRequestException', 'FromEmailAddress is required.');
    }
    return {
      ...common,
      from: request.FromEmailAddress,
      to: destination.ToAddresses,
      cc: destination.CcAddresses,
      bcc: destination.BccAddresses,
      replyTo: request.ReplyToAddresses,
      subject: simple.Subject.Data,
      text: simple.Body.Text?.Data,
      html: simple.Body.Html?.Data,
      headers: Object.fromEntries(simple.Headers.map(({ Name, Value }) => [Name, Value])),
      attachments: simple.Attachments.map((attachment) => ({
        name: attachment.FileName,
        type: attachment.ContentType ?? 'application/octet-stream',
        bytes: attachment.RawContent,
      })),
    };
  }
  if (raw === undefined || simple !== undefined) {
    throw new ServiceError('BadRequestException', 'Exactly one of Simple, Raw or Template is required.');
  }
  const parsed = await PostalMime.parse(raw.Data, { attachmentEncoding: 'arraybuffer' });
  const addresses = (list: typeof parsed.to) =>
    (list ?? []).flatMap((entry) => entry.group ?? [entry]).map(({ address }) => address);
  const given = [...destination.ToAddresses, ...destination.CcAddresses, ...destination.BccAddresses];
  return {
    ...common,
    from: request.FromEmailAddress ?? parsed.from?.address ?? '',
    // A destination given beside a raw message is the envelope: it alone is delivered to.
    to: given.length > 0 ? destination.ToAddresses : addresses(parsed.to),
    cc: given.length > 0 ? destination.CcAddresses : addresses(parsed.cc),
    bcc: given.length > 0 ? destination.BccAddresses : addresses(parsed.bcc),
    replyTo: addresses(parsed.replyTo),
    subject: parsed.subject ?? '',
    text: parsed.text,
    html: parsed.html,
    headers: Object.fromEntries(parsed.headers.map(({ originalKey, value }) => [originalKey, value])),
    attachments: parsed.attachments.map((attachment, index) => ({
      name: attachment.filename ?? `attachment-${index + 1}`,
      type: attachment.mimeType,
      bytes:
        typeof attachment.content === 'string'
          ? new TextEncoder().encode(attachment.content)
          : new Uint8Array(attachment.content),
    })),
  };
}

function checkIdentity(cloud: CloudContext, identities: readonly string[], sender: string): void {
  if (identities.length === 0) return;
  const address = sender.toLowerCase();
  const domain = domainOf(sender);
  // Cognito's own sender, where a pool is not given another.
  if (domain === 'verificationemail.com') return;
  if (!identities.some((identity) => covers(identity, address, domain))) {
    throw new ServiceError(
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region ${cloud.region.toUpperCase()}: ${sender}`,
    );
  }
}

/** The identity that an address sends by, the narrowest first; its domain where none is known. */
export function sendingIdentity(identities: readonly string[], sender: string): string {
  const address = sender.toLowerCase();
  const domain = domainOf(address);
  const fitting = identities.filter((identity) => covers(identity, address, domain));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? domain;
}

function covers(identity: string, address: string, domain: string): boolean {
  return identity === address || identity === domain || domain.endsWith(`.${identity}`);
}

/** As it would travel: attachments in base64. */
function sizeOf(message: NewMessage): number {
  let size = Buffer.byteLength(message.subject) + Buffer.byteLength(message.text ?? '');
  size += Buffer.byteLength(message.html ?? '');
  for (const attachment of message.attachments) size += Math.ceil(attachment.bytes.byteLength / 3) * 4;
  return size;
}
