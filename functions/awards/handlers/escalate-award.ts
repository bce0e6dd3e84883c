import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { financePage, panelPage } from '../../assessment/pages.ts';
import { listPeople } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { causeTo, type Recipient } from '../../shared/mail/duties.ts';
import { schoolPage } from '../../shared/mail/links.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { dynamodb } from '../../shared/table/client.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { contactsIn } from '../../training/recipients.ts';
import { awardObstacle } from '../steps.ts';
import { escalationKey } from '../store.ts';
import { texts } from '../texts.ts';

const input = z.object({
  registrationId: z.string(),
  about: awardObstacle,
  number: z.number().int().nonnegative(),
  correlationId: z.string(),
});
const output = z.object({ written: z.number().int() });

/** Asks those who can remove what holds a result up: school and finance about the fee, the panel about a hold. Once a week each. */
export const handler = taskHandler(input, output, async ({ registrationId, about, number }, { now }) => {
  const registration = await readRegistration(registrationId);
  const round = await readRound(registration.roundId);
  const staff = (await listPeople(about === 'MONEY' ? 'finance' : 'panel')).map(
    (person): Recipient => ({ ...person, id: person.personId, from: now.toISOString() }),
  );
  const staffPage = about === 'MONEY' ? financePage() : panelPage(registrationId);
  const recipients = [
    ...(about === 'MONEY' ? contactsIn(registration, 'head', 'finance') : []).map((to) => ({
      to,
      page: schoolPage(registrationId),
    })),
    ...staff.map((to) => ({ to, page: staffPage })),
  ];
  const template = about === 'MONEY' ? 'held-by-money' : 'held-by-panel';
  for (const { to, page } of recipients) {
    const values = {
      name: to.name,
      school: registration.school.name,
      reference: registration.reference,
      round: round.label[to.language],
      page,
    };
    await sendMail(
      {
        collection: registrationPk(registrationId),
        cause: causeTo(`result-held-${about}-${number}`, to),
        to: to.email,
        language: to.language,
        subject: texts.text(to.language, `emails.${template}.subject`, values),
        text: texts.text(to.language, `emails.${template}.text`, values),
      },
      now,
    );
  }
  await dynamodb.send(
    new PutItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Item: marshall({ ...escalationKey(registrationId, about, number), version: 1, at: now.toISOString() }),
    }),
  );
  return { written: recipients.length };
});
