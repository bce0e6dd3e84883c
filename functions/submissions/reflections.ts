import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { requireEnv } from '../shared/runtime/env.ts';
import { ConcurrentChangeError, NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import { dynamodb } from '../shared/table/client.ts';
import type { Person } from '../training/store.ts';
import { criteriaOf } from './checklist.ts';
import { type Reflection, reflectionKey } from './model.ts';
import { findSubmission } from './store.ts';
import { checkChangeable } from './uploads.ts';
import { countWords } from './words.ts';

/** A text may be this many times over the limit and is still kept, so that nothing typed or pasted is lost. */
const KEPT_FACTOR = 5;

/**
 * Saves a reflection as it is typed. `revision` is that of the text on which the typing began: where another has saved
 * meanwhile it is a `ConcurrentChangeError`, and theirs stays. A text over the word limit is kept and flagged; sign-off
 * cannot be asked for with it. Throws `RefusedError` beyond five times the limit.
 */
export async function saveReflection(
  round: Round,
  registration: Registration,
  criterionId: string,
  given: { readonly text: string; readonly revision: number },
  by: Person,
  now: Date,
): Promise<Reflection> {
  checkChangeable(round, registration, await findSubmission(registration.registrationId), undefined, now);
  if (!criteriaOf(round, registration.targetLevel).some((criterion) => criterion.id === criterionId))
    throw new NotFoundError(`criterion ${criterionId}`);
  const words = countWords(given.text);
  const maximum = round.checklist.reflectionMaximumWords;
  if (words > maximum * KEPT_FACTOR)
    throw new RefusedError('reflection-too-long', { field: 'text', values: { words, maximum } });
  const saved: Reflection = {
    criterionId,
    text: given.text,
    words,
    revision: given.revision + 1,
    savedAt: now.toISOString(),
    by: by.personId,
  };
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: requireEnv('PROGRAMME_TABLE'),
        Item: marshall({ ...reflectionKey(registration.registrationId, criterionId), ...saved }),
        ...(given.revision === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'revision = :read',
              ExpressionAttributeValues: marshall({ ':read': given.revision }),
            }),
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      throw new ConcurrentChangeError(`reflection ${criterionId}`);
    throw error;
  }
  return saved;
}
