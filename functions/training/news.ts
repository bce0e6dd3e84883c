import * as z from 'zod';
import { level } from '../programme/model.ts';
import { readRound } from '../programme/store.ts';
import type { Registration } from '../registration/model.ts';
import type { Language } from '../shared/access/identity.ts';
import type { BusDetail } from '../shared/events/catalogue.ts';
import type { Recipient } from '../shared/mail/duties.ts';
import { hubPage, schoolPage } from '../shared/mail/links.ts';
import { hubLeadersOf } from './facts.ts';
import { letterTexts } from './letter-texts.ts';
import { sendLetter, sessionLines } from './letters.ts';
import { contactsIn, schoolTeam } from './recipients.ts';
import { findTraining } from './store.ts';
import { texts } from './texts.ts';

interface News {
  readonly template: string;
  readonly recipients: readonly Recipient[];
  readonly values?: (language: Language) => Readonly<Record<string, string | number>>;
}

const named = z.object({ level: level.optional() });

/**
 * Writes to those whom an event of the training year concerns, each once for the event. Events that concern nobody
 * send nothing. Returns how many mails went out.
 */
export async function writeTrainingNews(
  name: string,
  detail: BusDetail,
  registration: Registration,
  now: Date,
): Promise<number> {
  const { registrationId } = registration;
  const hubLeaders = await hubLeadersOf(registration.hubId);
  let sent = 0;
  for (const news of await newsOf(name, detail, registration, hubLeaders)) {
    const toHub = news.recipients === hubLeaders;
    sent += await sendLetter(
      registrationId,
      {
        texts: letterTexts,
        template: news.template,
        cause: `${news.template}:${detail.eventId}`,
        recipients: news.recipients,
        values: (language) => ({
          school: registration.school.name,
          reference: registration.reference,
          page: toHub ? hubPage(registrationId) : schoolPage(registrationId),
          ...news.values?.(language),
        }),
      },
      now,
    );
  }
  return sent;
}

async function newsOf(
  name: string,
  detail: BusDetail,
  registration: Registration,
  hubLeaders: readonly Recipient[],
): Promise<News[]> {
  const team = schoolTeam(registration);
  const levelName = (language: Language): string =>
    texts.text(language, `levels.${named.parse(detail.data).level ?? registration.targetLevel}`);
  switch (name) {
    case 'TrainingStarted':
      return [
        {
          template: 'new-school',
          recipients: hubLeaders,
          values: (language) => ({ level: levelName(language), contacts: linesOf(registration, language) }),
        },
      ];
    case 'ActionPlanReceived':
      return [{ template: 'action-plan-received', recipients: hubLeaders }];
    case 'ActionPlanFeedbackGiven': {
      const feedback = (await findTraining(registration.registrationId))?.feedback;
      if (feedback == null) return [];
      return [
        {
          template: 'feedback',
          recipients: contactsIn(registration, 'subject_leader'),
          values: () => ({ by: feedback.byName, text: feedback.text }),
        },
      ];
    }
    case 'TargetLevelConfirmed':
      return [
        {
          template: 'level-confirmed',
          recipients: team,
          values: (language) => ({ level: levelName(language) }),
        },
      ];
    case 'TargetLevelChanged':
      return [
        {
          template: 'level-changed',
          recipients: team,
          values: (language) => ({ level: levelName(language) }),
        },
      ];
    case 'LevelChangeRequested':
      return [
        {
          template: 'level-requested',
          recipients: hubLeaders,
          values: (language) => ({ level: levelName(language) }),
        },
      ];
    case 'LevelChangeRefused':
      return [
        {
          template: 'level-request-refused',
          recipients: team,
          values: (language) => ({ level: levelName(language) }),
        },
      ];
    case 'SessionsChanged': {
      const training = await findTraining(registration.registrationId);
      return [
        {
          template: 'sessions-changed',
          recipients: team,
          values: (language) => ({ sessions: sessionLines(training?.sessions ?? [], language) }),
        },
      ];
    }
    case 'ContactChanged':
      return contactNews(detail, registration, hubLeaders);
    case 'RegistrationWithdrawn':
      return withdrawalNews(registration, hubLeaders);
    default:
      return [];
  }
}

/** All contacts read who takes part now; who left at this event reads that access has ended, who came is invited. */
function contactNews(
  detail: BusDetail,
  registration: Registration,
  hubLeaders: readonly Recipient[],
): News[] {
  const asRecipient = (contact: Registration['contacts'][number]): Recipient => ({
    id: contact.contactId,
    name: contact.name,
    email: contact.email,
    language: registration.language,
    from: contact.from,
  });
  const ended = registration.contacts.filter((contact) => contact.until === detail.occurredAt);
  // Finance contacts do not sign in: there is nothing to invite them to.
  const begun = registration.contacts.filter(
    (contact) => contact.from === detail.occurredAt && contact.until === null && contact.role !== 'finance',
  );
  const known = contactsIn(registration, 'head', 'subject_leader', 'registrant').filter(
    (to) => !begun.some((contact) => contact.contactId === to.id),
  );
  const lines = (language: Language): string => linesOf(registration, language);
  return [
    // The hub leader knows the people: somebody who has no business there is noticed.
    ...(registration.hubId === null
      ? []
      : [
          {
            template: 'contact-changed',
            recipients: hubLeaders,
            values: (language: Language) => ({ contacts: lines(language) }),
          },
        ]),
    { template: 'contact-changed', recipients: known, values: (language) => ({ contacts: lines(language) }) },
    ...ended.map((contact) => ({
      template: 'contact-ended',
      recipients: [asRecipient(contact)],
      values: (language: Language) => ({ role: texts.text(language, `roles.${contact.role}`) }),
    })),
    ...begun.map((contact) => ({
      template: 'contact-invited',
      recipients: [asRecipient(contact)],
      values: (language: Language) => ({ role: texts.text(language, `roles.${contact.role}`) }),
    })),
  ];
}

async function withdrawalNews(registration: Registration, hubLeaders: readonly Recipient[]): Promise<News[]> {
  const round = await readRound(registration.roundId);
  const values = (language: Language) => ({
    round: round.label[language],
    reason: registration.ended?.reason ?? '',
  });
  return [
    {
      template: 'withdrawn',
      recipients: contactsIn(registration, 'head', 'subject_leader', 'registrant', 'finance'),
      values,
    },
    // Before a hub was found nobody leads the school: the admins need no letter about it.
    ...(registration.hubId === null ? [] : [{ template: 'withdrawn-hub', recipients: hubLeaders, values }]),
  ];
}

/** The people of a school now, a line each. */
function linesOf(registration: Registration, language: Language): string {
  return registration.contacts
    .filter((contact) => contact.until === null)
    .map((contact) => `${contact.name} (${texts.text(language, `roles.${contact.role}`)}), ${contact.email}`)
    .join('\n');
}
