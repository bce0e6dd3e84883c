import { hubContract } from '../../functions/http/hub/contract.ts';
import { useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { formatInstant, Loading, SummaryList, Table, Tag } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** Every school of the hub with what is late first: what a leader looks at in the morning. */
export function SchoolsPage() {
  const t = useText();
  const overview = useApi(hubContract.schools, {});
  return (
    <>
      <Heading>{t('schools.title')}</Heading>
      <Loading of={overview}>
        {(data) => (
          <>
            <p class="govuk-body-l">{data.roundLabel}</p>
            {data.hubs.map((hub) => (
              <p class="govuk-body" key={hub.hubId}>
                {t('schools.places', { hub: hub.name, schools: hub.schools, capacity: hub.capacity })}
              </p>
            ))}
            <Table
              caption={t('schools.table')}
              head={[t('schools.school'), t('schools.status'), t('schools.next'), t('schools.late')]}
              empty={t('schools.none')}
              rows={[...data.schools]
                .sort((a, b) => b.late.length - a.late.length || a.schoolName.localeCompare(b.schoolName))
                .map((school) => [
                  <>
                    <a class="govuk-link" href={`/hub/schools/${school.registrationId}`}>
                      {school.schoolName}
                    </a>
                    <br />
                    <span class="govuk-hint">{school.town}</span>
                  </>,
                  school.statusText,
                  <>
                    {t(`next.${school.next.code}`)}
                    {school.next.by !== null && (
                      <>
                        <br />
                        <span class="govuk-hint">
                          {t('schools.by', { when: formatInstant(school.next.by) })}
                        </span>
                      </>
                    )}
                  </>,
                  school.late.length === 0
                    ? t('schools.nothing-late')
                    : school.late.map((late) => (
                        <div key={late.code}>
                          <Tag colour="red">{t('schools.is-late')}</Tag> {late.text}
                        </div>
                      )),
                ])}
            />
            <h2 class="govuk-heading-m">{t('schools.deadlines')}</h2>
            <SummaryList
              rows={[
                { key: t('deadlines.action-plan'), value: formatInstant(data.deadlines.actionPlanDue) },
                { key: t('deadlines.level-change'), value: formatInstant(data.deadlines.levelChangeCutOff) },
                { key: t('deadlines.sign-off'), value: formatInstant(data.deadlines.signOffDue) },
                { key: t('deadlines.submission'), value: formatInstant(data.deadlines.submissionDue) },
              ]}
            />
          </>
        )}
      </Loading>
    </>
  );
}
