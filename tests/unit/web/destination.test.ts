import { describe, expect, it } from 'vitest';
import { destination, ownPath } from '../../../web/sign-in/destination.ts';

const origin = 'https://psqm.example';

describe('where sign-in leads back to', () => {
  it('keeps a path of these pages with its query', () => {
    expect(ownPath('/school/registrations/1?lang=cy', origin)).toBe('/school/registrations/1?lang=cy');
  });
  it.each([
    null,
    '',
    'school',
    'https://other.example/',
    '//other.example/',
    '/\\other.example/',
    '/\t/other.example/',
    'javascript:alert(1)',
    '/sign-in/?to=/sign-in/',
  ])('leads nowhere else: %j', (to) => {
    expect(ownPath(to, origin)).toBeUndefined();
  });
});

describe('where a person goes once signed in', () => {
  const hub = { path: '/hub/' };
  it('goes back first, to the one task next, and lets them choose among several', () => {
    expect(destination('/school/', [hub])).toBe('/school/');
    expect(destination(undefined, [hub, hub])).toBe('/hub/');
    expect(destination(undefined, [hub, { path: '/assessor/' }])).toBe('/');
    expect(destination(undefined, [])).toBe('/');
  });
});
