import { assessorContract } from '../../functions/http/assessor/contract.ts';
import { useApi } from '../shared/api.ts';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { useReadingText } from '../shared/review.tsx';
import { formatDay, formatInstant, Loading, Table, Tag, type TagColour } from '../shared/show.tsx';

const colours: Readonly<Record<string, TagColour>> = {
  OFFERED: 'blue',
  ACCEPTED: 'yellow',
  IN_REVIEW: 'yellow',
  RETURNED: 'green',
};

/** What is offered to me and what I am reading. */
export function AssignmentsPage() {
  const t = useReadingText();
  const language = useLanguage();
  const list = useApi(assessorContract.listAssignments);
  return (
    <>
      <Heading>{t('assessor.title')}</Heading>
      <Loading of={list}>
        {(data) => (
          <Table
            caption={t('assessor.assignments')}
            head={[t('assessor.school'), t('assessor.level'), t('assessor.state'), t('assessor.when')]}
            empty={t('assessor.none')}
            rows={data.assignments.map((each) => [
              <>
                <a class="govuk-link" href={`/assessor/assignments/${each.assignmentId}`}>
                  {each.school.name}
                </a>
                <br />
                <span class="govuk-hint">
                  {each.school.town}, {each.roundLabel[language]}
                </span>
              </>,
              t(`level.${each.targetLevel}`),
              <Tag colour={colours[each.status] ?? 'grey'}>{t(`assignment.${each.status}`)}</Tag>,
              each.status === 'OFFERED'
                ? t('assessor.answer-by', { when: formatInstant(each.answerBy) })
                : each.dueOn === null || each.status === 'RETURNED'
                  ? ''
                  : t('assessor.due', { when: formatDay(each.dueOn) }),
            ])}
          />
        )}
      </Loading>
    </>
  );
}
