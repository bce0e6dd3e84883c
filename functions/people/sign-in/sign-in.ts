import { randomBytes } from 'node:crypto';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Language } from '../../shared/access/identity.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import { RefusedError } from '../../shared/runtime/errors.ts';
import { read } from '../../shared/table/change.ts';
import { dynamodb } from '../../shared/table/client.ts';
import type { Key } from '../../shared/table/keys.ts';
import type { Person } from '../model.ts';
import { ensurePerson, findPersonByEmail } from '../store.ts';
import { answerCode, ensureUser, sendCode } from './cognito.ts';
import { throttle } from './throttle.ts';

const ATTEMPT_SECONDS = 10 * 60;
const WRONG_CODES = 5;

const attempt = z.object({
  email: z.string(),
  /** Null for an address that is nobody's: no code is right. */
  cognitoSession: z.string().nullable(),
  wrong: z.number().int().default(0),
  expiresAt: z.iso.datetime(),
});

const attemptKey = (attemptId: string): Key => ({ pk: `SIGNIN#${attemptId}`, sk: 'SIGNIN' });

/**
 * Has a code sent, if the address is an active person's, and returns the id of the attempt. The answer is the same for
 * every address; so is what is asked of Cognito, whose client hides whether it knows a user, so that the time taken
 * tells little. The very first admin is the address of the deployment's configuration, while nobody has it.
 */
export async function requestCode(
  asked: { readonly email: string; readonly lang: Language; readonly sourceIp: string },
  now: Date,
): Promise<string> {
  const { email } = asked;
  await throttle('code-from-source', asked.sourceIp, now);
  await throttle('code-to-address', email, now);
  const person = await personAt(email, asked.lang, now);
  if (person !== undefined) await ensureUser(email);
  const session = await sendCode(email);
  const attemptId = randomBytes(24).toString('base64url');
  const expiresAt = new Date(now.getTime() + ATTEMPT_SECONDS * 1000);
  await dynamodb.send(
    new PutItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Item: marshall({
        ...attemptKey(attemptId),
        version: 1,
        email,
        cognitoSession: person === undefined ? null : (session ?? null),
        wrong: 0,
        expiresAt: expiresAt.toISOString(),
        ttl: Math.ceil(expiresAt.getTime() / 1000) + 3600,
      }),
    }),
  );
  return attemptId;
}

async function personAt(email: string, language: Language, now: Date): Promise<Person | undefined> {
  const known = await findPersonByEmail(email);
  if (known === undefined && email === requireEnv('FIRST_ADMIN_EMAIL').toLowerCase()) {
    return ensurePerson(
      { email, name: email, language, role: 'admin' },
      { kind: 'system', id: 'first-admin' },
      now,
    );
  }
  return known?.status === 'ACTIVE' ? known : undefined;
}

/**
 * The person whose address the code proves. Refuses a wrong code (`wrong-code`, up to five times), and an attempt that
 * is over (`code-over`: expired, used, or wrong too often); the two tell nothing of the address.
 */
export async function verifyCode(
  asked: { readonly attemptId: string; readonly code: string; readonly sourceIp: string },
  now: Date,
): Promise<Person> {
  const key = attemptKey(asked.attemptId);
  const current = await read(attempt, key);
  if (current === undefined || new Date(current.expiresAt) <= now || current.wrong >= WRONG_CODES)
    throw new RefusedError('code-over', { field: 'code' });
  const answer =
    current.cognitoSession === null
      ? ({ is: 'WRONG', session: undefined } as const)
      : await answerCode(current.email, current.cognitoSession, asked.code);
  switch (answer.is) {
    case 'RIGHT': {
      await dynamodb.send(
        new DeleteItemCommand({ TableName: requireEnv('PROGRAMME_TABLE'), Key: marshall({ ...key }) }),
      );
      const person = await findPersonByEmail(current.email);
      if (person?.status !== 'ACTIVE') throw new RefusedError('code-over', { field: 'code' });
      return person;
    }
    case 'WRONG':
      await rememberWrong(key, answer.session ?? current.cognitoSession);
      await throttle('wrong-code-from-source', asked.sourceIp, now);
      throw new RefusedError(current.wrong + 1 >= WRONG_CODES ? 'code-over' : 'wrong-code', {
        field: 'code',
      });
    case 'OVER':
      throw new RefusedError('code-over', { field: 'code' });
  }
}

async function rememberWrong(key: Key, session: string | null): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Key: marshall({ ...key }),
      UpdateExpression: 'SET cognitoSession = :session ADD wrong :one',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: marshall({ ':session': session, ':one': 1 }),
    }),
  );
}
