import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilters, mayPass, passesFilters } from '../../../local/lambda/event-source.ts';

const events = JSON.stringify({
  eventName: ['INSERT'],
  dynamodb: { Keys: { sk: { S: [{ prefix: 'EVENT#' }, 'OUTBOX'] } } },
});
const put = (sk: string) => JSON.stringify({ TableName: 'T', Item: { pk: { S: 'P' }, sk: { S: sk } } });
const recordOf = (sk: string) => ({
  eventName: 'INSERT',
  dynamodb: { Keys: { pk: { S: 'P' }, sk: { S: sk } } },
});

describe('a filtered source looks at the stream', () => {
  it('after each write that could have made a record for it', () => {
    const filters = compileFilters([events]);
    expect(mayPass(filters, put('EVENT#1'))).toBe(true);
    expect(mayPass(filters, put('OUTBOX'))).toBe(true);
    expect(mayPass(filters, put('WAIT#training'))).toBe(false);
    expect(mayPass(filters, put('EVENT#1').replace('EV', '\\u0045V'))).toBe(true);
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('EVENT#', 'OUTBOX', 'EVENT')),
        (sk) => {
          if (passesFilters(filters, recordOf(sk))) expect(mayPass(filters, put(sk))).toBe(true);
        },
      ),
    );
  });

  it('after every write where its patterns do not name texts of a key', () => {
    for (const patterns of [
      [],
      [JSON.stringify({ eventName: ['INSERT'] })],
      [events, JSON.stringify({ eventName: ['REMOVE'] })],
      [JSON.stringify({ dynamodb: { Keys: { sk: { S: [{ suffix: '#1' }] } } } })],
      [JSON.stringify({ dynamodb: { Keys: { sk: { S: [{ prefix: 'CAFÉ#' }] } } } })],
      [JSON.stringify({ dynamodb: { Keys: { sk: { S: ['A', { exists: false }] } } } })],
      [JSON.stringify({ $or: [{ dynamodb: { Keys: { sk: { S: ['A'] } } } }, { eventName: ['REMOVE'] }] })],
    ])
      expect(mayPass(compileFilters(patterns), put('WAIT#training')), patterns.join()).toBe(true);
  });
});
