import { verificationPage } from '../assessment/pages.ts';
import type { Decision } from '../moderation/model.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { causeTo, type Recipient } from '../shared/mail/duties.ts';
import { schoolPage } from '../shared/mail/links.ts';
import type { Mail } from '../shared/mail/send-mail.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { addWorkingDays, formatDate } from '../shared/time/london.ts';
import type { Certificate } from './model.ts';
import { validityOf } from './rules.ts';
import { texts } from './texts.ts';

/** Cause of the letter that tells a result, to each of the school's team; a result on appeal has one of its own. */
export const LETTER = 'outcome';
export const letterOf = ({ onAppeal }: Pick<Decision, 'onAppeal'>): string =>
  onAppeal ? `${LETTER}-on-appeal` : LETTER;

/** The letter that tells a school its result, in its language, with the certificate where there is one. */
export function outcomeLetter(
  to: Recipient,
  round: Round,
  registration: Registration,
  decision: Decision,
  certificate:
    | (Pick<Certificate, 'certificateNumber' | 'expiresOn'> & { readonly bytes: Uint8Array })
    | undefined,
): Mail {
  const { language } = registration;
  const { awardedOn } = validityOf(round, registration);
  const values = {
    name: to.name,
    school: registration.school.name,
    reference: registration.reference,
    round: round.label[language],
    level: decision.level === null ? '' : texts.text(language, `levels.${decision.level}`),
    feedback: decision.feedback,
    number: certificate?.certificateNumber ?? '',
    until: certificate === undefined ? '' : formatDate(certificate.expiresOn, language),
    verify: certificate === undefined ? '' : verificationPage(certificate.certificateNumber),
    evidenceBy: formatDate(addWorkingDays(awardedOn, round.policies.furtherEvidenceWorkingDays), language),
    page: schoolPage(registration.registrationId),
  };
  return {
    collection: registrationPk(registration.registrationId),
    cause: causeTo(letterOf(decision), to),
    to: to.email,
    language,
    subject: texts.text(language, `emails.${decision.outcome}.subject`, values),
    text: texts.text(language, `emails.${decision.outcome}.text`, values),
    ...(certificate === undefined
      ? {}
      : {
          attachments: [
            {
              name: `${certificate.certificateNumber}.pdf`,
              type: 'application/pdf',
              bytes: certificate.bytes,
            },
          ],
        }),
  };
}
