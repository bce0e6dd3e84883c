import { panelPage } from '../../assessment/pages.ts';
import type { Round } from '../../programme/model.ts';
import type { Registration } from '../../registration/model.ts';
import { causeTo, type Recipient } from '../../shared/mail/duties.ts';
import { schoolPage } from '../../shared/mail/links.ts';
import type { Mail } from '../../shared/mail/send-mail.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { formatDate } from '../../shared/time/london.ts';
import { texts } from '../texts.ts';
import type { Appeal } from './model.ts';
import { appealPolicyOf } from './policy.ts';

export const APPEAL_CAUSE = 'appeal-';
export type AppealLetter = 'lodged' | 'decided' | 'overdue';

/** A letter about an appeal, to the school's team or, where it is overdue, to panel and admins. */
export function appealLetter(
  to: Recipient,
  what: AppealLetter,
  round: Round,
  registration: Registration,
  of: Appeal,
): Mail {
  const { language } = to;
  const ground = appealPolicyOf(round).grounds.find(({ id }) => id === of.ground);
  const template = what === 'decided' ? `appeal-${of.status}` : `appeal-${what}`;
  const values = {
    name: to.name,
    school: registration.school.name,
    reference: registration.reference,
    round: round.label[language],
    ground: ground?.title[language] ?? of.ground,
    by: formatDate(of.decideBy, language),
    reason: of.decision?.reason ?? '',
    page: what === 'overdue' ? panelPage(of.registrationId) : schoolPage(of.registrationId),
  };
  const suffix = what === 'overdue' ? `-${of.escalations + 1}` : '';
  return {
    collection: registrationPk(of.registrationId),
    cause: causeTo(`${APPEAL_CAUSE}${what}${suffix}`, to),
    to: to.email,
    language,
    subject: texts.text(language, `emails.${template}.subject`, values),
    text: texts.text(language, `emails.${template}.text`, values),
  };
}
