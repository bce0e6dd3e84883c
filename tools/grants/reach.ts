import { join, sep } from 'node:path';
import { build } from 'esbuild';
import { layoutFilesPlugin } from '../../lib/layout-files.ts';
import type { StageDefinition } from '../../lib/stages/types.ts';
import { withoutJsonSchema } from '../../lib/without-json-schema.ts';
import { root } from '../run-command.ts';

/** IAM actions by the command of the AWS SDK whose call needs them; `TransactWriteItems` is authorised by its parts. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  AdminCreateUser: ['cognito-idp:AdminCreateUser'],
  BatchGetItem: ['dynamodb:BatchGetItem'],
  // Every copy replaces the tags: those of the source are not read.
  CopyObject: ['s3:GetObject', 's3:PutObject'],
  DeleteItem: ['dynamodb:DeleteItem'],
  DeleteObject: ['s3:DeleteObject'],
  DescribeExecution: ['states:DescribeExecution'],
  DescribeStateMachine: ['states:DescribeStateMachine'],
  DescribeStateMachineForExecution: ['states:DescribeStateMachineForExecution'],
  GetExecutionHistory: ['states:GetExecutionHistory'],
  GetItem: ['dynamodb:GetItem'],
  // Only to those who may list the bucket does S3 say that an object is missing; others read "access denied".
  GetObject: ['s3:GetObject', 's3:ListBucket'],
  GetSecretValue: ['secretsmanager:GetSecretValue'],
  HeadObject: ['s3:GetObject', 's3:ListBucket'],
  // Cognito authorises the calls of a sign-in by the client's id, not by IAM.
  InitiateAuth: [],
  ListExecutions: ['states:ListExecutions'],
  PutEvents: ['events:PutEvents'],
  PutItem: ['dynamodb:PutItem'],
  PutObject: ['s3:PutObject'],
  Query: ['dynamodb:Query'],
  RespondToAuthChallenge: [],
  SendEmail: ['ses:SendEmail'],
  SendTaskFailure: ['states:SendTaskFailure'],
  SendTaskSuccess: ['states:SendTaskSuccess'],
  StopExecution: ['states:StopExecution'],
  TransactWriteItems: ['dynamodb:PutItem'],
  UpdateItem: ['dynamodb:UpdateItem'],
};

/** A write beside the changed record (functions/shared/table/change.ts, `ExtraWrite`) by the field that names its record. */
const EXTRA_WRITES: Readonly<Record<string, string>> = {
  check: 'dynamodb:ConditionCheckItem',
  delete: 'dynamodb:DeleteItem',
  update: 'dynamodb:UpdateItem',
};

/**
 * What the code of each function can ask of AWS: each handler is bundled alone, without what it never calls, and the
 * commands that it still makes are read from the result. An upper bound: a call that is there may never happen.
 * Returns IAM actions by `<stage>/<function>`; throws on a command that it does not know.
 */
export async function reachedActions(
  stages: readonly StageDefinition[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const entries = stages.flatMap(({ stage, functions }) =>
    Object.entries(functions).map(([name, { http }]) => ({
      in:
        http === undefined
          ? `functions/${stage}/handlers/${name}.ts`
          : `functions/http/${http.audience}/handler.ts`,
      out: join(stage, name),
    })),
  );
  const outdir = join(root, '.build', 'reach');
  const { outputFiles } = await build({
    entryPoints: entries,
    absWorkingDir: root,
    outdir,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@aws-sdk/*'],
    logLevel: 'error',
    plugins: [layoutFilesPlugin(root), withoutJsonSchema],
    loader: { '.woff': 'empty', '.woff2': 'empty', '.ttf': 'empty', '.wasm': 'empty', '.afm': 'empty' },
  });
  return new Map(
    outputFiles.map(({ path, text }) => [
      path
        .slice(outdir.length + 1)
        .replace(/\.js$/, '')
        .split(sep)
        .join('/'),
      actionsIn(text, path),
    ]),
  );
}

function actionsIn(code: string, path: string): ReadonlySet<string> {
  const actions = new Set<string>();
  for (const [, command = ''] of code.matchAll(/\bnew ([A-Z]\w*?)Command\d*\(/g)) {
    const needed = NEEDED[command];
    if (needed === undefined) throw new Error(`${path}: no IAM action is known for ${command}`);
    for (const action of needed) actions.add(action);
  }
  if (/\bcreatePresignedPost\d*\(/.test(code)) actions.add('s3:PutObject');
  if (/\bnew TransactWriteItemsCommand\d*\(/.test(code))
    for (const [field, action] of Object.entries(EXTRA_WRITES))
      if (new RegExp(`[{,]\\s*${field}: (?:\\w+Keys?\\d*\\(|\\{ pk: )`).test(code)) actions.add(action);
  return actions;
}
