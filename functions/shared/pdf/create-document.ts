import PDFDocument from 'pdfkit';
import type { Language } from '../access/identity.ts';
import { type FontName, fontFiles, runsOf, type Weight } from './fonts.ts';

export interface TextStyle {
  /** Points; default 11. */
  readonly size?: number;
  readonly weight?: Weight;
  readonly align?: 'left' | 'center' | 'right';
  readonly color?: string;
  /** Points below the text; default 6. */
  readonly after?: number;
  /** What the text is in the document's structure; default P. */
  readonly role?: 'H1' | 'H2' | 'H3' | 'P';
}

export interface Column {
  readonly title: string;
  /** Share of the text's width; the shares of a table sum to 1. */
  readonly share: number;
  readonly align?: 'left' | 'right';
}

export interface DocumentOptions {
  readonly title: string;
  readonly language: Language;
  readonly landscape?: boolean;
  /** Points on every side; default 56. */
  readonly margin?: number;
  /** Instant written into the file, so that the same content at the same instant is the same file. */
  readonly createdAt: Date;
}

/** A PDF under way. Everything flows from top to bottom and begins a new page where it does not fit. */
export interface PdfDocument {
  /** Width between the margins, in points. */
  readonly width: number;
  /** A paragraph or heading; line breaks in `text` are kept. */
  text(text: string, style?: TextStyle): void;
  /** Rows of labels and values, the labels bold. */
  facts(
    rows: readonly (readonly [label: string, value: string])[],
    options?: { readonly labelShare?: number; readonly size?: number },
  ): void;
  /** A table with a head row; `strong` rows (by index) are bold. */
  table(
    columns: readonly Column[],
    rows: readonly (readonly string[])[],
    options?: { readonly strong?: readonly number[]; readonly size?: number },
  ): void;
  /** A PNG or JPEG of `width` points with its text alternative. */
  image(
    bytes: Uint8Array,
    options: { readonly width: number; readonly alt: string; readonly align?: 'left' | 'center' | 'right' },
  ): void;
  /** A line across, for the eye only. */
  rule(color?: string): void;
  /** A frame at `inset` points from the edge of the page, for the eye only. */
  frame(inset: number, color: string, lineWidth: number): void;
  /** Leaves `points` empty. */
  space(points: number): void;
  /** Goes on at `points` below the upper edge of the page. */
  moveTo(points: number): void;
  /** Ends the document; its bytes. */
  finish(): Promise<Uint8Array>;
}

const LINE_HEIGHT = 1.35;

/** A new A4 document: tagged, with title and language, in Noto Sans. Awards and payments make theirs with it. */
export function createDocument(options: DocumentOptions): PdfDocument {
  const margin = options.margin ?? 56;
  const pdf = new PDFDocument({
    size: 'A4',
    layout: options.landscape === true ? 'landscape' : 'portrait',
    margin,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: options.language === 'cy' ? 'cy-GB' : 'en-GB',
    info: { Title: options.title, CreationDate: options.createdAt, ModDate: options.createdAt },
    // None: pdfkit would otherwise load Helvetica from a file that is not in a bundle.
    font: '',
  });
  for (const [name, bytes] of Object.entries(fontFiles)) pdf.registerFont(name, toBuffer(bytes));
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    pdf.on('error', reject);
  });
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  const width = pdf.page.width - 2 * margin;
  let y = margin;

  const bottom = (): number => pdf.page.height - margin;
  const newPageUnless = (height: number): void => {
    if (y + height <= bottom() || y === margin) return;
    pdf.addPage();
    y = margin;
  };
  const select = (font: FontName, size: number) => pdf.font(font).fontSize(size);
  const widthOf = (text: string, weight: Weight, size: number): number =>
    runsOf(text, weight).reduce((sum, run) => sum + select(run.font, size).widthOfString(run.text), 0);
  const drawLine = (
    text: string,
    left: number,
    top: number,
    room: number,
    style: { size: number; weight: Weight; align: 'left' | 'center' | 'right'; color: string },
  ): void => {
    const spare = room - widthOf(text, style.weight, style.size);
    let x = left + (style.align === 'left' ? 0 : style.align === 'right' ? spare : spare / 2);
    for (const run of runsOf(text, style.weight)) {
      const drawn = select(run.font, style.size).fillColor(style.color);
      const runWidth = drawn.widthOfString(run.text);
      drawn.text(run.text, x, top, { lineBreak: false });
      x += runWidth;
    }
  };
  const wrap = (text: string, room: number, weight: Weight, size: number): string[] =>
    text.split('\n').flatMap((paragraph) => {
      const lines: string[] = [];
      let line = '';
      for (const word of paragraph.split(/ +/)) {
        const longer = line === '' ? word : `${line} ${word}`;
        if (line !== '' && widthOf(longer, weight, size) > room) {
          lines.push(line);
          line = word;
        } else {
          line = longer;
        }
      }
      return [...lines, line];
    });
  const row = (
    cells: readonly string[],
    columns: readonly Column[],
    weights: readonly Weight[],
    size: number,
    parent: PDFKit.PDFStructureElement,
    kind: 'TH' | 'TD',
    firstIsHead: boolean,
  ): void => {
    const gap = 8;
    const wrapped = cells.map((cell, at) =>
      wrap(cell, width * (columns[at]?.share ?? 0) - gap, weights[at] ?? 'regular', size),
    );
    const height = Math.max(...wrapped.map((lines) => lines.length)) * size * LINE_HEIGHT + 4;
    newPageUnless(height);
    const element = pdf.struct('TR');
    parent.add(element);
    let left = margin;
    for (const [at, lines] of wrapped.entries()) {
      const room = width * (columns[at]?.share ?? 0);
      const x = left;
      const top = y;
      element.add(
        pdf.struct(firstIsHead && at === 0 ? 'TH' : kind, {}, () => {
          for (const [number, line] of lines.entries()) {
            drawLine(line, x, top + number * size * LINE_HEIGHT, room - gap, {
              size,
              weight: weights[at] ?? 'regular',
              align: columns[at]?.align ?? 'left',
              color: '#0b0c0c',
            });
          }
        }),
      );
      left += room;
    }
    element.end();
    y += height;
  };
  const decorate = (draw: () => void): void => {
    pdf.markContent('Artifact', { type: 'Layout' });
    draw();
    pdf.endMarkedContent();
  };

  return {
    width,
    text(text, style = {}) {
      const {
        size = 11,
        weight = 'regular',
        align = 'left',
        color = '#0b0c0c',
        after = 6,
        role = 'P',
      } = style;
      const step = size * LINE_HEIGHT;
      let lines = wrap(text, width, weight, size);
      while (lines.length > 0) {
        newPageUnless(Math.min(lines.length, 3) * step);
        const fitting = Math.max(1, Math.floor((bottom() - y) / step));
        const now = lines.slice(0, fitting);
        const top = y;
        root.add(
          pdf.struct(role, {}, () => {
            for (const [number, line] of now.entries())
              drawLine(line, margin, top + number * step, width, { size, weight, align, color });
          }),
        );
        y += now.length * step;
        lines = lines.slice(fitting);
        if (lines.length > 0) {
          pdf.addPage();
          y = margin;
        }
      }
      y += after;
    },
    facts(rows, { labelShare = 0.35, size = 10.5 } = {}) {
      const table = pdf.struct('Table');
      root.add(table);
      const columns: Column[] = [
        { title: '', share: labelShare },
        { title: '', share: 1 - labelShare },
      ];
      for (const cells of rows) row(cells, columns, ['bold', 'regular'], size, table, 'TD', true);
      table.end();
      y += 6;
    },
    table(columns, rows, { strong = [], size = 10.5 } = {}) {
      const table = pdf.struct('Table');
      root.add(table);
      row(
        columns.map(({ title }) => title),
        columns,
        columns.map(() => 'bold'),
        size,
        table,
        'TH',
        false,
      );
      const line = y - 2;
      decorate(() =>
        pdf
          .moveTo(margin, line)
          .lineTo(margin + width, line)
          .lineWidth(0.75)
          .stroke('#505a5f'),
      );
      for (const [at, cells] of rows.entries()) {
        row(
          cells,
          columns,
          columns.map(() => (strong.includes(at) ? 'bold' : 'regular')),
          size,
          table,
          'TD',
          false,
        );
      }
      table.end();
      y += 6;
    },
    image(bytes, { width: wide, alt, align = 'left' }) {
      const buffer = toBuffer(bytes);
      // pdfkit's types lack openImage, which alone knows the picture's proportions before it is drawn; `fit` in a square keeps them.
      newPageUnless(wide);
      const left = margin + (align === 'left' ? 0 : align === 'right' ? width - wide : (width - wide) / 2);
      const top = y;
      root.add(pdf.struct('Figure', { alt }, () => pdf.image(buffer, left, top, { fit: [wide, wide] })));
      y += wide + 6;
    },
    rule(color = '#b1b4b6') {
      const line = y;
      decorate(() =>
        pdf
          .moveTo(margin, line)
          .lineTo(margin + width, line)
          .lineWidth(1)
          .stroke(color),
      );
      y += 10;
    },
    frame(inset, color, lineWidth) {
      decorate(() =>
        pdf
          .rect(inset, inset, pdf.page.width - 2 * inset, pdf.page.height - 2 * inset)
          .lineWidth(lineWidth)
          .stroke(color),
      );
    },
    space(points) {
      y += points;
    },
    moveTo(points) {
      y = points;
    },
    finish() {
      root.end();
      pdf.end();
      return finished;
    },
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
