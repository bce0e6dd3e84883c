import { levels } from '../../functions/programme/model.ts';
import { useLanguage } from '../shared/language.ts';
import { Details, formatPence, SummaryList, Table } from '../shared/show.tsx';
import type { Round } from './round-file.tsx';
import { useText } from './texts.ts';

/** What a place costs. */
export function Fees({ round }: { round: Round }) {
  const t = useText();
  const { fees } = round;
  return (
    <>
      <h2 class="govuk-heading-m">{t('fees.title')}</h2>
      <SummaryList
        rows={[
          { key: t('fees.standard'), value: formatPence(fees.standardPence) },
          {
            key: t('fees.small'),
            value: t('fees.small-value', {
              fee: formatPence(fees.smallPence),
              pupils: fees.smallMaximumPupils,
            }),
          },
          { key: t('fees.terms'), value: t('fees.terms-value', { days: fees.paymentTermsDays }) },
          { key: t('fees.vat'), value: t(`fees.vat-kinds.${fees.vat}`) },
        ]}
      />
    </>
  );
}

/** The periods and limits that the programme decides for each round. */
export function Policies({ round }: { round: Round }) {
  const t = useText();
  const { registration, payment, hubCapacity, training, submission, award } = round.policies;
  const days = (list: readonly number[]): string => list.map(String).join(', ');
  return (
    <>
      <h2 class="govuk-heading-m">{t('policies.title')}</h2>
      <p class="govuk-body">{t('policies.promised')}</p>
      <SummaryList
        rows={[
          {
            key: t('policies.corrections'),
            value: t('policies.corrections-value', { hours: registration.correctionHours }),
          },
          {
            key: t('policies.funding'),
            value: t('policies.funding-value', { days: registration.fundingDecisionWorkingDays }),
          },
          {
            key: t('policies.placement'),
            value: t('policies.placement-value', { days: payment.placementDays }),
          },
          {
            key: t('policies.escalations'),
            value: t('policies.escalations-value', { times: registration.placementEscalations }),
          },
          { key: t('policies.hub'), value: t('policies.hub-value', { schools: hubCapacity }) },
          {
            key: t('policies.reminders'),
            value: t('policies.reminders-value', { days: days(payment.reminderDays) }),
          },
          { key: t('policies.lapse'), value: t('policies.lapse-value', { days: payment.lapseAfterDays }) },
          {
            key: t('policies.sessions'),
            value: t('policies.sessions-value', { sessions: training.minimumSessions }),
          },
          {
            key: t('policies.submission'),
            value: t('policies.submission-value', { days: days(submission.reminderDaysBefore) }),
          },
          { key: t('policies.award'), value: t('policies.award-value', { months: award.validityMonths }) },
        ]}
      />
    </>
  );
}

/** What each level asks, by area. */
export function Criteria({ round }: { round: Round }) {
  const t = useText();
  const language = useLanguage();
  const { areas, criteria } = round.criteria;
  return (
    <>
      <h2 class="govuk-heading-m">{t('criteria.title')}</h2>
      {areas.map((area) => (
        <Details key={area.id} summary={area.title[language]}>
          {criteria
            .filter((one) => one.area === area.id)
            .map((one) => (
              <section key={one.id} class="psqm-criterion">
                <h3 class="govuk-heading-s">
                  {one.id}: {one.title[language]}
                </h3>
                <SummaryList
                  rows={levels
                    .filter((level) => one.levels.includes(level))
                    .map((level) => ({
                      key: t(`level.${level}`),
                      value: one.descriptors[level][language],
                    }))}
                />
              </section>
            ))}
        </Details>
      ))}
    </>
  );
}

/** The documents that a submission needs. */
export function Documents({ round }: { round: Round }) {
  const t = useText();
  const language = useLanguage();
  return (
    <Table
      caption={t('documents.title')}
      head={[t('documents.document'), t('documents.needed'), t('documents.files'), t('documents.size')]}
      rows={round.checklist.documents.map((one) => [
        <>
          {one.title[language]}
          <br />
          <span class="govuk-hint">{one.help[language]}</span>
        </>,
        one.requiredFor.length === 0
          ? t('documents.optional')
          : one.requiredFor.map((level) => t(`level.${level}`)).join(', '),
        t('documents.range', { minimum: one.minimumFiles, maximum: one.maximumFiles }),
        t('documents.megabytes', { size: Math.round(one.maximumBytes / 1_000_000) }),
      ])}
    />
  );
}
