import * as z from 'zod';
import { deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import { readRound } from '../programme/store.ts';
import type { Registration } from '../registration/model.ts';
import type { Language } from '../shared/access/identity.ts';
import type { BusDetail } from '../shared/events/catalogue.ts';
import type { Recipient } from '../shared/mail/duties.ts';
import { hubPage, schoolPage } from '../shared/mail/links.ts';
import { formatDate, formatDateTime } from '../shared/time/london.ts';
import { admins, hubLeadersOf } from '../training/facts.ts';
import { sendLetter } from '../training/letters.ts';
import { contactsIn, schoolTeam } from '../training/recipients.ts';
import { letterTexts } from './letter-texts.ts';
import { type Exchange, failedChecks } from './model.ts';
import { findDocument, findSubmission, listVersions } from './store.ts';
import { texts } from './texts.ts';

interface News {
  readonly template: string;
  readonly recipients: readonly Recipient[];
  readonly to: 'SCHOOL' | 'HUB' | 'ADMINS';
  readonly values: (language: Language) => Readonly<Record<string, string | number>>;
}

const named = z.object({ documentId: z.string().optional() });

/** Writes to those whom an event of a submission concerns, each once for the event. Returns how many mails went out. */
export async function writeSubmissionNews(
  name: string,
  detail: BusDetail,
  registration: Registration,
  now: Date,
): Promise<number> {
  const { registrationId } = registration;
  const round = await readRound(registration.roundId);
  let sent = 0;
  for (const news of await newsOf(name, detail, registration, round)) {
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
          page: news.to === 'HUB' ? hubPage(registrationId) : schoolPage(registrationId),
          ...news.values(language),
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
  round: Round,
): Promise<News[]> {
  const { registrationId } = registration;
  const due = (deadline: 'signOffDue' | 'submissionDue') => (language: Language) =>
    formatDateTime(deadlineFor(round, registration, deadline), language);
  switch (name) {
    case 'SignOffRequested': {
      const asked = await exchangeAt(registrationId, 'SIGN_OFF_REQUESTED', detail.occurredAt);
      const values = (language: Language) => ({
        comments: asked?.comments ?? '',
        due: due('signOffDue')(language),
      });
      return [
        {
          template: 'sign-off-requested',
          recipients: await hubLeadersOf(registration.hubId),
          to: 'HUB',
          values,
        },
      ];
    }
    case 'SubmissionReturnedByHub': {
      const returned = await exchangeAt(registrationId, 'RETURNED', detail.occurredAt);
      const values = () => ({ by: returned?.byName ?? '', comments: returned?.comments ?? '' });
      return [
        {
          template: 'returned',
          recipients: contactsIn(registration, 'subject_leader'),
          to: 'SCHOOL',
          values,
        },
      ];
    }
    case 'SubmissionSignedOff': {
      const signed = await exchangeAt(registrationId, 'SIGNED_OFF', detail.occurredAt);
      const values = (language: Language) => ({
        by: signed?.byName ?? '',
        comments: signed?.comments ?? '',
        due: due('submissionDue')(language),
      });
      return [{ template: 'signed-off', recipients: schoolTeam(registration), to: 'SCHOOL', values }];
    }
    case 'SubmissionFrozen': {
      const version = (await listVersions(registrationId)).at(-1);
      if (version === undefined) return [];
      const values = (language: Language) => ({
        declared: formatDateTime(version.declaredAt, language),
        files: version.files.length,
        reflections: version.reflectionsCount,
        sha256: version.manifestSha256,
        results: formatDate(deadlineFor(round, registration, 'results'), language),
      });
      return [{ template: 'frozen', recipients: schoolTeam(registration), to: 'SCHOOL', values }];
    }
    case 'SubmissionMissed': {
      const values = (language: Language) => ({
        due: due('submissionDue')(language),
        round: round.label[language],
      });
      return [
        { template: 'missed', recipients: schoolTeam(registration), to: 'SCHOOL', values },
        { template: 'missed', recipients: await hubLeadersOf(registration.hubId), to: 'HUB', values },
      ];
    }
    case 'DocumentRefused':
      return refusalNews(detail, registration);
    default:
      return [];
  }
}

/** The exchange of an event: both carry the instant of their one transaction. */
async function exchangeAt(
  registrationId: string,
  kind: Exchange['kind'],
  at: string,
): Promise<Exchange | undefined> {
  return (await findSubmission(registrationId))?.exchanges.find(
    (entry) => entry.kind === kind && entry.at === at,
  );
}

async function refusalNews(detail: BusDetail, registration: Registration): Promise<News[]> {
  const { documentId } = named.parse(detail.data);
  const file =
    documentId === undefined ? undefined : await findDocument(registration.registrationId, documentId);
  const refusal = file?.refusal ?? null;
  if (file === undefined || refusal === null) return [];
  const sender = registration.contacts.find(
    (contact) => contact.personId === file.uploadedBy && contact.until === null,
  );
  const leaders = contactsIn(registration, 'subject_leader');
  const recipients =
    sender === undefined
      ? leaders
      : [
          {
            id: sender.contactId,
            name: sender.name,
            email: sender.email,
            language: registration.language,
            from: sender.from,
          },
        ];
  const why = (language: Language) => ({
    file: file.name,
    why: texts.text(language, `documents.${refusal}`),
  });
  const news: News[] = [{ template: 'document-refused', recipients, to: 'SCHOOL', values: why }];
  if (failedChecks.includes(refusal)) {
    news.push({
      template: 'check-failed',
      recipients: await admins(),
      to: 'ADMINS',
      values: () => ({ code: refusal, documentId: file.documentId }),
    });
  }
  return news;
}
