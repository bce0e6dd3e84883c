import type { SQLOutputValue } from 'node:sqlite';
import * as z from 'zod';
import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { CloudContext, Service } from '../core/service.ts';

type Row = Record<string, SQLOutputValue>;

export interface SsmService extends Service {
  /** Creates a parameter or gives it a new version where its value differs. Returns its ARN. */
  configureParameter(name: string, type: 'String' | 'StringList', value: string): string;
  /** The value that a dynamic reference or a parameter of a template stands for. Throws where there is none. */
  resolve(name: string): string;
}

const getSchema = z.strictObject({ Name: z.string().min(1), WithDecryption: z.boolean().optional() });
const getManySchema = z.strictObject({
  Names: z.array(z.string()).min(1).max(10),
  WithDecryption: z.boolean().optional(),
});
const byPathSchema = z.strictObject({
  Path: z.string().startsWith('/'),
  Recursive: z.boolean().default(false),
  WithDecryption: z.boolean().optional(),
  MaxResults: z.number().int().min(1).max(10).default(10),
  NextToken: z.string().optional(),
});

/** Parameter Store over the journal: what templates declare, read by functions. */
export function createSsmService(cloud: CloudContext): SsmService {
  const { db } = cloud.journal;
  db.exec(`CREATE TABLE IF NOT EXISTS ssm_parameters (
    name TEXT PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
    modified INTEGER NOT NULL) STRICT`);

  const arnOf = (name: string) =>
    `arn:aws:ssm:${cloud.region}:${cloud.account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

  function find(nameOrArn: string): Row | undefined {
    // A name may carry the version that it wants; only the current one is kept.
    const name = nameOrArn.startsWith('arn:') ? nameOrArn.replace(/^arn:[^/]*:parameter/, '') : nameOrArn;
    return (
      db.prepare('SELECT * FROM ssm_parameters WHERE name = ?').get(name) ??
      db.prepare('SELECT * FROM ssm_parameters WHERE name = ?').get(name.replace(/^\//, ''))
    );
  }

  function describe(row: Row): Record<string, unknown> {
    const name = String(row.name);
    return {
      ARN: arnOf(name),
      Name: name,
      Type: String(row.type),
      Value: String(row.value),
      Version: Number(row.version),
      LastModifiedDate: new Date(Number(row.modified)),
      DataType: 'text',
    };
  }

  const notFound = (name: string) => new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);

  const operations: Record<string, (input: Record<string, unknown>) => Record<string, unknown>> = {
    GetParameter(input) {
      const request = parseInput('ssm GetParameter', getSchema, input);
      const row = find(request.Name);
      if (row === undefined) throw notFound(request.Name);
      return { Parameter: describe(row) };
    },
    GetParameters(input) {
      const request = parseInput('ssm GetParameters', getManySchema, input);
      const found = request.Names.map((name) => ({ name, row: find(name) }));
      return {
        Parameters: found.flatMap(({ row }) => (row === undefined ? [] : [describe(row)])),
        InvalidParameters: found.filter(({ row }) => row === undefined).map(({ name }) => name),
      };
    },
    GetParametersByPath(input) {
      const request = parseInput('ssm GetParametersByPath', byPathSchema, input);
      const path = request.Path.endsWith('/') ? request.Path : `${request.Path}/`;
      const rows = db
        .prepare('SELECT * FROM ssm_parameters WHERE substr(name, 1, ?) = ? AND name > ? ORDER BY name')
        .all([...path].length, path, request.NextToken ?? '')
        .filter((row) => request.Recursive || !String(row.name).slice(path.length).includes('/'));
      const page = rows.slice(0, request.MaxResults);
      return {
        Parameters: page.map(describe),
        ...(rows.length > page.length ? { NextToken: String(page.at(-1)?.name) } : {}),
      };
    },
  };

  return {
    name: 'ssm',
    async call(action, input) {
      const operation = operations[action];
      if (operation === undefined) throw new UnsupportedError(`ssm ${action}`);
      return operation(input);
    },
    configureParameter(name, type, value) {
      db.prepare(
        `INSERT INTO ssm_parameters (name, type, value, version, modified) VALUES (?, ?, ?, 1, ?)
         ON CONFLICT (name) DO UPDATE SET type = excluded.type, value = excluded.value,
           version = version + 1, modified = excluded.modified
         WHERE type <> excluded.type OR value <> excluded.value`,
      ).run(name, type, value, cloud.clock.now());
      return arnOf(name);
    },
    resolve(name) {
      const row = find(name.replace(/:\d+$/, ''));
      if (row === undefined) throw notFound(name);
      return String(row.value);
    },
  };
}
