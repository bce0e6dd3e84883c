import { SaxesParser } from 'saxes';
import { type RefusalValues, StatementRefusedError } from './refused-statement.ts';

/** An element of the file with where it stands; names are local ones (banks differ in their prefixes). */
export interface XmlNode {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of its opening tag, from 1; columns from 0. */
  readonly line: number;
  readonly column: number;
  readonly children: XmlNode[];
  text: string;
}

/** Refuses a statement for what stands at this element. */
export function refuseAt(node: XmlNode, code: string, values: RefusalValues = {}): StatementRefusedError {
  return new StatementRefusedError(code, values, node.line, node.column);
}

/** The first element on the path of names below `node`, or undefined. */
export function find(node: XmlNode, ...path: string[]): XmlNode | undefined {
  let at: XmlNode | undefined = node;
  for (const name of path) at = at?.children.find((each) => each.name === name);
  return at;
}

/** Every child of that name. */
export const all = (node: XmlNode, name: string): XmlNode[] =>
  node.children.filter((each) => each.name === name);

/** The text of the element on the path, blanks around and within it made single; empty where it is missing. */
export const textOf = (node: XmlNode, ...path: string[]): string =>
  (find(node, ...path)?.text ?? '').replace(/\s+/g, ' ').trim();

/** The element on the path; refused where it is missing or empty. */
export function need(node: XmlNode, ...path: string[]): XmlNode {
  const found = find(node, ...path);
  if (found === undefined) throw refuseAt(node, 'statement-field-missing', { field: path.join('/') });
  return found;
}

/**
 * Reads the bytes as XML; the root element. `finished` is told of each element that ends, with its parent, and may take
 * it away to keep memory small. A document type declaration is refused (entities could grow without bound), and so is
 * what is not well-formed, with line and column.
 */
export function readXml(
  bytes: Uint8Array,
  finished: (node: XmlNode, parent: XmlNode | undefined) => void,
): XmlNode {
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlNode[] = [];
  let root: XmlNode | undefined;
  const here = (code: string, values: RefusalValues = {}): StatementRefusedError =>
    new StatementRefusedError(code, values, parser.line, parser.column);
  parser.on('error', (error) => {
    throw here('statement-not-xml', { detail: error.message.replace(/^\d+:\d+:\s*/, '').replace(/\.$/, '') });
  });
  parser.on('doctype', () => {
    throw here('statement-doctype');
  });
  parser.on('opentag', (tag) => {
    const attributes = Object.fromEntries(
      Object.values(tag.attributes).map(({ local, value }) => [local, value]),
    );
    const node: XmlNode = {
      name: tag.local,
      namespace: tag.uri,
      attributes,
      line: parser.line,
      column: parser.column,
      children: [],
      text: '',
    };
    root ??= node;
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const addText = (text: string): void => {
    const node = open.at(-1);
    if (node !== undefined) node.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const node = open.pop();
    if (node !== undefined) finished(node, open.at(-1));
  });
  const text = decoded(bytes);
  // Otherwise a CSV would be refused for its end.
  if (!/^\s*</.test(text))
    throw new StatementRefusedError('statement-not-xml', { detail: 'it does not begin with <' }, 1, 0);
  parser.write(text).close();
  if (root === undefined) throw here('statement-empty');
  return root;
}

/** The text of the file by its byte order mark or its XML declaration, UTF-8 otherwise; refused where bytes do not fit. */
function decoded(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new StatementRefusedError('statement-empty', {});
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const declared = /^[^<]*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1];
  const mark = head.startsWith('\u00ff\u00fe')
    ? 'utf-16le'
    : head.startsWith('\u00fe\u00ff')
      ? 'utf-16be'
      : undefined;
  const encoding = mark ?? declared ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new StatementRefusedError('statement-encoding', { encoding }, 1, 0);
  }
}
