import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { BROUGHT_OVER_COLUMNS } from '../../functions/payments/brought-over.ts';
import { CommandError, runMain } from '../command-error.ts';
import { Inbox } from '../outside/inbox.ts';
import { ApiRefusal, Visitor } from '../outside/visitor.ts';
import { CloudProcess } from '../round/cloud-process.ts';
import { staff } from '../seed/people.ts';
import { importCsv } from '../seed/seed.ts';
import { bringInvoicesOver, type Outcome, reconcileFile } from './officer.ts';
import { reconcileReport, totalsOf } from './report.ts';

/** `npm run reconcile -- FILE... --invoices FILE.csv --report OUT.json`: bank statements against open invoices, on an empty local cloud. */
await runMain(async () => {
  const options = argumentsOf(process.argv.slice(2));
  const cloud = await CloudProcess.start({ simulatedFrom: new Date(), verbose: options.verbose });
  try {
    const inbox = new Inbox(cloud.endpoint);
    const admin = new Visitor(cloud.siteUrl, inbox);
    await admin.signIn(staff.admin);
    await importCsv(
      admin,
      'people',
      `email,name,role,language\n${staff.finance},Finance officer (sample),finance,en\n`,
    );
    const officer = new Visitor(cloud.siteUrl, inbox);
    await officer.signIn(staff.finance);
    const bar = new SingleBar({
      format: '{bar} {value}/{total} {what}',
      hideCursor: true,
      noTTYOutput: !process.stdout.isTTY,
      notTTYSchedule: 15_000,
    });
    bar.start(options.files.length + 1, 0, { what: 'open invoices' });
    const outcomes: Outcome[] = [];
    try {
      await loadInvoices(officer, options);
      for (const file of options.files) {
        bar.increment(1, { what: file });
        outcomes.push(await reconcileFile(officer, file, (isDone) => settled(cloud, isDone)));
      }
      bar.increment(1, { what: 'done' });
    } finally {
      bar.stop();
    }
    const lines = outcomes.flatMap((each) => each.lines);
    const report = reconcileReport.parse({
      files: outcomes.map((each) => each.file),
      lines,
      totals: totalsOf(lines),
    });
    writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
    for (const { file, status, format, reason, line } of report.files)
      console.log(
        status === 'taken'
          ? `${file}: taken (${format})`
          : `${file}: refused${line === null ? '' : `, line ${line}`}: ${reason}`,
      );
    await cloud.stop();
    return 0;
  } catch (error) {
    cloud.kill();
    throw error;
  }
});

/** A machine that tries something again waits for that: time passes until it is done, an hour at most. */
async function settled(cloud: CloudProcess, isDone: () => Promise<boolean>): Promise<void> {
  await cloud.settle();
  for (let minute = 0; minute < 60 && !(await isDone()); minute++)
    await cloud.advanceTo(new Date(cloud.now.getTime() + 60_000));
}

/** Invoices that cannot be taken make every result wrong: the command then does nothing and says which. */
async function loadInvoices(officer: Visitor, options: { invoices: string; csv: string }): Promise<void> {
  try {
    const [first, ...more] = await bringInvoicesOver(officer, options.csv);
    if (first !== undefined)
      throw new CommandError(
        `--invoices ${options.invoices}: ${first}${more.length === 0 ? '' : ` (and ${more.length} more)`}`,
      );
  } catch (error) {
    if (error instanceof ApiRefusal && error.status < 500)
      throw new CommandError(
        `--invoices ${options.invoices}: ${error.message.replace(/^[^:]*: \d+ [^:]*: /, '')}`,
      );
    throw error;
  }
}

function argumentsOf(args: string[]) {
  const { values, positionals: files } = parsed(args);
  if (files.length === 0) throw new CommandError('bank statements are needed: FILE...');
  for (const file of files)
    if (!existsSync(file) || !statSync(file).isFile()) throw new CommandError(`there is no file ${file}`);
  const { invoices, report } = values;
  if (invoices === undefined)
    throw new CommandError(`--invoices FILE.csv is needed: columns ${BROUGHT_OVER_COLUMNS.join(', ')}`);
  if (!existsSync(invoices) || !statSync(invoices).isFile())
    throw new CommandError(`--invoices: there is no file ${invoices}`);
  if (report === undefined)
    throw new CommandError('--report OUT.json is needed: where the report is written');
  return { files, invoices, report, csv: textOf(readFileSync(invoices)), verbose: values.verbose };
}

/** UTF-8, or Windows-1252 as older spreadsheets save. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        invoices: { type: 'string' },
        report: { type: 'string' },
        verbose: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
