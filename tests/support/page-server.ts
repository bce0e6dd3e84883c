import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { buildSite } from '../../web/build.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What a test's API answers to one request; `undefined`: it knows no such route. */
export type Answer = (request: {
  readonly route: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}) => { readonly status?: number; readonly body: unknown } | undefined;

/**
 * The built pages as CloudFront serves them, with an API of the test's own behind them, on a free port of this machine:
 * for what only a browser can show, without the whole cloud.
 */
export async function servePages(answer: Answer): Promise<{ url: string; stop: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'psqm-pages-'));
  await buildSite(directory);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname.startsWith('/api/')) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString('utf8');
      const found = answer({
        route: `${request.method} ${url.pathname}`,
        query: url.searchParams,
        body: text === '' ? undefined : JSON.parse(text),
      });
      response.writeHead(found === undefined ? 404 : (found.status ?? 200), {
        'content-type': 'application/json',
      });
      response.end(
        JSON.stringify(found?.body ?? { error: { code: 'not-found', message: 'There is nothing here.' } }),
      );
      return;
    }
    // An address without a dot belongs to its audience's one document.
    const path = url.pathname.includes('.')
      ? url.pathname
      : join('/', url.pathname.split('/')[1] ?? '', 'index.html');
    const file = join(directory, path);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the page server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
