import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busEntry, type OutboxItem, publishItems } from '../../../functions/operations/outbox.ts';
import { busDetail } from '../../../functions/shared/events/catalogue.ts';

const item = (
  number: number,
  detail: Record<string, unknown> = { registrationId: 'R1', roundId: 'R30-AUTUMN' },
): OutboxItem => ({
  pk: 'REG#R1',
  sk: `EVENT#${number}`,
  eventId: `E${number}`,
  name: 'RegistrationSubmitted',
  detail: JSON.stringify(detail),
  sequence: number,
  occurredAt: '2027-06-01T09:00:00.000Z',
});

describe('an event on its way to the bus', () => {
  it('has the shape that every reader expects', () => {
    const { Source, DetailType, Detail } = busEntry(item(1));
    expect([Source, DetailType]).toEqual(['psqm', 'RegistrationSubmitted']);
    expect(busDetail.parse(JSON.parse(Detail))).toMatchObject({
      eventId: 'E1',
      collection: 'REG#R1',
      sequence: 1,
      correlationId: 'R1',
      data: { roundId: 'R30-AUTUMN' },
    });
  });

  it('is followed by its registration, else its round, else its collection', () => {
    expect(JSON.parse(busEntry(item(1, { roundId: 'R30-AUTUMN' })).Detail).correlationId).toBe('R30-AUTUMN');
    expect(JSON.parse(busEntry(item(1, { hubId: 'H1' })).Detail).correlationId).toBe('REG#R1');
  });

  it('is marked exactly when the bus took it, in order, up to the first that failed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 35 }), async (taken) => {
        const items = taken.map((_, at) => item(at));
        const calls: number[] = [];
        const marked: string[] = [];
        const failed = await publishItems(
          items,
          async (entries) => {
            calls.push(entries.length);
            return entries.map((entry) => taken[Number(JSON.parse(entry.Detail).sequence)] === true);
          },
          async ({ eventId }) => void marked.push(eventId),
        );
        const first = taken.indexOf(false);
        expect(failed).toBe(first < 0 ? undefined : first);
        expect(marked).toEqual(items.slice(0, first < 0 ? undefined : first).map(({ eventId }) => eventId));
        expect(Math.max(0, ...calls)).toBeLessThanOrEqual(10);
      }),
    );
  });
});
