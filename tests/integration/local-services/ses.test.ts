import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sesResources } from '../../../local/ses/resources.ts';
import { provision, type Services, startServices, temporaryDirectory } from './support.ts';

let services: Services;
let ses: SESv2Client;

beforeAll(async () => {
  services = await startServices();
  ses = new SESv2Client(services.client);
  const providers = sesResources(services.ses);
  await provision(services.cloud, providers, 'AWS::SES::EmailIdentity', 'Identity', {
    EmailIdentity: 'psqm.example',
  });
  await provision(services.cloud, providers, 'AWS::SES::ConfigurationSet', 'Set', { Name: 'mail' });
});

afterAll(async () => {
  ses.destroy();
  await services.stop();
});

const simple = (to: string[], more: Record<string, unknown> = {}) =>
  new SendEmailCommand({
    FromEmailAddress: 'PSQM <office@psqm.example>',
    Destination: { ToAddresses: to },
    Content: {
      Simple: {
        Subject: { Data: 'Croeso i bawb: ŵ' },
        Body: {
          Text: { Data: 'See http://127.0.0.1:4000/school/1?a=1&b=2.' },
          Html: { Data: '<p>Hello <script>alert(1)</script></p>' },
        },
        Headers: [{ Name: 'X-Cause', Value: 'invoice-1' }],
        Attachments: [
          {
            FileName: 'invoice.pdf',
            ContentType: 'application/pdf',
            RawContent: new Uint8Array([37, 80, 68, 70]),
          },
        ],
      },
    },
    EmailTags: [{ Name: 'kind', Value: 'invoice' }],
    ConfigurationSetName: 'mail',
    ...more,
  });

describe('mail sent by the SDK', () => {
  it('is in the inbox with its parts, and read from a number on', async () => {
    const { MessageId } = await ses.send(simple(['head@school.example']));
    await ses.send(simple(['Jane Doe <jane@school.example>']));
    const [first, second] = services.ses.inbox();
    expect(first).toMatchObject({
      messageId: MessageId,
      from: 'PSQM <office@psqm.example>',
      to: ['head@school.example'],
      subject: 'Croeso i bawb: ŵ',
      html: '<p>Hello <script>alert(1)</script></p>',
      headers: { 'X-Cause': 'invoice-1' },
      tags: { kind: 'invoice' },
      attachments: [{ name: 'invoice.pdf', type: 'application/pdf', size: 4 }],
      bounced: [],
      at: new Date(services.clock.now()).toISOString(),
    });
    expect(services.ses.inbox(first!.seq)).toEqual([second]);
  });

  it('may be a raw message', async () => {
    const raw = [
      'From: office@psqm.example',
      'To: one@school.example',
      'Cc: two@school.example',
      'Subject: =?utf-8?q?Tystysgrif_=C5=B5?=',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Text',
      '--x',
      'Content-Type: application/pdf; name=a.pdf',
      'Content-Disposition: attachment; filename=a.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERg==',
      '--x--',
      '',
    ].join('\r\n');
    await ses.send(new SendEmailCommand({ Content: { Raw: { Data: new TextEncoder().encode(raw) } } }));
    expect(services.ses.inbox().at(-1)).toMatchObject({
      from: 'office@psqm.example',
      to: ['one@school.example'],
      cc: ['two@school.example'],
      subject: 'Tystysgrif ŵ',
      text: 'Text\n',
      attachments: [{ name: 'a.pdf', type: 'application/pdf', size: 4 }],
    });
  });

  it.each([
    [
      'from an identity that is not verified',
      simple(['a@b.example'], { FromEmailAddress: 'x@other.example' }),
      'MessageRejected',
    ],
    [
      'with an unknown configuration set',
      simple(['a@b.example'], { ConfigurationSetName: 'none' }),
      'NotFoundException',
    ],
    ['to what is no address', simple(['a@@b']), 'BadRequestException'],
    ['to nobody', simple([]), 'BadRequestException'],
    ['to 51 people', simple(Array.from({ length: 51 }, (_, n) => `p${n}@b.example`)), 'MessageRejected'],
    ['to a suppressed address', simple(['a@suppressed.example']), 'MessageRejected'],
  ] as const)('%s is refused and not kept', async (_name, command, error) => {
    const before = services.ses.inbox().length;
    await expect(ses.send(command)).rejects.toMatchObject({ name: error });
    expect(services.ses.inbox()).toHaveLength(before);
  });

  it('to a bouncing address is accepted and recorded as bounced', async () => {
    await ses.send(simple(['x@bounce.example', 'y@school.example']));
    expect(services.ses.inbox().at(-1)?.bounced).toEqual(['x@bounce.example']);
    expect(services.ses.statistics()).toMatchObject({ bounced: 1, messages: 4, recipients: 6 });
  });
});

describe('the inbox pages', () => {
  const page = (path: string, query = '') =>
    services.ses.handleInbox({ method: 'GET', path, query: new URLSearchParams(query) }, '/inbox/');

  it('list the newest first, filtered by recipient', () => {
    const all = String(page('/inbox/').body);
    expect(all.indexOf('/inbox/4"')).toBeLessThan(all.indexOf('/inbox/1"'));
    const some = String(page('/inbox/', 'recipient=JANE').body);
    expect(some).toContain('href="/inbox/2"');
    expect(some).not.toContain('href="/inbox/1"');
  });

  it('show a message without running what it carries', () => {
    const shown = String(page('/inbox/1').body);
    expect(shown).toContain('<a href="http://127.0.0.1:4000/school/1?a=1&amp;b=2">');
    expect(shown).not.toContain('<script>');
    const html = page('/inbox/1/html');
    expect(html.headers?.['content-security-policy']).toMatch(/^sandbox/);
    expect(String(html.headers?.['content-security-policy'])).not.toContain('allow-scripts');
  });

  it('give attachments and nothing that is not there', () => {
    const file = page('/inbox/1/attachments/0');
    expect([
      file.status,
      file.headers?.['content-type'],
      Buffer.from(file.body as Uint8Array).toString(),
    ]).toEqual([200, 'application/pdf', '%PDF']);
    for (const path of ['/inbox/99', '/inbox/1/attachments/7', '/inbox/1/x', '/inbox/..']) {
      expect(page(path).status).toBe(404);
    }
  });
});

describe('after a stop', () => {
  it('mail is there again and numbers go on', async () => {
    const directory = temporaryDirectory();
    const root = { kind: 'root' } as const;
    const input = {
      FromEmailAddress: 'a@b.example',
      Destination: { ToAddresses: ['c@d.example'] },
      Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
    };
    for (const expected of [[1], [1, 2]]) {
      const own = await startServices({ dataDir: directory.path, serve: false });
      await own.ses.call('SendEmail', input, root);
      expect(own.ses.inbox().map(({ seq }) => seq)).toEqual(expected);
      await own.stop();
    }
    await directory.remove();
  });
});
