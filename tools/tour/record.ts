import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Checked } from './accessibility.ts';
import type { View } from './browser.ts';

/** One page as somebody saw it. */
export interface SeenPage extends Checked {
  readonly task: string;
  readonly language: View['language'];
  readonly width: View['width'];
  readonly address: string;
  /** File of the picture, from the folder of the tour. */
  readonly picture: string;
  readonly title: string;
  /** What the page says, for reading without pictures. */
  readonly text: string;
}

export interface DoneTask {
  readonly role: string;
  readonly task: string;
  readonly language: View['language'];
  readonly width: View['width'];
  readonly succeeded: boolean;
  readonly problem: string | null;
  readonly keys: number;
  readonly seconds: number;
}

/** All that the tour did and saw, in its folder. */
export class TourRecord {
  readonly directory: string;
  readonly pages: SeenPage[] = [];
  readonly tasks: DoneTask[] = [];

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  get violations(): number {
    return this.pages.reduce((sum, page) => sum + page.violations.length, 0);
  }

  get failures(): readonly DoneTask[] {
    return this.tasks.filter((task) => !task.succeeded);
  }

  /** Writes a file at a path within the folder. */
  write(path: string, content: string | Uint8Array): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Writes what is known so far: tasks, accessibility results, and every page on one sheet. */
  save(): void {
    this.write('tour.json', `${JSON.stringify({ tasks: this.tasks }, null, 2)}\n`);
    this.write('accessibility.json', `${JSON.stringify({ pages: this.pages }, null, 2)}\n`);
    this.write('index.html', sheet(this));
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function sheet(record: TourRecord): string {
  const byTask = Map.groupBy(record.pages, (page) => page.task);
  const sections = [...byTask].map(([task, pages]) => {
    const figures = pages.map(
      (page) =>
        `<figure><a href="${escaped(page.picture)}"><img loading="lazy" src="${escaped(page.picture)}" alt="${escaped(page.title)}"></a><figcaption>${escaped(`${page.language} ${page.width}: ${page.title}`)}${page.violations.length > 0 ? ` <strong>${page.violations.length} violations</strong>` : ''}</figcaption></figure>`,
    );
    return `<h2>${escaped(task)}</h2><div>${figures.join('')}</div>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tour</title>
<style>body{font-family:sans-serif;margin:1rem}div{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;width:260px}img{width:100%;height:320px;object-fit:cover;object-position:top;border:1px solid #888}</style>
<h1>Tour: ${record.tasks.length} tasks, ${record.violations} accessibility violations</h1>
<table>${record.tasks.map((task) => `<tr><td>${escaped(task.role)}<td>${escaped(task.task)}<td>${task.language} ${task.width}<td>${task.succeeded ? 'done' : `failed: ${escaped(task.problem ?? '')}`}<td>${task.keys} keys`).join('')}</table>
${sections.join('\n')}</html>\n`;
}
