import { isJsonObject } from './json.ts';

/** What a rule's target receives in place of the event; at most one of the three is set. */
export interface InputOptions {
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?:
    | {
        readonly InputPathsMap?: Readonly<Record<string, string>> | undefined;
        readonly InputTemplate: string;
      }
    | undefined;
}

export interface EventContext {
  readonly event: Readonly<Record<string, unknown>>;
  readonly ruleArn: string;
  readonly ruleName: string;
  /** ISO 8601, when the bus received the event. */
  readonly ingestionTime: string;
}

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;
const PATH_STEP = /\.([A-Za-z0-9_/-]+|\*)|\[(\d+|\*)\]|\['([^']+)'\]|\["([^"]+)"\]/y;

/** The text that a target receives for an event. */
export function targetInput(options: InputOptions, context: EventContext): string {
  if (options.Input !== undefined) return options.Input;
  if (options.InputPath !== undefined) {
    return JSON.stringify(valueAt(options.InputPath, context.event) ?? null);
  }
  if (options.InputTransformer !== undefined) {
    const { InputPathsMap = {}, InputTemplate } = options.InputTransformer;
    return fillTemplate(InputTemplate, (name) => {
      const path = InputPathsMap[name];
      return path === undefined ? predefined(name, context) : valueAt(path, context.event);
    });
  }
  return JSON.stringify(context.event);
}

/**
 * Why an input transformer is refused, or undefined. A template is JSON once its variables are filled in, or one JSON
 * string a line.
 */
export function checkTransformer(
  transformer: NonNullable<InputOptions['InputTransformer']>,
): string | undefined {
  const { InputPathsMap = {}, InputTemplate } = transformer;
  const names = Object.keys(InputPathsMap);
  if (names.length > 100) return 'InputPathsMap may have at most 100 entries.';
  const reserved = names.find((name) => name.startsWith('aws.'));
  if (reserved !== undefined) return `InputPathsMap contains the reserved name ${reserved}.`;
  const malformed = names.find((name) => parsePath(InputPathsMap[name] ?? '') === undefined);
  if (malformed !== undefined) return `Invalid JsonPath ${InputPathsMap[malformed]} of ${malformed}.`;
  const unknown = [...InputTemplate.matchAll(PLACEHOLDER)].find(
    ([, name = '']) => !names.includes(name) && !PREDEFINED.has(name),
  );
  if (unknown !== undefined)
    return `InputTemplate uses <${unknown[1]}>, which InputPathsMap does not define.`;
  const filled = fillTemplate(InputTemplate, () => 'x');
  const valid = isJson(filled) || filled.split('\n').every((line) => line.trim() === '' || isJson(line));
  return valid ? undefined : 'InputTemplate is not valid JSON once its variables are filled in.';
}

/** Whether a JSON path is one that EventBridge evaluates: dots, names, indices, wildcards. */
export function isPath(path: string): boolean {
  return parsePath(path) !== undefined;
}

const PREDEFINED = new Set([
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
]);

function predefined(name: string, context: EventContext): unknown {
  switch (name) {
    case 'aws.events.rule-arn':
      return context.ruleArn;
    case 'aws.events.rule-name':
      return context.ruleName;
    case 'aws.events.event.ingestion-time':
      return context.ingestionTime;
    case 'aws.events.event.json':
      return context.event;
    case 'aws.events.event': {
      const { detail: _detail, ...envelope } = context.event;
      return envelope;
    }
    default:
      return undefined;
  }
}

/**
 * Fills in the variables. Within a string of the template a text keeps the string valid and anything else loses its
 * quotes; elsewhere the value stands as JSON. A variable without a value is an empty text.
 */
function fillTemplate(template: string, lookUp: (name: string) => unknown): string {
  let filled = '';
  let at = 0;
  let quoted = false;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const between = template.slice(at, match.index);
    quoted = isQuotedAfter(between, quoted);
    const value = lookUp(match[1] ?? '') ?? '';
    filled += between + (quoted ? withinString(value) : JSON.stringify(value));
    at = match.index + match[0].length;
  }
  return filled + template.slice(at);
}

function withinString(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
  return JSON.stringify(value).replaceAll('"', '').replaceAll('\\', '');
}

function isQuotedAfter(text: string, before: boolean): boolean {
  let quoted = before;
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === '"') quoted = !quoted;
  }
  return quoted;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type Step = { readonly name: string } | { readonly index: number } | 'all';

function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  let at = 1;
  while (at < path.length) {
    PATH_STEP.lastIndex = at;
    const match = PATH_STEP.exec(path);
    if (match === null) return undefined;
    const [whole, dotted, index, single, double] = match;
    if (dotted === '*' || index === '*') steps.push('all');
    else if (index !== undefined) steps.push({ index: Number(index) });
    else steps.push({ name: dotted ?? single ?? double ?? '' });
    at += whole.length;
  }
  return steps;
}

/** The value at a path; with a wildcard the array of all values there; undefined where there is none. */
export function valueAt(path: string, event: unknown): unknown {
  const steps = parsePath(path) ?? [];
  let values: unknown[] = [event];
  for (const step of steps) values = values.flatMap((value) => members(value, step));
  return steps.includes('all') ? values : values[0];
}

function members(value: unknown, step: Step): unknown[] {
  if (step === 'all') {
    if (Array.isArray(value)) return value;
    return isJsonObject(value) ? Object.values(value) : [];
  }
  if ('index' in step) {
    return Array.isArray(value) && step.index < value.length ? [value[step.index]] : [];
  }
  return isJsonObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
}
