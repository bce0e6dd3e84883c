import type { Browser } from 'playwright-core';
import type { Message } from '../outside/inbox.ts';
import { checkAccessibility } from './accessibility.ts';
import type { TourRecord } from './record.ts';

const WIDTH = 390;
const CODE = /\b\d{8}\b/;

/**
 * Writes the mail of these people as they received it: text and HTML, what came attached, and a picture of each as on
 * a phone, checked for accessibility. Of the many sign-in codes the first in each language is enough.
 */
export async function writeMail(
  record: TourRecord,
  of: {
    readonly browser: Browser;
    readonly endpoint: string;
    readonly messages: readonly Message[];
    readonly people: ReadonlySet<string>;
  },
): Promise<void> {
  const context = await of.browser.newContext({ viewport: { width: WIDTH, height: 844 } });
  const page = await context.newPage();
  const codes = new Set<string>();
  let count = 0;
  for (const message of of.messages) {
    if (!message.to.some((address) => of.people.has(address.toLowerCase()))) continue;
    const code = CODE.exec(message.subject + message.text)?.[0];
    if (code !== undefined && message.attachments.length === 0) {
      const kind = message.subject.replace(code, '');
      if (codes.has(kind)) continue;
      codes.add(kind);
    }
    count++;
    const name = `${String(count).padStart(3, '0')}-${slug(message.to[0] ?? '')}-${slug(message.subject)}`;
    record.write(`emails/${name}.txt`, textOf(message));
    for (const [index, attachment] of message.attachments.entries())
      record.write(
        `pdfs/${String(count).padStart(3, '0')}-${attachment.name.replaceAll(/[^\w.-]+/g, '-')}`,
        await attachmentOf(of.endpoint, message.seq, index),
      );
    if (typeof message.html !== 'string') continue;
    record.write(`emails/${name}.html`, message.html);
    await page.setContent(message.html, { waitUntil: 'load' });
    const picture = `emails/${name}.png`;
    record.write(picture, await page.screenshot({ fullPage: true }));
    const language = await page.evaluate(() => document.documentElement.lang);
    record.pages.push({
      task: 'emails',
      language: language === 'cy' ? 'cy' : 'en',
      width: WIDTH,
      address: '',
      picture,
      title: message.subject,
      text: message.text,
      ...(await checkAccessibility(page, 'email')),
    });
  }
  await context.close();
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50);

const textOf = (message: Message): string =>
  [
    `From: ${message.from}`,
    `To: ${message.to.join(', ')}`,
    `Date: ${message.at}`,
    `Subject: ${message.subject}`,
    ...message.attachments.map(({ name, size }) => `Attached: ${name} (${size} bytes)`),
    '',
    message.text,
    '',
  ].join('\n');

async function attachmentOf(endpoint: string, seq: number, index: number): Promise<Uint8Array> {
  const response = await fetch(`${endpoint}/_local/inbox/${seq}/attachments/${index}`);
  if (!response.ok) throw new Error(`the attachment ${index} of message ${seq} is not there`);
  return new Uint8Array(await response.arrayBuffer());
}
