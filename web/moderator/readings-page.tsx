import { moderatorContract } from '../../functions/http/moderator/contract.ts';
import { useApi } from '../shared/api.ts';
import { Heading } from '../shared/page.tsx';
import { useReadingText } from '../shared/review.tsx';
import { formatDay, Loading, Table } from '../shared/show.tsx';

/** My queue, the most urgent first. */
export function ReadingsPage() {
  const t = useReadingText();
  const list = useApi(moderatorContract.listReadings);
  return (
    <>
      <Heading>{t('moderator.title')}</Heading>
      <Loading of={list}>
        {(data) => (
          <Table
            caption={t('moderator.queue')}
            head={[
              t('assessor.school'),
              t('assessor.level'),
              t('moderator.kind'),
              t('assessor.state'),
              t('assessor.due-label'),
            ]}
            empty={t('moderator.none')}
            rows={data.readings.map((each) => [
              <a class="govuk-link" href={`/moderator/readings/${each.readingId}`}>
                {each.school.name}
              </a>,
              t(`level.${each.targetLevel}`),
              t(`moderator.${each.kind}`),
              t(`reading.${each.status}`),
              formatDay(each.dueOn),
            ])}
          />
        )}
      </Loading>
    </>
  );
}
