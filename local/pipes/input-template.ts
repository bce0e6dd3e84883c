import { isPath, valueAt } from '../events/input-transformer.ts';
import { isJsonObject } from '../events/json.ts';

/** What a pipe's template may name beside paths into the event. */
export interface PipeContext {
  readonly arn: string;
  readonly name: string;
  readonly sourceArn: string;
  readonly targetArn: string;
  readonly enrichmentArn: string;
  /** ISO 8601, when the pipe took the event. */
  readonly ingestionTime: string;
}

const VARIABLE = /<(\$[^<>]*|aws\.pipes\.[a-z.-]+)>/g;

/** Why a template is refused, or undefined. */
export function checkTemplate(template: string): string | undefined {
  for (const [, name = ''] of template.matchAll(VARIABLE)) {
    const known = name.startsWith('$') ? isPath(name) : RESERVED.includes(name);
    if (!known) return `InputTemplate uses <${name}>, which is no path and no reserved variable.`;
  }
  return undefined;
}

const RESERVED: readonly string[] = [
  'aws.pipes.pipe-arn',
  'aws.pipes.pipe-name',
  'aws.pipes.source-arn',
  'aws.pipes.enrichment-arn',
  'aws.pipes.target-arn',
  'aws.pipes.event.ingestion-time',
  'aws.pipes.event',
  'aws.pipes.event.json',
];

/**
 * An event as the template makes it: JSON where the filled-in template is some, else its text. Within a string of the
 * template a value stands as text. A body that is JSON is seen as such.
 */
export function applyTemplate(template: string, event: unknown, context: PipeContext): unknown {
  const seen = withParsedBody(event);
  let filled = '';
  let at = 0;
  let quoted = false;
  for (const match of template.matchAll(VARIABLE)) {
    const between = template.slice(at, match.index);
    for (const character of between.replace(/\\./g, '')) if (character === '"') quoted = !quoted;
    const value = lookUp(match[1] ?? '', event, seen, context);
    filled += between + (quoted ? asText(value) : JSON.stringify(value === undefined ? null : value));
    at = match.index + match[0].length;
  }
  filled += template.slice(at);
  try {
    return JSON.parse(filled);
  } catch {
    return filled;
  }
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

function withParsedBody(event: unknown): unknown {
  if (!isJsonObject(event) || typeof event.body !== 'string') return event;
  try {
    return { ...event, body: JSON.parse(event.body) };
  } catch {
    return event;
  }
}

function lookUp(name: string, event: unknown, seen: unknown, context: PipeContext): unknown {
  switch (name) {
    case 'aws.pipes.pipe-arn':
      return context.arn;
    case 'aws.pipes.pipe-name':
      return context.name;
    case 'aws.pipes.source-arn':
      return context.sourceArn;
    case 'aws.pipes.enrichment-arn':
      return context.enrichmentArn;
    case 'aws.pipes.target-arn':
      return context.targetArn;
    case 'aws.pipes.event.ingestion-time':
      return context.ingestionTime;
    case 'aws.pipes.event':
      return event;
    case 'aws.pipes.event.json':
      return seen;
    default:
      return name.startsWith('$') ? valueAt(name, seen) : undefined;
  }
}
