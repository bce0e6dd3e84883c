import { describe, expect, it } from 'vitest';
import { readAddress } from '../../../local/ses/addresses.ts';

describe('an email address', () => {
  it.each([
    ['head@school.example', 'head@school.example'],
    ['Head Teacher <head@school.example>', 'head@school.example'],
    ['"Smith, Jo" <jo.smith+psqm@sub.school.example>', 'jo.smith+psqm@sub.school.example'],
    ["o'neill@school.example", "o'neill@school.example"],
  ])('%s is read', (text, address) => {
    expect(readAddress(text)).toBe(address);
  });

  it.each([
    'nobody',
    'a@',
    '@b.example',
    'a@b',
    'a b@c.example',
    'a..b@c.example',
    'a@-b.example',
    'ŵ@b.example',
    'a@b.example, c@d.example',
    'Evil\r\nBcc: x <a@b.example>',
  ])('%j is refused', (text) => {
    expect(() => readAddress(text)).toThrow();
  });
});
