import { ServiceError } from '../core/errors.ts';
import type { RestRequest } from '../gateway/rest.ts';

/**
 * The bytes that a request means and the headers that count: `aws-chunked` bodies are put together and their trailing
 * headers (checksums) taken over. The signatures of single chunks are not verified: they travel over loopback only.
 */
export function readPayload(request: RestRequest): RestRequest {
  const declared = request.headers['x-amz-content-sha256'] ?? '';
  if (!declared.startsWith('STREAMING-')) return request;
  const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
  const incomplete = () =>
    new ServiceError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    if (lineEnd < 0) throw incomplete();
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2;
    if (Number.isNaN(size) || at + size > body.length) throw incomplete();
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const decoded = Buffer.concat(chunks);
  const expected = request.headers['x-amz-decoded-content-length'];
  if (expected !== undefined && Number(expected) !== decoded.length) throw incomplete();
  const headers: Record<string, string> = { ...request.headers };
  for (const line of body.toString('latin1', at).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const encodings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'aws-chunked');
  headers['content-encoding'] = encodings.join(',');
  return { ...request, headers, body: decoded };
}
