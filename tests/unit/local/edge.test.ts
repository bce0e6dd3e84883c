import { describe, expect, it } from 'vitest';
import { runViewerRequest, runViewerResponse } from '../../../local/cloudfront/edge-function.ts';
import { applyHeaders, forwards } from '../../../local/cloudfront/policies.ts';
import { answerPreflight } from '../../../local/s3/cors.ts';

const distribution = {
  id: 'E1',
  arn: 'arn:aws:cloudfront::000000000000:distribution/E1',
  domainName: 'd1.cloudfront.net',
  defaultRootObject: '',
  origins: new Map(),
  behaviours: [],
  errorResponses: [],
};
const request = {
  method: 'GET',
  path: '/a',
  rawUrl: '/a?x=1&x=2&y=%20',
  headers: { host: 'h', cookie: 'a=1; b=2' },
  body: new Uint8Array(),
};
const edge = (code: string) => ({ arn: 'arn:aws:cloudfront::000000000000:function/f', code });

describe('a CloudFront function', () => {
  it('leaves a request that it returns as it was', async () => {
    const result = await runViewerRequest(
      edge('function handler(e){return e.request}'),
      distribution,
      request,
    );
    expect(result).toEqual({ request });
  });

  it('changes address, headers, cookies and query', async () => {
    const code = `async function handler(event) {
      const r = event.request;
      r.uri = '/b'; r.querystring = { z: { value: '1' } }; delete r.cookies.a;
      r.headers['x-new'] = { value: r.querystring.z.value };
      return r; }`;
    expect(await runViewerRequest(edge(code), distribution, request)).toEqual({
      request: {
        ...request,
        path: '/b',
        rawUrl: '/b?z=1',
        headers: { host: 'h', 'x-new': '1', cookie: 'b=2' },
      },
    });
  });

  it('changes a response and keeps its body and cookies', async () => {
    const code = `function handler(e){e.response.headers['x-a']={value:'1'};return e.response}`;
    const response = { status: 200, headers: { 'set-cookie': ['c=1'], etag: '"e"' }, body: 'text' };
    expect(await runViewerResponse(edge(code), distribution, request, response)).toEqual({
      ...response,
      headers: { ...response.headers, 'x-a': '1' },
    });
  });

  it('sees no globals or modules of Node, and is stopped where it hangs', async () => {
    for (const code of [
      'function handler(){return process.env}',
      "function handler(){return require('fs')}",
      'function handler(){for(;;);}',
    ]) {
      await expect(runViewerRequest(edge(code), distribution, request)).rejects.toThrow();
    }
  });
});

describe('policies', () => {
  it('say what goes on', () => {
    expect(forwards({ kind: 'allExcept', names: ['host'] }, 'host')).toBe(false);
    expect(forwards({ kind: 'named', names: ['a'] }, 'a')).toBe(true);
    expect(forwards({ kind: 'none' }, 'a')).toBe(false);
  });

  it('set headers over what is there only where they override', () => {
    const set = [
      { name: 'a', value: 'new', override: false },
      { name: 'b', value: 'new', override: true },
    ];
    expect(applyHeaders({ a: 'old', b: 'old', c: 'old' }, { set, remove: ['c'] })).toEqual({
      a: 'old',
      b: 'new',
    });
  });
});

describe('CORS rules of a bucket', () => {
  const rules = [
    { AllowedMethods: ['PUT'], AllowedOrigins: ['https://*.example'], AllowedHeaders: ['x-amz-*'] },
  ];
  const ask = (origin: string, header: string) =>
    answerPreflight(rules, {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': header,
    });

  it('may hold one star in an origin or header', () => {
    expect(ask('https://a.example', 'X-Amz-Date')).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
    });
    expect(() => ask('https://a.example', 'cookie')).toThrow();
    expect(() => ask('http://a.example', 'x-amz-date')).toThrow();
  });
});
