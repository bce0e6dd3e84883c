import { describe, expect, it } from 'vitest';
import { checkTransformer, type InputOptions, targetInput } from '../../../local/events/input-transformer.ts';

const event = {
  version: '0',
  id: 'e1',
  'detail-type': 'SubmissionFrozen',
  source: 'psqm',
  resources: ['arn:a', 'arn:b'],
  detail: { name: 'St "Anne"', count: 3, files: [{ key: 'a' }, { key: 'b' }], nested: { ok: true } },
};
const input = (options: InputOptions) =>
  targetInput(options, {
    event,
    ruleArn: 'arn:rule',
    ruleName: 'rule',
    ingestionTime: '2026-01-01T00:00:00Z',
  });
const transformed = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
  input({ InputTransformer: { InputTemplate, InputPathsMap } });

describe('the input of a target', () => {
  it('is the whole event by default', () => {
    expect(JSON.parse(input({}))).toEqual(event);
  });

  it('is a constant, or a part', () => {
    expect(input({ Input: '{"a":1}' })).toBe('{"a":1}');
    expect(JSON.parse(input({ InputPath: '$.detail.files[1]' }))).toEqual({ key: 'b' });
    expect(JSON.parse(input({ InputPath: '$.detail.files[*].key' }))).toEqual(['a', 'b']);
    expect(input({ InputPath: '$.detail.missing' })).toBe('null');
  });
});

describe('a template', () => {
  const paths = {
    name: '$.detail.name',
    count: '$.detail.count',
    nested: '$.detail.nested',
    type: '$.detail-type',
  };

  it('stands values as JSON outside strings', () => {
    const text = transformed('{"n": <name>, "c": <count>, "o": <nested>, "t": "type <type>"}', paths);
    expect(JSON.parse(text)).toEqual({ n: 'St "Anne"', c: 3, o: { ok: true }, t: 'type SubmissionFrozen' });
  });

  it('keeps strings valid', () => {
    expect(JSON.parse(transformed('"<name> has <count>"', paths))).toBe('St "Anne" has 3');
    expect(JSON.parse(transformed('"<nested>"', paths))).toBe('{ok:true}');
  });

  it('may be one string a line', () => {
    expect(transformed('"<count>"\n"<type>"', paths)).toBe('"3"\n"SubmissionFrozen"');
  });

  it('knows the reserved variables', () => {
    const { detail: _detail, ...envelope } = event;
    const text = transformed(
      '{"arn": <aws.events.rule-arn>, "name": "<aws.events.rule-name>", "at": <aws.events.event.ingestion-time>, "event": <aws.events.event>, "all": <aws.events.event.json>}',
    );
    expect(JSON.parse(text)).toEqual({
      arn: 'arn:rule',
      name: 'rule',
      at: '2026-01-01T00:00:00Z',
      event: envelope,
      all: event,
    });
  });

  it('has an empty text where the event has nothing', () => {
    expect(JSON.parse(transformed('{"a": <m>, "b": "x<m>"}', { m: '$.detail.missing' }))).toEqual({
      a: '',
      b: 'x',
    });
  });
});

describe('a transformer is refused', () => {
  it.each([
    ['reserved name', { 'aws.events.x': '$.id' }, '{"a":1}'],
    ['malformed path', { a: 'detail' }, '{"a":<a>}'],
    ['filter expression', { a: '$.detail[?(@.x)]' }, '{"a":<a>}'],
    ['undefined variable', {}, '{"a":<a>}'],
    ['no JSON', {}, 'plain text'],
    ['broken JSON', { a: '$.id' }, '{"a":<a>'],
  ])('%s', (_name, InputPathsMap, InputTemplate) => {
    expect(checkTransformer({ InputPathsMap, InputTemplate })).toBeTypeOf('string');
  });

  it('or else accepted', () => {
    expect(checkTransformer({ InputPathsMap: { a: '$.id' }, InputTemplate: '{"a":<a>}' })).toBeUndefined();
  });
});
