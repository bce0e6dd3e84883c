import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { ViewerResponse } from './model.ts';

/** What CloudFront compresses (Developer Guide, "Serve compressed files"): sizes in bytes, and types. */
const MIN_SIZE = 1000;
const MAX_SIZE = 10_000_000;
const TYPES =
  /^(?:text\/(?:css|csv|html|javascript|markdown|plain|richtext|vtt|xml|x-\w+)|application\/(?:javascript|json|xml|xhtml\+xml|ld\+json|manifest\+json|wasm|rtf|vnd\.ms-fontobject|x-javascript)|font\/(?:ttf|otf|opentype|eot|sfnt)|image\/svg\+xml)$/;

/** The bytes kept compressed at most, over all objects. */
const MAX_KEPT = 64_000_000;

export interface Compressor {
  /** The response in an encoding that the viewer accepts, Brotli before gzip, where its kind is compressed at all. */
  compress(response: ViewerResponse, acceptEncoding: string): ViewerResponse;
}

/** Compresses each object once, known by its ETag. */
export function createCompressor(): Compressor {
  const kept = new Map<string, Uint8Array>();
  let keptBytes = 0;

  function encode(bytes: Uint8Array, encoding: 'br' | 'gzip', etag: string): Uint8Array {
    const key = `${encoding} ${etag}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const encoded =
      encoding === 'br'
        ? brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
        : gzipSync(bytes);
    if (keptBytes + encoded.byteLength > MAX_KEPT) {
      kept.clear();
      keptBytes = 0;
    }
    kept.set(key, encoded);
    keptBytes += encoded.byteLength;
    return encoded;
  }

  return {
    compress(response, acceptEncoding) {
      const { etag, 'content-type': type, 'content-encoding': encoded } = response.headers;
      const accepted = acceptEncoding.split(',').map((encoding) => encoding.split(';')[0]?.trim());
      const encoding = accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : undefined;
      const bytes = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
      if (
        encoding === undefined ||
        response.status !== 200 ||
        encoded !== undefined ||
        typeof etag !== 'string' ||
        typeof type !== 'string' ||
        !TYPES.test(type.split(';')[0]?.trim().toLowerCase() ?? '') ||
        bytes.byteLength < MIN_SIZE ||
        bytes.byteLength > MAX_SIZE
      ) {
        return response;
      }
      return {
        ...response,
        headers: {
          ...response.headers,
          'content-encoding': encoding,
          // Other bytes of the same content: the tag is no longer a strong one.
          etag: etag.startsWith('W/') ? etag : `W/${etag}`,
          vary: 'Accept-Encoding',
        },
        body: encode(bytes, encoding, etag),
      };
    },
  };
}
