import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError, runMain } from '../command-error.ts';
import { allHubs } from '../round/people/hub-leader.ts';
import { emailOf } from '../round/people/registrant.ts';
import { launchBrowser, views } from './browser.ts';
import { castOf } from './cast.ts';
import { runTour } from './course.ts';
import { writeMail } from './mail.ts';
import { TourRecord } from './record.ts';
import { setStage } from './stage.ts';

/** `npm run tour -- --out DIR [--language en|cy] [--width 390|1280] [--verbose]`: each role's main task in a real browser. */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  const { leads, others } = castOf(options.views);
  const record = new TourRecord(options.out);
  const stage = await setStage([...leads.map((lead) => lead.school), ...others], {
    verbose: options.verbose,
    hubs: allHubs.length,
  });
  try {
    const browser = await launchBrowser();
    try {
      const { year } = stage;
      const people = new Set(
        leads.flatMap(({ school }) =>
          (['office', 'head', 'science', 'finance'] as const).map((who) =>
            emailOf(school, who).toLowerCase(),
          ),
        ),
      );
      await runTour({
        place: {
          browser,
          siteUrl: year.cloud.siteUrl,
          inbox: year.inbox,
          record,
          people,
          now: () => year.cloud.now,
        },
        year,
        leads,
        files: stage.files,
        progress: (what) => console.log(what),
      });
      await writeMail(record, {
        browser,
        endpoint: year.cloud.endpoint,
        messages: year.inbox.all(),
        people,
      });
    } finally {
      await browser.close();
    }
  } finally {
    record.save();
    await stage.stop();
  }
  for (const { role, task, language, width, problem } of record.failures)
    console.log(`Failed: ${role}: ${task} (${language}, ${width} px): ${problem?.split('\n')[0]}`);
  for (const page of record.pages)
    for (const violation of page.violations)
      console.log(
        `Violation: ${page.picture}: ${violation.rule}: ${violation.help} (${violation.nodes.length} times)`,
      );
  console.log(`${record.tasks.length} tasks, ${record.violations} accessibility violations`);
  return record.failures.length === 0 && record.violations === 0 ? 0 : 1;
});

function argumentsOf(args: string[]) {
  const { values } = parsed(args);
  if (values.out === undefined)
    throw new CommandError('--out DIR is needed: the folder for what the tour writes');
  const { language, width } = values;
  if (language !== undefined && language !== 'en' && language !== 'cy')
    throw new CommandError(`--language takes en or cy, not ${language}`);
  if (width !== undefined && width !== '390' && width !== '1280')
    throw new CommandError(`--width takes 390 or 1280, not ${width}`);
  return {
    out: emptied(resolve(values.out)),
    verbose: values.verbose,
    views: views.filter(
      (view) =>
        (language === undefined || view.language === language) &&
        (width === undefined || String(view.width) === width),
    ),
  };
}

/** What an earlier tour wrote gives way; any other content of the folder is left alone and refused. */
function emptied(directory: string): string {
  if (!existsSync(directory)) return directory;
  const content = readdirSync(directory);
  if (content.length > 0 && !content.includes('tour.json'))
    throw new CommandError(`--out ${directory} holds something else: give an empty or a new folder`);
  for (const name of ['pages', 'emails', 'pdfs', 'tour.json', 'accessibility.json', 'index.html'])
    rmSync(join(directory, name), { recursive: true, force: true });
  return directory;
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        out: { type: 'string' },
        language: { type: 'string' },
        width: { type: 'string' },
        verbose: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
