import { SaxesParser } from 'saxes';
import { type RefusalValues, StatementRefusedError } from './refusal.ts';

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
 * Reads a text as XML; the root element. `finished` is told of each element that ends, with its parent, and may take
 * it away to keep memory small. A document type declaration is refused (entities could grow without bound), and so is
 * what is not well-formed, with line and column.
 */
export function readXml(
  text: string,
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
  // Some banks' software writes blank lines before the declaration, which XML does not allow there.
  parser.write(text.replace(/^\s*<\?xml[^>]*\?>/, (declaration) => declaration.replace(/\S/g, ' '))).close();
  if (root === undefined) throw here('statement-empty');
  return root;
}
