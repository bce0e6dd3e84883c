import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Journal } from '../core/journal.ts';
import { type Frame, isRunnable, type Waiter } from './engine/frames.ts';
import type { StoredEvent } from './engine/history.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A state machine as it is stored. Times are epoch milliseconds. */
export interface MachineRow {
  readonly name: string;
  readonly arn: string;
  readonly definition: number;
  readonly roleArn: string;
  readonly created: number;
  readonly updated: number;
  readonly revision: string | undefined;
  /** loggingConfiguration, tracingConfiguration and encryptionConfiguration as JSON. */
  readonly settings: string;
  readonly tags: string;
}

/** An execution as it is stored. Times are epoch milliseconds, `input` and `output` JSON texts. */
export interface ExecutionRow {
  readonly id: number;
  readonly arn: string;
  readonly machine: string;
  readonly machineArn: string;
  readonly name: string;
  readonly definition: number;
  readonly roleArn: string;
  readonly input: string;
  readonly started: number;
  status: ExecutionStatus;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  stopped: number | undefined;
  /** Ids given out so far. */
  events: number;
  frames: number;
  transitions: number;
  redrives: number;
  redriven: number | undefined;
  waiter: Waiter | undefined;
}

type Row = Record<string, SQLOutputValue>;

function text(row: Row, column: string): string {
  return String(row[column]);
}

function optionalText(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' ? value : undefined;
}

function optionalNumber(row: Row, column: string): number | undefined {
  const value = row[column];
  return typeof value === 'number' ? value : undefined;
}

const STATUSES: readonly ExecutionStatus[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

export function isExecutionStatus(value: unknown): value is ExecutionStatus {
  return STATUSES.some((status) => status === value);
}

function readExecution(row: Row): ExecutionRow {
  const status = text(row, 'status');
  const waiter = optionalText(row, 'waiter');
  return {
    id: Number(row.id),
    arn: text(row, 'arn'),
    machine: text(row, 'machine'),
    machineArn: text(row, 'machine_arn'),
    name: text(row, 'name'),
    definition: Number(row.definition),
    roleArn: text(row, 'role_arn'),
    input: text(row, 'input'),
    started: Number(row.started),
    status: isExecutionStatus(status) ? status : 'FAILED',
    output: optionalText(row, 'output'),
    error: optionalText(row, 'error'),
    cause: optionalText(row, 'cause'),
    stopped: optionalNumber(row, 'stopped'),
    events: Number(row.events),
    frames: Number(row.frames),
    transitions: Number(row.transitions),
    redrives: Number(row.redrives),
    redriven: optionalNumber(row, 'redriven'),
    waiter: waiter === undefined ? undefined : JSON.parse(waiter),
  };
}

function readMachine(row: Row): MachineRow {
  return {
    name: text(row, 'name'),
    arn: text(row, 'arn'),
    definition: Number(row.definition),
    roleArn: text(row, 'role_arn'),
    created: Number(row.created),
    updated: Number(row.updated),
    revision: optionalText(row, 'revision'),
    settings: text(row, 'settings'),
    tags: text(row, 'tags'),
  };
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sfn_definitions (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS sfn_machines (
    name TEXT PRIMARY KEY, arn TEXT NOT NULL UNIQUE, definition INTEGER NOT NULL, role_arn TEXT NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, revision TEXT, settings TEXT NOT NULL,
    tags TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS sfn_executions (
    id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, machine_arn TEXT NOT NULL,
    name TEXT NOT NULL, definition INTEGER NOT NULL, role_arn TEXT NOT NULL, input TEXT NOT NULL,
    started INTEGER NOT NULL, status TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, stopped INTEGER,
    events INTEGER NOT NULL, frames INTEGER NOT NULL, transitions INTEGER NOT NULL,
    redrives INTEGER NOT NULL DEFAULT 0, redriven INTEGER, waiter TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS sfn_executions_machine ON sfn_executions (machine_arn, status, id);
  CREATE TABLE IF NOT EXISTS sfn_frames (
    execution INTEGER NOT NULL, id INTEGER NOT NULL, runnable INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (execution, id)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sfn_frames_runnable ON sfn_frames (execution) WHERE runnable = 1;
  CREATE TABLE IF NOT EXISTS sfn_history (
    execution INTEGER NOT NULL, first INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (execution, first)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_tokens (
    token TEXT PRIMARY KEY, execution INTEGER NOT NULL, frame INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sfn_outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;`;

/** The tables of Step Functions in the journal. */
export class Store {
  readonly #journal: Journal;
  readonly #db: DatabaseSync;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#db = journal.db;
    this.#db.exec(SCHEMA);
  }

  transaction<T>(work: () => T): T {
    return this.#journal.transaction(work);
  }

  // Definitions and machines

  /** The id of a definition's text, stored once however many machines and executions share it. */
  internDefinition(hash: string, body: string): number {
    this.#db
      .prepare('INSERT INTO sfn_definitions (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING')
      .run(hash, body);
    return Number(this.#db.prepare('SELECT id FROM sfn_definitions WHERE hash = ?').get(hash)?.id);
  }

  definition(id: number): string {
    const row = this.#db.prepare('SELECT body FROM sfn_definitions WHERE id = ?').get(id);
    if (row === undefined) throw new Error(`the journal has no definition ${id}`);
    return text(row, 'body');
  }

  machineByName(name: string): MachineRow | undefined {
    const row = this.#db.prepare('SELECT * FROM sfn_machines WHERE name = ?').get(name);
    return row === undefined ? undefined : readMachine(row);
  }

  machineByArn(arn: string): MachineRow | undefined {
    const row = this.#db.prepare('SELECT * FROM sfn_machines WHERE arn = ?').get(arn);
    return row === undefined ? undefined : readMachine(row);
  }

  putMachine(machine: MachineRow): void {
    this.#db
      .prepare(`INSERT INTO sfn_machines
      (name, arn, definition, role_arn, created, updated, revision, settings, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, role_arn = excluded.role_arn,
        updated = excluded.updated, revision = excluded.revision, settings = excluded.settings, tags = excluded.tags`)
      .run(
        machine.name,
        machine.arn,
        machine.definition,
        machine.roleArn,
        machine.created,
        machine.updated,
        machine.revision ?? null,
        machine.settings,
        machine.tags,
      );
  }

  deleteMachine(arn: string): void {
    this.#db.prepare('DELETE FROM sfn_machines WHERE arn = ?').run(arn);
  }

  machinesAfter(name: string, limit: number): MachineRow[] {
    return this.#db
      .prepare('SELECT * FROM sfn_machines WHERE name > ? ORDER BY name LIMIT ?')
      .all(name, limit)
      .map(readMachine);
  }

  // Executions

  insertExecution(row: Omit<ExecutionRow, 'id'>): number {
    const { lastInsertRowid } = this.#db
      .prepare(`INSERT INTO sfn_executions
      (arn, machine, machine_arn, name, definition, role_arn, input, started, status, events, frames, transitions)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        row.arn,
        row.machine,
        row.machineArn,
        row.name,
        row.definition,
        row.roleArn,
        row.input,
        row.started,
        row.status,
        row.events,
        row.frames,
        row.transitions,
      );
    return Number(lastInsertRowid);
  }

  updateExecution(row: ExecutionRow): void {
    this.#db
      .prepare(`UPDATE sfn_executions SET status = ?, output = ?, error = ?, cause = ?, stopped = ?, events = ?,
      frames = ?, transitions = ?, redrives = ?, redriven = ? WHERE id = ?`)
      .run(
        row.status,
        row.output ?? null,
        row.error ?? null,
        row.cause ?? null,
        row.stopped ?? null,
        row.events,
        row.frames,
        row.transitions,
        row.redrives,
        row.redriven ?? null,
        row.id,
      );
  }

  setWaiter(id: number, waiter: Waiter): void {
    this.#db.prepare('UPDATE sfn_executions SET waiter = ? WHERE id = ?').run(JSON.stringify(waiter), id);
  }

  execution(id: number): ExecutionRow | undefined {
    const row = this.#db.prepare('SELECT * FROM sfn_executions WHERE id = ?').get(id);
    return row === undefined ? undefined : readExecution(row);
  }

  executionByArn(arn: string): ExecutionRow | undefined {
    const row = this.#db.prepare('SELECT * FROM sfn_executions WHERE arn = ?').get(arn);
    return row === undefined ? undefined : readExecution(row);
  }

  /** Frees the name of an execution that closed long ago; its history stays readable under its id only. */
  renameExecution(id: number, arn: string): void {
    this.#db.prepare('UPDATE sfn_executions SET arn = ? WHERE id = ?').run(arn, id);
  }

  /** Executions of a machine, newest first, with ids below `before`. */
  executionsBefore(
    machineArn: string,
    status: ExecutionStatus | undefined,
    before: number,
    limit: number,
  ): ExecutionRow[] {
    const rows =
      status === undefined
        ? this.#db
            .prepare('SELECT * FROM sfn_executions WHERE machine_arn = ? AND id < ? ORDER BY id DESC LIMIT ?')
            .all(machineArn, before, limit)
        : this.#db
            .prepare(
              'SELECT * FROM sfn_executions WHERE machine_arn = ? AND status = ? AND id < ? ORDER BY id DESC LIMIT ?',
            )
            .all(machineArn, status, before, limit);
    return rows.map(readExecution);
  }

  /** Ids of running executions that were started before `time`. */
  runningStartedBefore(time: number): number[] {
    return this.#db
      .prepare("SELECT id FROM sfn_executions WHERE status = 'RUNNING' AND started < ? ORDER BY id")
      .all(time)
      .map((row) => Number(row.id));
  }

  oldestRunning(): number | undefined {
    const row = this.#db
      .prepare("SELECT MIN(started) AS started FROM sfn_executions WHERE status = 'RUNNING'")
      .get();
    return row === undefined ? undefined : optionalNumber(row, 'started');
  }

  /** Executions and transitions by machine and status. */
  totals(): { machine: string; status: string; executions: number; transitions: number }[] {
    return this.#db
      .prepare(`SELECT machine, status, COUNT(*) AS executions, SUM(transitions) AS transitions
      FROM sfn_executions GROUP BY machine, status ORDER BY machine, status`)
      .all()
      .map((row) => ({
        machine: text(row, 'machine'),
        status: text(row, 'status'),
        executions: Number(row.executions),
        transitions: Number(row.transitions),
      }));
  }

  // Frames

  putFrame(execution: number, frame: Frame): void {
    this.#db
      .prepare(`INSERT INTO sfn_frames (execution, id, runnable, body) VALUES (?, ?, ?, ?)
      ON CONFLICT (execution, id) DO UPDATE SET runnable = excluded.runnable, body = excluded.body`)
      .run(execution, frame.id, isRunnable(frame.phase) ? 1 : 0, JSON.stringify(frame));
  }

  deleteFrame(execution: number, frame: number): void {
    this.#db.prepare('DELETE FROM sfn_frames WHERE execution = ? AND id = ?').run(execution, frame);
  }

  frames(execution: number): Frame[] {
    return this.#db
      .prepare('SELECT body FROM sfn_frames WHERE execution = ? ORDER BY id')
      .all(execution)
      .map((row): Frame => JSON.parse(text(row, 'body')));
  }

  /** Executions with a frame that needs nothing from outside to go on. */
  runnableExecutions(): number[] {
    return this.#db
      .prepare('SELECT DISTINCT execution FROM sfn_frames WHERE runnable = 1 ORDER BY execution')
      .all()
      .map((row) => Number(row.execution));
  }

  // History

  appendEvents(execution: number, first: number, events: readonly StoredEvent[]): void {
    this.#db
      .prepare('INSERT INTO sfn_history (execution, first, body) VALUES (?, ?, ?)')
      .run(execution, first, JSON.stringify(events));
  }

  /** Events from id `from` to id `to`, both included, by id. */
  events(execution: number, from: number, to: number): [id: number, event: StoredEvent][] {
    const found: [number, StoredEvent][] = [];
    const start = this.#db
      .prepare('SELECT MAX(first) AS first FROM sfn_history WHERE execution = ? AND first <= ?')
      .get(execution, from);
    const rows = this.#db
      .prepare(
        'SELECT first, body FROM sfn_history WHERE execution = ? AND first >= ? AND first <= ? ORDER BY first',
      )
      .all(execution, Number(start?.first ?? from), to);
    for (const row of rows) {
      const batch: StoredEvent[] = JSON.parse(text(row, 'body'));
      for (const [offset, event] of batch.entries()) {
        const id = Number(row.first) + offset;
        if (id >= from && id <= to) found.push([id, event]);
      }
    }
    return found;
  }

  // Tokens

  putToken(token: string, execution: number, frame: number): void {
    this.#db
      .prepare('INSERT INTO sfn_tokens (token, execution, frame) VALUES (?, ?, ?)')
      .run(token, execution, frame);
  }

  /** Whose token this is; it stays known after its task has ended. */
  token(token: string): { execution: number; frame: number } | undefined {
    const row = this.#db.prepare('SELECT execution, frame FROM sfn_tokens WHERE token = ?').get(token);
    return row === undefined ? undefined : { execution: Number(row.execution), frame: Number(row.frame) };
  }

  // Outbox of status events

  putOutbox(body: string): void {
    this.#db.prepare('INSERT INTO sfn_outbox (body) VALUES (?)').run(body);
  }

  outbox(limit: number): { id: number; body: string }[] {
    return this.#db
      .prepare('SELECT id, body FROM sfn_outbox ORDER BY id LIMIT ?')
      .all(limit)
      .map((row) => ({ id: Number(row.id), body: text(row, 'body') }));
  }

  deleteOutbox(through: number): void {
    this.#db.prepare('DELETE FROM sfn_outbox WHERE id <= ?').run(through);
  }
}
