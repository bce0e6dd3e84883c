import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRoute } from '../../../local/api-gateway/routing.ts';

const route = (routeKey: string) => ({ routeKey, integrationId: 'i', authorizerId: undefined });
const routes = [
  'GET /pets/dog/1',
  'GET /pets/dog/{id}',
  'GET /pets/{proxy+}',
  'ANY /{proxy+}',
  '$default',
  'ANY /pets/{kind}/{id}',
  'GET /pets',
].map(route);

describe('the route of a request', () => {
  it.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/cat/1', 'ANY /pets/{kind}/{id}', { kind: 'cat', id: '1' }],
    ['GET', '/pets/cat/1/toys', 'GET /pets/{proxy+}', { proxy: 'cat/1/toys' }],
    ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
    ['GET', '/pets', 'GET /pets', {}],
    ['POST', '/', '$default', {}],
  ])('%s %s is %s', (method, path, routeKey, pathParameters) => {
    expect(matchRoute(routes, method, path)).toEqual({ route: route(routeKey), pathParameters });
  });

  it('does not depend on the order in which routes are declared', () => {
    const path = fc.constantFrom(
      '/pets',
      '/pets/dog/1',
      '/pets/dog/2',
      '/pets/cat/9',
      '/pets/a/b/c',
      '/x/y',
      '/',
    );
    fc.assert(
      fc.property(
        fc.shuffledSubarray(routes, { minLength: routes.length }),
        fc.constantFrom('GET', 'POST', 'DELETE'),
        path,
        (shuffled, method, at) => {
          expect(matchRoute(shuffled, method, at)).toEqual(matchRoute(routes, method, at));
        },
      ),
    );
  });

  it('is none where nothing matches', () => {
    expect(matchRoute([route('GET /a')], 'POST', '/a')).toBeUndefined();
    expect(matchRoute([route('GET /a')], 'GET', '/a/')).toBeUndefined();
  });
});
