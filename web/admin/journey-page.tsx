import { useState } from 'preact/hooks';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { formatInstant, formatPence, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { JourneyMoney } from './journey-money.tsx';
import { MoveSchoolDeadline } from './move-deadline.tsx';
import { runAddress } from './runs-page.tsx';
import { StatusTag } from './status.tsx';
import { useText, useWords } from './texts.ts';
import { Timeline } from './timeline.tsx';

export type Journey = RouteResponse<Audience['reads']['readJourney']>;

/** One school: where it stands, what it waits for, and all that happened across its executions on one timeline. */
export function JourneyPage(props: { registrationId?: string }) {
  const { reads } = useAudience();
  const journey = useApi(reads.readJourney, { params: { registrationId: props.registrationId ?? '' } });
  return <Loading of={journey}>{(data) => <JourneyView journey={data} reload={journey.reload} />}</Loading>;
}

function JourneyView({ journey, reload }: { journey: Journey; reload: () => Promise<void> }) {
  const t = useText();
  const { base, mayAct } = useAudience();
  const [told, setTold] = useState<string | undefined>(undefined);
  const { registration } = journey;
  // What a run that failed or was stopped waited for stays on record; nothing waits any more.
  const stopped = new Set<string | null>(
    journey.timeline.flatMap((entry) => (entry.kind === 'RUN_FAILED' ? [entry.executionArn] : [])),
  );
  return (
    <>
      <a class="govuk-back-link" href={`${base}/schools?round=${registration.roundId}`}>
        {t('journey.back')}
      </a>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading caption={`${registration.reference} · ${registration.school.town}`}>
        {registration.school.name}
      </Heading>
      <p class="govuk-body">
        <StatusTag status={registration.status} />{' '}
        {t('schools.since', { when: formatInstant(registration.statusSince) })}
      </p>
      <Waits waits={journey.waits.filter(({ executionArn }) => !stopped.has(executionArn))} />
      {mayAct && (
        <p class="govuk-body">
          <a class="govuk-link" href="#move-deadline">
            {t('deadline.for-school')}
          </a>
        </p>
      )}
      <Timeline entries={journey.timeline} hubNames={journey.hubNames} />
      <Stages journey={journey} />
      <JourneyMoney money={journey.money} />
      <Facts registration={registration} hubNames={journey.hubNames} />
      {mayAct && (
        <MoveSchoolDeadline
          registration={registration}
          done={async (message) => {
            await reload();
            setTold(message);
          }}
        />
      )}
    </>
  );
}

/** What machines wait for, for whom and until when. */
export function Waits({ waits }: { waits: Journey['waits'] }) {
  const t = useText();
  const words = useWords();
  const { base } = useAudience();
  if (waits.length === 0) return <p class="govuk-body">{t('waits.none')}</p>;
  return (
    <Table
      caption={t('waits.title')}
      head={[t('waits.for'), t('waits.until'), t('waits.deadline'), t('waits.stage')]}
      rows={waits.map((wait) => {
        const what = words('waits', wait.waitingFor);
        const deadline = words('dates', wait.deadline);
        const stage = words('workflow', wait.workflow);
        return [
          <span lang={what.lang}>{what.text}</span>,
          formatInstant(wait.until),
          <span lang={deadline.lang}>{deadline.text}</span>,
          wait.executionArn === null ? (
            stage.text
          ) : (
            <a class="govuk-link" href={runAddress(base, wait.executionArn)} lang={stage.lang}>
              {stage.text}
            </a>
          ),
        ];
      })}
    />
  );
}

function Stages({ journey }: { journey: Journey }) {
  const t = useText();
  const { base } = useAudience();
  return (
    <Table
      caption={t('journey.stages')}
      head={[t('journey.stage'), t('runs.began'), t('runs.ended'), t('runs.run')]}
      rows={journey.stages.map((stage) => [
        t('journey.attempt', { workflow: t(`workflow.${stage.workflow}`), attempt: stage.attempt }),
        formatInstant(stage.claimedAt),
        stage.endedAt === null ? (
          t('runs.goes-on')
        ) : (
          <>
            {formatInstant(stage.endedAt)}
            {stage.result !== null && (
              <>
                <br />
                <span class="govuk-hint" lang="en">
                  {stage.result}
                </span>
              </>
            )}
          </>
        ),
        <a class="govuk-link" href={runAddress(base, stage.executionArn)}>
          {t('journey.see-run', { workflow: t(`workflow.${stage.workflow}`) })}
        </a>,
      ])}
    />
  );
}

function Facts({ registration, hubNames }: Pick<Journey, 'registration' | 'hubNames'>) {
  const t = useText();
  const { base } = useAudience();
  const { school, payer } = registration;
  return (
    <>
      <h2 class="govuk-heading-m">{t('journey.facts')}</h2>
      <SummaryList
        rows={[
          {
            key: t('facts.school'),
            value: [school.name, ...school.addressLines, school.town, school.postcode, school.country]
              .filter((part) => part !== '')
              .join(', '),
          },
          {
            key: t('facts.urn'),
            value:
              school.urn === null ? (
                t('facts.no-urn')
              ) : (
                <a class="govuk-link" href={`${base}/awards?urn=${school.urn}`}>
                  {school.urn}
                </a>
              ),
          },
          {
            key: t('facts.figures'),
            value: t('facts.figures-value', { pupils: school.pupilsOnRoll, teachers: school.teachers }),
          },
          { key: t('facts.authority'), value: [school.localAuthority, school.trust ?? ''].join(' ') },
          {
            key: t('facts.level'),
            value: `${t(`level.${registration.targetLevel}`)}, ${t(
              registration.targetLevelConfirmed ? 'facts.level-confirmed' : 'facts.level-not-confirmed',
            )}`,
          },
          {
            key: t('facts.award'),
            value:
              registration.awardedLevel === null
                ? t('facts.no-award')
                : t(`level.${registration.awardedLevel}`),
          },
          {
            key: t('facts.hub'),
            value:
              registration.hubId === null
                ? t('facts.no-hub')
                : (hubNames[registration.hubId] ?? registration.hubId),
          },
          { key: t('facts.payer'), value: `${t(`payer.${payer.kind}`)}: ${payer.name}` },
          {
            key: t('facts.fee'),
            value:
              registration.invoiceNumber === null ? (
                formatPence(registration.fee.pence)
              ) : (
                <>
                  {formatPence(registration.fee.pence)},{' '}
                  <a
                    class="govuk-link"
                    href={`/finance/invoices/${encodeURIComponent(registration.invoiceNumber)}`}
                  >
                    {t('facts.invoice', { number: registration.invoiceNumber })}
                  </a>
                </>
              ),
          },
          {
            key: t('facts.people'),
            value: registration.contacts.map((one) => (
              <div key={one.contactId}>
                {t(`contact.${one.role}`)}: {one.name}, {one.email}
                {one.until === null ? '' : ` (${t('facts.until', { when: formatInstant(one.until) })})`}
              </div>
            )),
          },
          ...(registration.ended === null
            ? []
            : [
                {
                  key: t('facts.ended'),
                  value: `${formatInstant(registration.ended.at)}: ${registration.ended.reason}`,
                },
              ]),
        ]}
      />
    </>
  );
}
