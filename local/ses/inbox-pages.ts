import type { RestRequest, RestResponse } from '../gateway/rest.ts';
import type { InboxMessage } from './model.ts';
import type { SesStore } from './store.ts';

const PAGE = 50;

/** Email HTML runs no script, loads nothing from elsewhere; its links may open in the whole window. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; img-src data:; style-src 'unsafe-inline'";

const STYLE = `
  :root { color-scheme: light; }
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: #0b0c0c; background: #fff; }
  header { background: #fff3bf; border-bottom: 2px solid #594d00; padding: .5rem 1rem; }
  main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
  a { color: #1d4f91; } a:focus-visible, input:focus-visible, button:focus-visible { outline: 3px solid #0b0c0c; outline-offset: 2px; }
  ul.messages { list-style: none; padding: 0; } ul.messages li { border-bottom: 1px solid #b1b4b6; padding: .6rem 0; }
  .meta { color: #484949; overflow-wrap: anywhere; } dt { font-weight: 600; } dd { margin: 0 0 .4rem; overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border: 1px solid #b1b4b6; padding: 1rem; }
  iframe { width: 100%; height: 36rem; border: 1px solid #767676; background: #fff; }
  label { display: block; font-weight: 600; } input { font: inherit; padding: .3rem; width: min(100%, 24rem); box-sizing: border-box; }
  button { font: inherit; padding: .3rem .8rem; } .bounced { color: #942514; font-weight: 600; }`;

/**
 * The inbox for people, below `base`: the list (newest first; `?recipient=`, `?before=`), a message, its HTML for a
 * sandboxed frame, its attachments.
 */
export function answerInbox(
  store: SesStore,
  request: Pick<RestRequest, 'method' | 'path' | 'query'>,
  base: string,
): RestResponse {
  if (request.method !== 'GET' && request.method !== 'HEAD') return notFound(base);
  const rest = request.path.startsWith(base) ? request.path.slice(base.length) : '';
  if (rest === '') {
    const recipient = request.query.get('recipient')?.trim() ?? '';
    const before = Number(request.query.get('before') ?? Number.NaN) || Number.MAX_SAFE_INTEGER;
    return page('Inbox', listPage(store.before(before, recipient, PAGE + 1), recipient, base), base);
  }
  const [, number = '', part, attachment] =
    /^(\d{1,15})(?:\/(html|attachments)(?:\/(\d{1,4}))?)?$/.exec(rest) ?? [];
  const message = number === '' ? undefined : store.message(Number(number));
  if (message === undefined) return notFound(base);
  if (part === undefined) return page(message.subject, messagePage(message, base), base);
  if (part === 'html' && message.html !== undefined) {
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': MAIL_POLICY },
      body: `<base target="_top">${message.html}`,
    };
  }
  const file = attachment === undefined ? undefined : store.attachment(message.seq, Number(attachment));
  if (part !== 'attachments' || file === undefined) return notFound(base);
  return {
    status: 200,
    headers: {
      'content-type': file.type,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    },
    body: file.bytes,
  };
}

function listPage(found: readonly InboxMessage[], recipient: string, base: string): string {
  const messages = found.slice(0, PAGE);
  const items = messages.map(
    (message) => `<li><a href="${base}${message.seq}">${escapeHtml(message.subject || '(no subject)')}</a>
      <div class="meta">To ${escapeHtml([...message.to, ...message.cc].join(', '))}, <time datetime="${message.at}">${shownTime(message.at)}</time>${
        message.bounced.length > 0 ? ' <span class="bounced">bounced</span>' : ''
      }</div></li>`,
  );
  const oldest = messages.at(-1);
  const older =
    found.length > PAGE && oldest !== undefined
      ? `<p><a href="${base}?${new URLSearchParams({ ...(recipient === '' ? {} : { recipient }), before: String(oldest.seq) })}">Older messages</a></p>`
      : '';
  return `<h1>Inbox</h1>
    <form action="${base}" method="get" role="search"><label for="recipient">Recipient contains</label>
    <input id="recipient" name="recipient" type="search" value="${escapeHtml(recipient)}" autocomplete="off">
    <button type="submit">Filter</button>${recipient === '' ? '' : ` <a href="${base}">Show all</a>`}</form>
    ${items.length === 0 ? '<p>No messages.</p>' : `<ul class="messages">${items.join('')}</ul>`}${older}`;
}

function messagePage(message: InboxMessage, base: string): string {
  const field = (name: string, value: string) =>
    value === '' ? '' : `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`;
  const attachments = message.attachments.map(
    (attachment, index) =>
      `<li><a href="${base}${message.seq}/attachments/${index}" download="${escapeHtml(attachment.name)}">${escapeHtml(attachment.name)}</a> (${escapeHtml(attachment.type)}, ${attachment.size.toLocaleString('en-GB')} bytes)</li>`,
  );
  const headers = Object.entries(message.headers).map(([name, value]) => field(escapeHtml(name), value));
  return `<p><a href="${base}">Back to the inbox</a></p>
    <h1>${escapeHtml(message.subject || '(no subject)')}</h1>
    <dl>${field('From', message.from)}${field('To', message.to.join(', '))}${field('Copy to', message.cc.join(', '))}${field('Blind copy to', message.bcc.join(', '))}${field('Reply to', message.replyTo.join(', '))}
    <dt>Sent</dt><dd><time datetime="${message.at}">${shownTime(message.at)}</time></dd>${
      message.bounced.length > 0 ? field('Bounced for', message.bounced.join(', ')) : ''
    }${headers.join('')}</dl>
    ${attachments.length === 0 ? '' : `<h2>Attachments</h2><ul>${attachments.join('')}</ul>`}
    ${message.text === undefined ? '' : `<h2>Text</h2><pre>${linkify(message.text)}</pre>`}
    ${message.html === undefined ? '' : `<h2>HTML</h2><iframe title="The message as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" src="${base}${message.seq}/html"></iframe>`}`;
}

function page(title: string, content: string, base: string, status = 200): RestResponse {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - local inbox</title><style>${STYLE}</style></head>
<body><header><a href="${base}">Local inbox</a>: exists on this machine only. Mail that the local cloud sent; none of it left the machine.</header>
<main>${content}</main></body></html>`,
  };
}

function notFound(base: string): RestResponse {
  return page('Not found', `<h1>Not found</h1><p><a href="${base}">Back to the inbox</a></p>`, base, 404);
}

function shownTime(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', {
    timeZone: 'Europe/London',
    dateStyle: 'full',
    timeStyle: 'medium',
  });
}

function linkify(text: string): string {
  return escapeHtml(text).replace(
    /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g,
    (url) => `<a href="${url}">${url}</a>`,
  );
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
