import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askForCapacity, CapacityCounter, takeCapacity } from '../../../local/dynamodb/capacity.ts';

const consumed = {
  TableName: 'programme',
  CapacityUnits: 3,
  Table: { CapacityUnits: 1 },
  GlobalSecondaryIndexes: { byHub: { CapacityUnits: 2 } },
};

describe('asking for capacity', () => {
  it('leaves a request alone that asks itself', () => {
    const body = JSON.stringify({ TableName: 't', ReturnConsumedCapacity: 'TOTAL' });
    expect(askForCapacity(body)).toEqual({ body, added: false });
  });

  it('keeps every other member as it was, whatever the request', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (request) => {
        const { ReturnConsumedCapacity: _, ...rest } = request;
        const asked = askForCapacity(JSON.stringify(rest));
        if (!asked.added) return;
        expect(JSON.parse(asked.body)).toEqual(
          JSON.parse(JSON.stringify({ ReturnConsumedCapacity: 'INDEXES', ...rest })),
        );
      }),
    );
  });
});

describe('taking capacity', () => {
  it('finds it wherever it stands and leaves the rest', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.boolean(),
        fc.boolean(),
        (reply, first, list) => {
          const { ConsumedCapacity: _, ...rest } = reply;
          const value = list ? [consumed] : consumed;
          const text = JSON.stringify(
            first ? { ConsumedCapacity: value, ...rest } : { ...rest, ConsumedCapacity: value },
          );
          const taken = takeCapacity(text);
          expect(taken.consumed).toEqual([consumed]);
          expect(JSON.parse(taken.reply)).toEqual(JSON.parse(JSON.stringify(rest)));
        },
      ),
    );
  });

  it('is not misled by an item that bears the name', () => {
    const item = {
      ConsumedCapacity: { M: { TableName: { S: 'x' } } },
      text: { S: '"ConsumedCapacity":{"TableName":"no"}' },
    };
    const taken = takeCapacity(JSON.stringify({ Item: item, ConsumedCapacity: consumed }));
    expect(taken.consumed).toEqual([consumed]);
    expect(JSON.parse(taken.reply)).toEqual({ Item: item });
  });
});

it('sums units by table and index', () => {
  const counter = new CapacityCounter();
  counter.add('write', [consumed, consumed]);
  counter.add('read', [{ TableName: 'programme', CapacityUnits: 0.5 }]);
  expect(counter.tables()).toEqual({
    programme: { readUnits: 0.5, writeUnits: 2, indexes: { byHub: { readUnits: 0, writeUnits: 4 } } },
  });
});
