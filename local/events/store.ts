import type { Journal } from '../core/journal.ts';
import { type Bus, busSchema, type Rule, ruleSchema } from './model.ts';
import { type CompiledPattern, parsePattern } from './pattern.ts';

/** A rule with its pattern compiled; `pattern` is undefined for a rule that only has a schedule. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly pattern: CompiledPattern | undefined;
}

/** Buses, rules with their targets, and counters; in the journal, with the rules also in memory. */
export class EventsStore {
  readonly #db: Journal['db'];
  readonly #rules = new Map<string, Map<string, ActiveRule>>();

  constructor(journal: Journal) {
    this.#db = journal.db;
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS events_buses (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS events_rules (
        bus TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (bus, name)) STRICT;
      CREATE TABLE IF NOT EXISTS events_provisioned (rule_arn TEXT PRIMARY KEY) STRICT;
      CREATE TABLE IF NOT EXISTS events_statistics (
        kind TEXT NOT NULL, name TEXT NOT NULL, result TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (kind, name, result)) STRICT;`);
    for (const row of this.#db.prepare('SELECT body FROM events_rules ORDER BY bus, name').all()) {
      this.#remember(ruleSchema.parse(JSON.parse(String(row.body))));
    }
  }

  bus(name: string): Bus | undefined {
    const row = this.#db.prepare('SELECT body FROM events_buses WHERE name = ?').get(name);
    return row === undefined ? undefined : busSchema.parse(JSON.parse(String(row.body)));
  }

  buses(): Bus[] {
    return this.#db
      .prepare('SELECT body FROM events_buses ORDER BY name')
      .all()
      .map((row) => busSchema.parse(JSON.parse(String(row.body))));
  }

  saveBus(bus: Bus): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO events_buses (name, body) VALUES (?, ?)')
      .run(bus.name, JSON.stringify(bus));
  }

  deleteBus(name: string): void {
    this.#db.prepare('DELETE FROM events_buses WHERE name = ?').run(name);
  }

  rule(bus: string, name: string): Rule | undefined {
    return this.#rules.get(bus)?.get(name)?.rule;
  }

  /** Rules of a bus by name. */
  rules(bus: string): ActiveRule[] {
    return [...(this.#rules.get(bus)?.values() ?? [])].sort((one, other) =>
      one.rule.name < other.rule.name ? -1 : 1,
    );
  }

  ruleByArn(arn: string): Rule | undefined {
    for (const rules of this.#rules.values()) {
      for (const { rule } of rules.values()) if (rule.arn === arn) return rule;
    }
    return undefined;
  }

  saveRule(rule: Rule): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO events_rules (bus, name, body) VALUES (?, ?, ?)')
      .run(rule.bus, rule.name, JSON.stringify(rule));
    this.#remember(rule);
  }

  deleteRule(bus: string, name: string): void {
    this.#db.prepare('DELETE FROM events_rules WHERE bus = ? AND name = ?').run(bus, name);
    this.#rules.get(bus)?.delete(name);
  }

  /** Marks a rule as a template's. */
  markProvisioned(ruleArn: string): void {
    this.#db.prepare('INSERT OR IGNORE INTO events_provisioned (rule_arn) VALUES (?)').run(ruleArn);
  }

  unmarkProvisioned(ruleArn: string): void {
    this.#db.prepare('DELETE FROM events_provisioned WHERE rule_arn = ?').run(ruleArn);
  }

  /** ARNs of the rules that a template made, now or earlier. */
  provisioned(): string[] {
    const rows = this.#db.prepare('SELECT rule_arn FROM events_provisioned').all();
    return rows.map((row) => String(row.rule_arn));
  }

  count(kind: 'event' | 'delivery', name: string, result: string): void {
    this.#db
      .prepare(
        `INSERT INTO events_statistics (kind, name, result, count) VALUES (?, ?, ?, 1)
         ON CONFLICT (kind, name, result) DO UPDATE SET count = count + 1`,
      )
      .run(kind, name, result);
  }

  /** name -> result -> count. */
  statistics(kind: 'event' | 'delivery'): Record<string, Record<string, number>> {
    const counted: Record<string, Record<string, number>> = {};
    const rows = this.#db
      .prepare('SELECT name, result, count FROM events_statistics WHERE kind = ? ORDER BY name, result')
      .all(kind);
    for (const { name, result, count } of rows) {
      const results = counted[String(name)] ?? {};
      results[String(result)] = Number(count);
      counted[String(name)] = results;
    }
    return counted;
  }

  #remember(rule: Rule): void {
    const rules = this.#rules.get(rule.bus) ?? new Map<string, ActiveRule>();
    const pattern = rule.eventPattern === undefined ? undefined : parsePattern(rule.eventPattern);
    rules.set(rule.name, { rule, pattern });
    this.#rules.set(rule.bus, rules);
  }
}
