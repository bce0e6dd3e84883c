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
 * five does not reach over its colon; the resource is one part however many colons it has. A pattern of fewer parts
 * matches as a whole where it ends in `*`, and nothing else.
 */
export function arnMatcher(pattern: string): Matcher {
  if (pattern === '*') return () => true;
  const parts = splitArn(pattern);
  if (parts === undefined) return pattern.endsWith('*') ? globMatcher(pattern) : () => false;
  const matchers = parts.map((part) => globMatcher(part));
  return (text) => {
    const asked = splitArn(text);
    return asked?.every((part, index) => matchers[index]?.(part) === true) ?? false;
  };
}

function splitArn(text: string): readonly string[] | undefined {
  const parts = text.split(':');
  if (parts[0] !== 'arn' || parts.length < ARN_PARTS) return undefined;
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}
