/** Whether a text matches; compiled once, asked often. */
export type Matcher = (text: string) => boolean;

/** IAM's wildcards: `*` for any number of characters, `?` for exactly one; everything else stands for itself. */
export function globMatcher(pattern: string, options: { readonly ignoreCase?: boolean } = {}): Matcher {
  if (pattern === '*') return () => true;
  const { ignoreCase = false } = options;
  if (!/[*?]/.test(pattern)) {
    const wanted = ignoreCase ? pattern.toLowerCase() : pattern;
    return (text) => (ignoreCase ? text.toLowerCase() : text) === wanted;
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
  return (text) => expression.test(text);
}

const ARN_PARTS = 6;

/**
 * ARNs are compared part by part (partition, service, region, account, resource), so that a wildcard in one of the first
 * five does not reach over its colon; the resource is one part however many colons it has. A pattern of fewer parts that
 * ends in `*` leaves the rest open; any other matches nothing.
 */
export function arnMatcher(pattern: string): Matcher {
  if (pattern === '*') return () => true;
  const missing = ARN_PARTS - pattern.split(':').length;
  const parts = splitArn(pattern.endsWith('*') && missing > 0 ? pattern + ':*'.repeat(missing) : pattern);
  if (parts === undefined) return () => false;
  const matchers = parts.map((part) => globMatcher(part));
  return (text) => {
    const asked = splitArn(text);
    return asked?.every((part, index) => matchers[index]?.(part) === true) ?? false;
  };
}

/**
 * As `arnMatcher`, for the Resource of a statement: there no wildcard stands for the resource's type, which is what comes
 * before the first `/` or `:` of the last part (IAM User Guide, "Amazon Resource Names", "Incorrect wildcard usage").
 * Objects and buckets have no type.
 */
export function resourceMatcher(pattern: string): Matcher {
  const matches = arnMatcher(pattern);
  const [, , service, , , rest = ''] = splitArn(pattern) ?? [];
  const type = service === 's3' ? undefined : /^[^/:]*[/:]/.exec(rest)?.[0];
  if (type === undefined) return matches;
  return (text) => matches(text) && (splitArn(text)?.[ARN_PARTS - 1] ?? '').startsWith(type);
}

function splitArn(text: string): readonly string[] | undefined {
  const parts = text.split(':');
  if (parts[0] !== 'arn' || parts.length < ARN_PARTS) return undefined;
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}
