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

/** What a reader of XML is told: elements as they begin and as they end, with what is open around them, outermost first. */
export interface XmlEvents {
  opened(node: XmlNode, around: readonly XmlNode[]): void;
  /** May take the element away from its parent to keep memory small. */
  closed(node: XmlNode, around: readonly XmlNode[]): void;
}

/**
 * Reads XML that comes in pieces. A document type declaration is refused (entities could grow without bound), and so is
 * what is not well-formed, with line and column.
 */
export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #open: XmlNode[] = [];
  /** What stands before the root, until it is known whether an XML declaration is in it. */
  #prolog: string | undefined = '';

  constructor(events: XmlEvents) {
    const parser = this.#parser;
    const open = this.#open;
    parser.on('error', (error) => {
      throw this.#refusal('statement-not-xml', {
        detail: error.message.replace(/^\d+:\d+:\s*/, '').replace(/\.$/, ''),
      });
    });
    parser.on('doctype', () => {
      throw this.#refusal('statement-doctype');
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
      events.opened(node, open);
      open.at(-1)?.children.push(node);
      open.push(node);
    });
    const addText = (text: string): void => {
      const node = open.at(-1);
      // Blanks between elements say nothing, and would grow with them.
      if (node !== undefined && (node.children.length === 0 || text.trim() !== '')) node.text += text;
    };
    parser.on('text', addText);
    parser.on('cdata', addText);
    parser.on('closetag', () => {
      const node = open.pop();
      if (node !== undefined) events.closed(node, open);
    });
  }

  #refusal(code: string, values: RefusalValues = {}): StatementRefusedError {
    return new StatementRefusedError(code, values, this.#parser.line, this.#parser.column);
  }

  write(text: string): void {
    if (this.#prolog === undefined) {
      this.#parser.write(text);
      return;
    }
    this.#prolog += text;
    if (/<[!_A-Za-z]/.test(this.#prolog)) this.#begin();
  }

  /** The text has ended; refused where it is not whole. */
  end(): void {
    this.#begin();
    this.#parser.close();
  }

  /** Some banks' software writes blank lines before the declaration, which XML does not allow there. */
  #begin(): void {
    const prolog = this.#prolog ?? '';
    this.#prolog = undefined;
    this.#parser.write(
      prolog.replace(/^\s*<\?xml[^>]*\?>/, (declaration) => declaration.replace(/\S/g, ' ')),
    );
  }
}
