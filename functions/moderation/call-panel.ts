import { panelRoundPage } from '../assessment/pages.ts';
import { listPeople } from '../people/store.ts';
import { readRound } from '../programme/store.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { roundPk } from '../shared/table/keys.ts';
import { formatDate, londonDate } from '../shared/time/london.ts';
import { listOutcomes } from './store.ts';
import { texts } from './texts.ts';

/**
 * Tells panel and admins that the results day is near and how many outcomes are unconfirmed, those left over for want of
 * a quorum among them: each person once a day. Safe to repeat.
 */
export async function callPanel(roundId: string, now: Date): Promise<void> {
  const [round, outcomes, panel, admins] = await Promise.all([
    readRound(roundId),
    listOutcomes(roundId),
    listPeople('panel'),
    listPeople('admin'),
  ]);
  const count = outcomes.filter(({ status }) => status === 'PROPOSED').length;
  if (count === 0) return;
  for (const person of new Map([...panel, ...admins].map((one) => [one.personId, one])).values()) {
    const { language } = person;
    const values = {
      name: person.name,
      count,
      round: round.label[language],
      results: formatDate(round.calendar.results, language),
      quorum: round.policies.panel.quorum,
      page: panelRoundPage(roundId),
    };
    await sendMail(
      {
        collection: roundPk(roundId),
        cause: `panel-called-${londonDate(now)}-${person.personId}`,
        to: person.email,
        language,
        subject: texts.text(language, 'emails.panel-called.subject', values),
        text: texts.text(language, 'emails.panel-called.text', values),
      },
      now,
    );
  }
}
