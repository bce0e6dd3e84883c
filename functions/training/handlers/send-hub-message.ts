import * as z from 'zod';
import { findHub } from '../../programme/store.ts';
import { findRegistration } from '../../registration/store.ts';
import { receivedEvent } from '../../shared/events/received.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { readExisting } from '../../shared/table/change.ts';
import { letterTexts } from '../letter-texts.ts';
import { sendLetter } from '../letters.ts';
import { hubMessage, hubMessageKey } from '../model.ts';
import { schoolTeam } from '../recipients.ts';

const named = z.object({ hubId: z.string(), messageId: z.string() });

/** Sends a hub leader's recorded letter to its schools: head and subject leaders, each once. Safe to repeat. */
export const handler = taskHandler(
  receivedEvent,
  z.object({ sent: z.number().int() }),
  async (event, { now }) => {
    const { hubId, messageId } = named.parse(event.detail.data);
    const message = await readExisting(hubMessage, hubMessageKey(hubId, messageId));
    const hub = await findHub(hubId);
    let sent = 0;
    for (const registrationId of message.registrationIds) {
      const registration = await findRegistration(registrationId);
      if (registration === undefined || registration.hubId !== hubId) continue;
      const values = {
        subject: message.subject,
        text: message.text,
        by: message.byName,
        byEmail: message.byEmail,
        hub: hub?.name ?? '',
      };
      const letter = {
        texts: letterTexts,
        template: 'hub-message',
        cause: `hub-message:${messageId}`,
        recipients: schoolTeam(registration),
        values: () => values,
      };
      sent += await sendLetter(registrationId, letter, now);
    }
    return { sent };
  },
);
